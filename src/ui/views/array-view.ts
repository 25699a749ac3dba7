import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import { peStateOf } from '../../array/state.ts';
import { formatCount } from '../../base/format-quantity.ts';
import { type ArrayActivity, activityLines } from '../../figure/array-activity.ts';
import { arrayEdges } from '../../figure/array-edges.ts';
import { arrayFigure } from '../../figure/array-figure.ts';
import { layoutArray, type PePlace, WHOLE_ARRAY } from '../../figure/array-layout.ts';
import {
  type ArrayMoment,
  arrayMomentAt,
  psOfCycle,
  type RunningMoment,
  schedulesOfOp,
} from '../../figure/array-moment.ts';
import type { ArrayMetric } from '../../figure/array-pixels.ts';
import { peValues } from '../../figure/array-values.ts';
import { describePe, type PeDescription } from '../../figure/array-words.ts';
import { toSvg } from '../../figure/svg.ts';
import { createTimelineIndex, type TimelineIndex } from '../../figure/timeline-index.ts';
import type { MatmulDetail, OpReport, RunReport } from '../../machine/report.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { spanText } from '../idle-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import { ActivityController, type ActivityStatus } from './array-activity.ts';
import './array-cycle.ts';
import './array-fold-map.ts';
import './array-legend.ts';
import { ArrayPicture } from './array-picture.ts';
import './array-readout.ts';
import './array-stage.ts';
import type { ArrayStage, PeEvents } from './array-stage.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';

const MAX_PINS = 6;
const SVG_SIDE_PX = 512;

/** The systolic array of the op under the cursor, every PE at the cycle that the cursor stands for. */
@customElement('systole-array-view')
export class ArrayView extends LitElement {
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) cursorPs = 0;
  @property({ attribute: false }) selectedOp: number | undefined;
  @property({ attribute: false }) engine: Engine | undefined;
  /** Seed of the operands' values. */
  @property({ attribute: false }) seed = 0;

  @state() private metric: ArrayMetric = 'state';
  @state() private unit = 0;
  @state() private hovered: PePlace | undefined;
  @state() private focused: PePlace | undefined;
  @state() private pins: readonly PePlace[] = [];
  @query('systole-array-stage') private stage: ArrayStage | undefined;

  readonly #theme = new PaletteController(this);
  readonly #counter = new ActivityController(this);
  #index: TimelineIndex | undefined;
  #picture: ArrayPicture | undefined;
  #version = 0;
  #frame = 0;

  override render(): TemplateResult {
    const moment = this.#moment();
    const shown = this.#shown(moment);
    const activity = this.#activityOf(moment);
    const picture = moment.kind === 'running' ? this.#paint(moment) : undefined;
    return html`<header>
        <h2>Array</h2>
        ${this.#renderFacts(moment)}
      </header>
      <div class="body">
        <div class="frame">
          <systole-array-stage
            .schedule=${shown}
            .picture=${picture}
            .version=${this.#version}
            .valued=${isValued(moment)}
            .palette=${this.#theme.palette}
            .hovered=${this.hovered}
            .focused=${this.focused}
            .pins=${this.pins}
            @pe-hover=${(event: CustomEvent<PeEvents['pe-hover']>) => {
              this.hovered = event.detail.place;
            }}
            @pe-focus=${(event: CustomEvent<PeEvents['pe-focus']>) => {
              this.focused = event.detail.place;
            }}
            @pe-pin=${(event: CustomEvent<PeEvents['pe-pin']>) => this.#togglePin(event.detail.place)}
          ></systole-array-stage>
          ${this.#renderReason(moment)} ${this.#renderProgress(picture)}
        </div>
        <aside>
          ${this.#renderReadouts(moment)}
          ${
            moment.kind === 'running'
              ? html`<systole-fold-map
                .moment=${moment}
                .brief=${(this.hovered ?? this.focused) !== undefined || this.pins.length > 0}
                @seek-cycle=${(event: CustomEvent<{ cycle: number }>) =>
                  this.#seekCycle(moment, event.detail.cycle)}
              ></systole-fold-map>`
              : nothing
          }
        </aside>
      </div>
      <footer>
        <systole-array-legend
          .metric=${this.metric}
          .counts=${picture?.counts}
          .activity=${activity}
          .schedule=${shown}
          @metric-change=${(event: CustomEvent<{ metric: ArrayMetric }>) => {
            this.metric = event.detail.metric;
          }}
          @activity-stop=${() => this.#counter.stop()}
          @activity-start=${() => this.#counter.start()}
        ></systole-array-legend>
      </footer>
      <p class="visually-hidden" aria-live="polite">${this.#spoken(moment)}</p>`;
  }

  /** With the frame, not in the event: the playhead may move several times a frame, and other views answer it too. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.hasUpdated && !document.hidden) await new Promise(requestAnimationFrame);
    super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('report')) {
      this.#index = this.report && createTimelineIndex(this.report);
      this.#picture = undefined;
      this.unit = 0;
    }
  }

  protected override updated(): void {
    if (this.#picture?.unfinished && this.#frame === 0) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.requestUpdate();
      });
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** The whole array at this moment as an SVG document; undefined while nothing runs. */
  toSvg(): string | undefined {
    const moment = this.#moment();
    if (moment.kind !== 'running') return undefined;
    const { pixels, inks } = this.#paint(moment);
    const layout = layoutArray(pixels.rows, pixels.columns, SVG_SIDE_PX, SVG_SIDE_PX, WHOLE_ARRAY, 1);
    const edges = arrayEdges(moment.schedule, moment.cycle, layout.edgeCycles, inks);
    const drawing = arrayFigure(layout, pixels, edges, SVG_SIDE_PX, SVG_SIDE_PX);
    const cycle = `cycle ${formatCount(moment.cycle)} of ${formatCount(moment.schedule.cycles)}`;
    return toSvg(drawing, this.#theme.palette, `${moment.report.name}, ${cycle}`);
  }

  #moment(): ArrayMoment {
    return this.#index === undefined ? { kind: 'nothing' } : arrayMomentAt(this.#index, this.cursorPs);
  }

  /** Where the count of the op's activity is, while its colours show that. */
  #activityOf(moment: ArrayMoment): ActivityStatus | undefined {
    const asked = moment.kind === 'running' && (this.metric === 'toggles' || this.metric === 'gated');
    if (asked && !isValued(moment)) {
      this.#counter.want(undefined, undefined);
      return {
        kind: 'refused',
        message: `Operands are made up in bf16 only, this op is ${moment.detail.dtype}.`,
      };
    }
    const request = asked
      ? {
          config: moment.schedule.config,
          gemm: moment.schedule.gemm,
          seed: this.seed,
          unit: this.#unitOf(moment),
        }
      : undefined;
    this.#counter.want(this.engine, request);
    return this.#counter.status;
  }

  get #activity(): ArrayActivity | undefined {
    const { status } = this.#counter;
    return status?.kind === 'done' ? status.activity : undefined;
  }

  #unitOf(moment: RunningMoment): number {
    return this.unit % moment.detail.units;
  }

  #paint(moment: RunningMoment): ArrayPicture {
    const { palette } = this.#theme;
    const unit = this.#unitOf(moment);
    if (!this.#picture?.shows(moment, unit, this.seed)) {
      this.#picture = new ArrayPicture(moment, unit, this.seed, palette);
    }
    if (this.#picture.paint(moment.cycle, this.metric, palette, this.#activity)) this.#version += 1;
    return this.#picture;
  }

  /** The array to draw: that of the op that runs, or while none does, of the next one. */
  #shown(moment: ArrayMoment): ArraySchedule | undefined {
    if (moment.kind === 'running') return moment.schedule;
    const next = moment.kind === 'idle' && moment.next !== undefined ? moment.next : undefined;
    const ops = this.report?.ops ?? [];
    const detail = [ops[next ?? -1]?.detail, ...ops.map((op) => op.detail)].find(
      (each): each is MatmulDetail => each?.kind === 'matmul',
    );
    const schedules = detail && schedulesOfOp(detail);
    return schedules?.ok ? schedules.value[0] : undefined;
  }

  #renderFacts(moment: ArrayMoment): TemplateResult {
    if (moment.kind === 'nothing') {
      return html`<span class="facts">${this.report === undefined ? 'appears with the first run' : 'no matrix unit at work'}</span>`;
    }
    if (moment.kind === 'idle') return html`<span class="facts">MXU idle</span>`;
    if (moment.kind === 'refused')
      return html`<span class="facts" title=${moment.message}>${moment.message}</span>`;
    const { rows, columns } = moment.schedule.config;
    return html`<span class="facts">
        <button
          class="link"
          title="Another of the ${moment.detail.units} matrix units: all run the same tiles with other operands"
          ?disabled=${moment.detail.units < 2}
          @click=${() => {
            this.unit = (this.unit + 1) % moment.detail.units;
          }}
        >
          MXU ${(this.unit % moment.detail.units) + 1} of ${moment.detail.units}
        </button>
        ·
        <button class="link op" @click=${() => dispatchViewEvent(this, 'select-op', { op: moment.op })}>
          ${moment.report.name}
        </button>
        · <span class="number">${rows}×${columns}</span>
      </span>
      <systole-array-cycle
        .moment=${moment}
        @seek-cycle=${(event: CustomEvent<{ cycle: number }>) => this.#seekCycle(moment, event.detail.cycle)}
      ></systole-array-cycle>`;
  }

  #renderReason(moment: ArrayMoment): TemplateResult | typeof nothing {
    if (moment.kind !== 'idle' || this.report === undefined) return nothing;
    const { ops } = this.report;
    const reason = spanText(ops, {
      kind: 'idle',
      startPs: moment.startPs,
      endPs: moment.endPs,
      cause: moment.cause,
      waitsFor: moment.waitsFor,
    });
    const next: OpReport | undefined = ops[moment.next ?? -1];
    return html`<div class="reason">
      <p><strong>Idle</strong> ${reason} · ${formatDuration(moment.endPs - moment.startPs)}</p>
      ${
        next === undefined
          ? nothing
          : html`<button @click=${() => dispatchViewEvent(this, 'seek', { cursorPs: moment.endPs })}>
            Go to ${next.name}
          </button>`
      }
    </div>`;
  }

  #renderProgress(picture: ArrayPicture | undefined): TemplateResult | typeof nothing {
    if (!picture?.unfinished) return nothing;
    return html`<progress max="1" .value=${picture.progress} aria-label="Adding partial sums"></progress>`;
  }

  #renderReadouts(moment: ArrayMoment): TemplateResult {
    const live = this.hovered ?? this.focused;
    const isPinned = live !== undefined && this.pins.some((pin) => samePlace(pin, live));
    const describe = (place: PePlace): PeDescription | undefined => this.#describe(moment, place);
    const current = live && !isPinned ? describe(live) : undefined;
    const hint = this.stage?.showsValues
      ? 'In each PE: operand, weight, partial sum.'
      : 'Point at a PE; click to keep it.';
    return html`${
      current === undefined
        ? html`<p class="hint small quiet">${moment.kind === 'running' ? hint : nothing}</p>`
        : html`<systole-pe-readout .description=${current}></systole-pe-readout>`
    }
    ${this.pins.map((place) => {
      const description = describe(place);
      return description === undefined
        ? nothing
        : html`<systole-pe-readout
            .description=${description}
            pinned
            @unpin=${() => this.#togglePin(place)}
          ></systole-pe-readout>`;
    })}`;
  }

  #describe(moment: ArrayMoment, place: PePlace): PeDescription | undefined {
    const picture = this.#picture;
    if (moment.kind !== 'running' || picture === undefined) return undefined;
    const { rows, columns } = picture.pixels;
    if (place.row >= rows || place.column >= columns) return undefined;
    const values = isValued(moment)
      ? peValues(picture.schedule, picture.state, picture.operands, place)
      : { operand: undefined, weight: undefined, shadow: undefined, sum: undefined };
    const at = peStateOf(picture.state, place.row * columns + place.column);
    const description = describePe(picture.schedule, place, at, values);
    const activity = this.#activity;
    if (activity === undefined) return description;
    return { ...description, lines: [...description.lines, ...activityLines(activity, place)] };
  }

  /** Only what the keyboard is at: a pointer's hover would flood a listener. */
  #spoken(moment: ArrayMoment): string {
    const description = this.focused && this.#describe(moment, this.focused);
    if (description === undefined) return '';
    const registers = description.lines.map((line) => `${line.name} ${line.element}`).join(', ');
    return `${description.title}: ${description.state}${registers === '' ? '' : `, ${registers}`}`;
  }

  #seekCycle(moment: RunningMoment, cycle: number): void {
    dispatchViewEvent(this, 'seek', { cursorPs: psOfCycle(moment, cycle) });
  }

  #togglePin(place: PePlace): void {
    const others = this.pins.filter((pin) => !samePlace(pin, place));
    this.pins = others.length < this.pins.length ? others : [...this.pins, place].slice(-MAX_PINS);
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      .body {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, auto);
        gap: 14px;
        min-block-size: 0;
      }
      aside {
        /* What the square array leaves free, within reason. */
        inline-size: clamp(132px, 100cqi - 100cqb + 60px, 270px);
        display: flex;
        flex-direction: column;
        gap: 10px;
        min-block-size: 0;
        overflow: auto;
      }
      systole-fold-map {
        margin-block-start: auto;
      }
      .frame {
        position: relative;
        min-block-size: 0;
      }
      systole-array-stage {
        position: absolute;
        inset: 0;
      }
      header .facts {
        flex: 0 1 auto;
      }
      .facts .op {
        color: var(--ink);
      }
      .reason {
        position: absolute;
        inset-inline: 12% auto;
        inset-block-start: 34%;
        display: grid;
        gap: 8px;
        justify-items: start;
        max-inline-size: 76%;
        padding: 12px 16px;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      .reason button {
        white-space: normal;
        text-align: start;
      }
      progress {
        position: absolute;
        inset-block-end: 0;
        inset-inline-start: 0;
        inline-size: 120px;
        block-size: 4px;
      }
      /* The cycle has a line of its own: keep it free while nothing runs, so that the array stays put. */
      @container (inline-size < 640px) {
        header {
          min-block-size: 42px;
          align-content: start;
        }
      }
      @container (inline-size < 460px) {
        .body {
          grid-template-columns: minmax(0, 1fr);
          grid-template-rows: minmax(0, 1fr) auto;
        }
        aside {
          inline-size: auto;
          max-block-size: 132px;
        }
        .hint {
          display: none;
        }
      }
      /* No room beside or below: registers come over the array's corner, and the map of tiles goes. */
      @container (inline-size < 460px) and (block-size < 520px) {
        .body {
          position: relative;
          grid-template-rows: minmax(0, 1fr);
        }
        aside {
          position: absolute;
          inset-block-end: 0;
          inset-inline-end: 0;
          inline-size: min(190px, 60%);
          pointer-events: none;
          background: color-mix(in oklab, var(--surface) 92%, transparent);
          border-radius: 6px;
        }
        systole-pe-readout[pinned] {
          pointer-events: auto;
        }
        systole-fold-map {
          display: none;
        }
      }
    `,
  ];
}

function samePlace(a: PePlace, b: PePlace): boolean {
  return a.row === b.row && a.column === b.column;
}

/** Operands are made up in bf16 only: other formats show where data is, not what it is. */
function isValued(moment: ArrayMoment): boolean {
  return moment.kind === 'running' && moment.detail.dtype === 'bf16';
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-view': ArrayView;
  }
}

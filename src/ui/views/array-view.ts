import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import { formatCount } from '../../base/format-quantity.ts';
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
import type { PeDescription } from '../../figure/array-words.ts';
import { toSvg } from '../../figure/svg.ts';
import { type TimelineIndex, timelineIndexOf } from '../../figure/timeline-index.ts';
import type { ArrayDrawing } from '../../gpu/array-drawing.ts';
import type { MatmulDetail, RunReport } from '../../machine/report.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { sharedStyles } from '../shared-styles.ts';
import { turn } from '../turns.ts';
import { ActivityController, type ActivityStatus } from './array-activity.ts';
import type { DrawRefusal } from './array-canvas.ts';
import { renderFacts, renderReason } from './array-facts.ts';
import './array-fold-map.ts';
import './array-legend.ts';
import {
  choiceOfAddress,
  drawingOfPage,
  type Painter,
  type PainterChoice,
  PainterController,
} from './array-painter.ts';
import { renderPainter } from './array-painter-label.ts';
import { ArrayPicture } from './array-picture.ts';
import './array-readout.ts';
import './array-stage.ts';
import type { ArrayStage, PeEvents } from './array-stage.ts';
import { type PaintedSums, SumsController } from './array-sums.ts';
import { arrayViewStyles } from './array-view-styles.ts';
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
  /** Where the GPU draws, if it does. */
  @property({ attribute: false }) drawing: ArrayDrawing = drawingOfPage();
  @property({ attribute: false }) painter: PainterChoice = choiceOfAddress(location.search);

  @state() private metric: ArrayMetric = 'state';
  @state() private unit = 0;
  @state() private hovered: PePlace | undefined;
  @state() private focused: PePlace | undefined;
  @state() private pins: readonly PePlace[] = [];
  @query('systole-array-stage') private stage: ArrayStage | undefined;

  readonly #theme = new PaletteController(this);
  readonly #counter = new ActivityController(this);
  readonly #painters = new PainterController(this);
  readonly #sums = new SumsController(this);
  #index: TimelineIndex | undefined;
  #drawn: RunReport | undefined;
  #picture: ArrayPicture | undefined;
  #version = 0;
  #frame = 0;
  /** Whether rows of the picture wait for the next frame. */
  #isPainting = false;

  override render(): TemplateResult {
    const moment = this.#moment();
    const shown = this.#shown(moment);
    const activity = this.#activityOf(moment);
    const picture = moment.kind === 'running' ? this.#pictureOf(moment) : undefined;
    const painter = picture && this.#painters.painterOf(this.drawing, this.painter, picture);
    const isPainted = painter?.kind === 'cpu';
    const sums = this.#sumsOf(moment, isPainted ? picture : undefined);
    if (isPainted && (sums ? picture?.take(sums.words) : picture?.paint())) this.#version += 1;
    this.#isPainting = isPainted && sums === undefined && picture?.unfinished === true;
    return html`<header>
        <h2>Array</h2>
        ${renderFacts(
          moment,
          this.report !== undefined,
          moment.kind === 'running' ? this.#unitOf(moment) : 0,
          {
            nextUnit: () => {
              this.unit += 1;
            },
            selectOp: (op) => dispatchViewEvent(this, 'select-op', { op }),
            seekCycle: (running, cycle) => this.#seekCycle(running, cycle),
          },
        )}
      </header>
      <div class="body">
        <div class="frame">
          <systole-array-stage
            .schedule=${shown}
            .picture=${picture}
            .version=${this.#version}
            .gpu=${painter?.kind === 'gpu' ? painter.drawing : undefined}
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
            @draw-refused=${({ detail }: CustomEvent<DrawRefusal>) =>
              this.#painters.refuse(detail.schedule, detail.reason)}
            @pe-pin=${(event: CustomEvent<PeEvents['pe-pin']>) => this.#togglePin(event.detail.place)}
          ></systole-array-stage>
          ${renderReason(moment, this.report, (cursorPs) => dispatchViewEvent(this, 'seek', { cursorPs }))}
          ${this.#renderProgress(picture, sums)}
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
          .counts=${this.metric === 'state' ? picture?.counts : undefined}
          .activity=${activity}
          .schedule=${shown}
          @metric-change=${(event: CustomEvent<{ metric: ArrayMetric }>) => {
            this.metric = event.detail.metric;
          }}
          @activity-stop=${() => this.#counter.stop()}
          @activity-start=${() => this.#counter.start()}
        >
          ${painter === undefined ? nothing : this.#renderPainter(painter)}
        </systole-array-legend>
      </footer>
      <p class="visually-hidden" aria-live="polite">${this.#spoken(moment)}</p>`;
  }

  /** With the frame, not in the event: the playhead may move several times a frame, and other views answer it too. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.report !== this.#drawn) {
      this.#drawn = this.report;
      await turn();
    } else if (this.hasUpdated && !document.hidden) await new Promise(requestAnimationFrame);
    super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('report')) {
      this.#index = this.report && timelineIndexOf(this.report);
      this.#picture = undefined;
      this.unit = 0;
    }
  }

  protected override updated(): void {
    if (this.#isPainting && this.#frame === 0) {
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
    const picture = this.#pictureOf(moment);
    const { pixels, inks } = picture;
    picture.paintRows(0, pixels.rows);
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

  /** The picture by its partial sums, where the engine paints that. */
  #sumsOf(moment: ArrayMoment, picture: ArrayPicture | undefined): PaintedSums | undefined {
    if (moment.kind !== 'running' || picture === undefined || this.metric !== 'sum') {
      return this.#sums.want(this.engine, undefined);
    }
    const { inks, unit, seed } = picture;
    const { config, gemm } = picture.schedule;
    return this.#sums.want(this.engine, { config, gemm, seed, unit, cycle: moment.cycle, inks });
  }

  #unitOf(moment: RunningMoment): number {
    return this.unit % moment.detail.units;
  }

  #pictureOf(moment: RunningMoment): ArrayPicture {
    const { palette } = this.#theme;
    const unit = this.#unitOf(moment);
    if (!this.#picture?.isOf(moment, unit, this.seed)) {
      this.#picture = new ArrayPicture(moment, unit, this.seed, palette);
    }
    const { status } = this.#counter;
    const activity = status?.kind === 'done' ? status.activity : undefined;
    const isNew = this.#picture.show({ cycle: moment.cycle, metric: this.metric, palette, activity });
    if (isNew) this.#version += 1;
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

  #renderProgress(
    picture: ArrayPicture | undefined,
    sums: PaintedSums | undefined,
  ): TemplateResult | typeof nothing {
    if (sums?.isCurrent === false) return html`<progress aria-label="Adding partial sums"></progress>`;
    if (!this.#isPainting) return nothing;
    return html`<progress max="1" .value=${picture?.progress ?? 0} aria-label="Adding partial sums"></progress>`;
  }

  #renderPainter(painter: Painter): TemplateResult {
    return renderPainter(painter, (choice) => {
      this.painter = choice;
    });
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
        : html`<systole-pe-readout
          class="live"
          ?data-left=${this.#isRight(moment)}
          .description=${current}
        ></systole-pe-readout>`
    }
    <div class="pins" ?hidden=${this.pins.length === 0}>${this.pins.map((place) => {
      const description = describe(place);
      return description === undefined
        ? nothing
        : html`<systole-pe-readout
            .description=${description}
            pinned
            @unpin=${() => this.#togglePin(place)}
          ></systole-pe-readout>`;
    })}</div>`;
  }

  /** What is told over the array stands on the side that the PE is not on. */
  #isRight(moment: ArrayMoment): boolean {
    const live = this.hovered ?? this.focused;
    return (
      moment.kind === 'running' && live !== undefined && live.column * 2 > moment.schedule.config.columns
    );
  }

  #describe(moment: ArrayMoment, place: PePlace): PeDescription | undefined {
    return moment.kind === 'running' ? this.#picture?.describe(place, isValued(moment)) : undefined;
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

  static override styles = [sharedStyles, viewStyles, arrayViewStyles];
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

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { scheduleOf } from '../../array/schedule.ts';
import { peStateOf } from '../../array/state.ts';
import { formatCount } from '../../base/format-quantity.ts';
import { clamp } from '../../base/integers.ts';
import { arrayFigure, arrayHighlight } from '../../figure/array-figure.ts';
import {
  type ArrayLayout,
  type ArrayZoom,
  layoutArray,
  type PePlace,
  peAt,
  revealPe,
  VALUE_CELL,
  WHOLE_ARRAY,
  zoomArray,
} from '../../figure/array-layout.ts';
import { type ArrayMoment, arrayMomentAt, psOfCycle, type RunningMoment } from '../../figure/array-moment.ts';
import type { ArrayMetric } from '../../figure/array-pixels.ts';
import { peValues, valueMarks } from '../../figure/array-values.ts';
import { describePe, type PeDescription } from '../../figure/array-words.ts';
import { pixelOf } from '../../figure/color.ts';
import type { Palette } from '../../figure/color-palette.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { toSvg } from '../../figure/svg.ts';
import { createTimelineIndex, type TimelineIndex } from '../../figure/timeline-index.ts';
import type { MatmulDetail, OpReport, RunReport } from '../../machine/report.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { spanText } from '../idle-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import './array-fold-map.ts';
import './array-legend.ts';
import { ArrayPicture } from './array-picture.ts';
import './array-readout.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';

const ZOOM_STEP = 1.5;
const ZOOM_PER_WHEEL_UNIT = 0.002;
/** A pointer that moved less than this has clicked. */
const CLICK_SLACK_PX = 4;
const MAX_PINS = 6;
const ARROWS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

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
  @state() private zoom: ArrayZoom = WHOLE_ARRAY;
  @state() private hovered: PePlace | undefined;
  @state() private focused: PePlace | undefined;
  @state() private pins: readonly PePlace[] = [];
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @state() private framesPainted = 0;

  readonly #theme = new PaletteController(this);
  #index: TimelineIndex | undefined;
  #picture: ArrayPicture | undefined;
  #layout: ArrayLayout | undefined;
  #drawing: Drawing | undefined;
  #drag: { readonly x: number; readonly y: number; readonly zoom: ArrayZoom; moved: boolean } | undefined;

  override render(): TemplateResult {
    const moment = this.#moment();
    const shown = this.#shown(moment);
    const drawing = this.#draw(moment);
    return html`<header>
        <h2>Array</h2>
        ${this.#renderFacts(moment)}
      </header>
      <div class="body">
        <div
          class="stage"
          role="application"
          aria-roledescription="systolic array"
          aria-label=${this.#stageLabel(shown)}
          aria-describedby="keys"
          tabindex="0"
          @keydown=${this.#keyPressed}
          @wheel=${this.#wheelTurned}
          @pointerdown=${this.#pointerPressed}
          @pointermove=${this.#pointerMoved}
          @pointerup=${this.#pointerReleased}
          @pointerleave=${() => {
            this.hovered = undefined;
          }}
          @dblclick=${() => {
            this.zoom = WHOLE_ARRAY;
          }}
        >
          <systole-figure
            .drawing=${drawing}
            .overlay=${this.#drawOverlay()}
            @figure-size=${(event: CustomEvent<FigureSize>) => {
              this.size = event.detail;
            }}
          ></systole-figure>
          ${this.#renderEdges()} ${this.#renderReason(moment)} ${this.#renderProgress()}
        </div>
        <aside>
          ${this.#renderReadouts(moment)}
          ${
            moment.kind === 'running'
              ? html`<systole-fold-map
                .moment=${moment}
                @seek-cycle=${(event: CustomEvent<{ totalCycle: number }>) =>
                  this.#seekCycle(moment, event.detail.totalCycle)}
              ></systole-fold-map>`
              : nothing
          }
        </aside>
      </div>
      <footer>
        <systole-array-legend
          .metric=${this.metric}
          .counts=${this.#picture?.counts}
          .schedule=${shown}
          @metric-change=${(event: CustomEvent<{ metric: ArrayMetric }>) => {
            this.metric = event.detail.metric;
          }}
        ></systole-array-legend>
      </footer>
      <p id="keys" class="visually-hidden">
        Arrow keys move between processing elements, Enter pins one, plus and minus zoom, 0 shows all.
      </p>
      <p class="visually-hidden" aria-live="polite">${this.#spoken(moment)}</p>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('report')) {
      this.#index = this.report && createTimelineIndex(this.report);
      this.#picture = undefined;
      this.unit = 0;
    }
  }

  protected override updated(): void {
    if (this.#picture?.unfinished) {
      requestAnimationFrame(() => {
        this.framesPainted += 1;
      });
    }
  }

  /** The whole array at this moment as an SVG document; undefined before there is a run. */
  toSvg(): string | undefined {
    const moment = this.#moment();
    const picture = this.#picture;
    if (picture === undefined) return undefined;
    const { rows, columns } = picture.pixels;
    const side = 512;
    const layout = layoutArray(rows, columns, side, side, WHOLE_ARRAY, 2);
    const drawing = arrayFigure(layout, picture.pixels, picture.edges, side, side);
    const title =
      moment.kind === 'running'
        ? `${moment.report.name}, cycle ${formatCount(moment.totalCycle)} of ${formatCount(moment.totalCycles)}`
        : 'Idle array';
    return toSvg(drawing, this.#theme.palette, title);
  }

  #moment(): ArrayMoment {
    return this.#index === undefined ? { kind: 'nothing' } : arrayMomentAt(this.#index, this.cursorPs);
  }

  /** The array to draw: that of the op that runs, or while none does, of the next one. */
  #shown(moment: ArrayMoment): RunningMoment['schedule'] | undefined {
    if (moment.kind === 'running') return moment.schedule;
    const next = moment.kind === 'idle' && moment.next !== undefined ? moment.next : undefined;
    const ops = this.report?.ops ?? [];
    const detail = [ops[next ?? -1]?.detail, ...ops.map((op) => op.detail)].find(
      (each): each is MatmulDetail => each?.kind === 'matmul',
    );
    return detail && scheduleOf(detail.array.config, detail.array.gemm);
  }

  #draw(moment: ArrayMoment): Drawing | undefined {
    const schedule = this.#shown(moment);
    const { width, height, pixelRatio } = this.size;
    if (schedule === undefined || width === 0 || height === 0) return undefined;
    const { rows, columns } = schedule.config;
    this.#layout = layoutArray(rows, columns, width, height, this.zoom, pixelRatio);
    const { palette } = this.#theme;
    if (moment.kind !== 'running') {
      const idle = new Uint32Array(rows * columns).fill(idleWord(palette));
      this.#picture = undefined;
      this.#drawing = arrayFigure(this.#layout, { rows, columns, words: idle }, undefined, width, height);
      return this.#drawing;
    }
    const stream = moment.repeat * moment.detail.units + this.unit;
    if (this.#picture === undefined || !this.#picture.shows(moment, stream)) {
      this.#picture = new ArrayPicture(schedule, stream, this.seed);
    }
    const picture = this.#picture;
    picture.paint(moment.cycle, this.metric, palette, this.#layout.edgeCycles);
    const drawing = arrayFigure(this.#layout, picture.pixels, picture.edges, width, height);
    const values =
      this.#layout.cell >= VALUE_CELL && moment.detail.dtype === 'bf16'
        ? valueMarks(this.#layout, schedule, picture.state, picture.operands, picture.pixels, palette)
        : [];
    this.#drawing = { ...drawing, marks: [...drawing.marks, ...values] };
    return this.#drawing;
  }

  #drawOverlay(): Drawing | undefined {
    if (this.#layout === undefined) return undefined;
    const { width, height } = this.size;
    return arrayHighlight(this.#layout, this.hovered ?? this.focused, this.pins, width, height);
  }

  #renderFacts(moment: ArrayMoment): TemplateResult {
    if (moment.kind === 'nothing') {
      return html`<span class="facts">${this.report === undefined ? 'appears with the first run' : 'no matrix unit at work'}</span>`;
    }
    if (moment.kind === 'idle') {
      return html`<span class="facts">MXU idle</span>`;
    }
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
          MXU ${this.unit + 1} of ${moment.detail.units}
        </button>
        ·
        <button class="link op" @click=${() => dispatchViewEvent(this, 'select-op', { op: moment.op })}>
          ${moment.report.name}
        </button>
        · <span class="number">${rows}×${columns}</span> · cycle ${this.#renderCycle(moment)} of
        <span class="number">${formatCount(moment.totalCycles)}</span>
      </span>`;
  }

  #renderCycle(moment: RunningMoment): TemplateResult {
    const { totalCycle, totalCycles } = moment;
    const stepButton = (by: 1 | -1, sign: string, label: string): TemplateResult =>
      html`<button
        class="plain step"
        aria-label=${label}
        ?disabled=${totalCycle + by < 0 || totalCycle + by >= totalCycles}
        @click=${() => this.#seekCycle(moment, totalCycle + by)}
      >
        ${sign}
      </button>`;
    return html`<span class="cycle"
      >${stepButton(-1, '‹', 'One cycle back')}<input
        class="number"
        type="text"
        inputmode="numeric"
        aria-label="Cycle of ${formatCount(totalCycles)}"
        .value=${formatCount(totalCycle)}
        .style=${`inline-size:${formatCount(totalCycles).length}ch`}
        @change=${(event: Event) => this.#cycleTyped(moment, event.target)}
      />${stepButton(1, '›', 'One cycle forth')}</span
    >`;
  }

  #renderEdges(): TemplateResult | typeof nothing {
    const layout = this.#layout;
    const picture = this.#picture;
    if (layout === undefined || picture === undefined) return nothing;
    const { dataflow } = picture.schedule.config;
    const [left, top] = { ws: ['A', 'B'], is: ['B', 'A'], os: ['A', 'B'] }[dataflow];
    const { bottom, left: leftStrip } = layout;
    const corner = `inline-size:${leftStrip.width}px`;
    return html`<span class="edge" .style=${`${corner};top:0`}>${top} ↓</span>
      <span class="edge" .style=${`${corner};top:${leftStrip.y - 17}px;text-align:start`}>${left} →</span>
      <span class="edge" .style=${`${corner};top:${bottom.y}px`}>C ↓</span>`;
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
      <p><strong>Idle</strong> ${reason}</p>
      ${
        next === undefined
          ? nothing
          : html`<button @click=${() => dispatchViewEvent(this, 'seek', { cursorPs: moment.endPs })}>
            Go to ${next.name}
          </button>`
      }
    </div>`;
  }

  #renderProgress(): TemplateResult | typeof nothing {
    if (!this.#picture?.unfinished) return nothing;
    return html`<progress max="1" .value=${this.#picture.progress} aria-label="Adding partial sums"></progress>`;
  }

  #renderReadouts(moment: ArrayMoment): TemplateResult {
    const live = this.hovered ?? this.focused;
    const isPinned = live !== undefined && this.pins.some((pin) => samePlace(pin, live));
    const describe = (place: PePlace): PeDescription | undefined => this.#describe(moment, place);
    const current = live && !isPinned ? describe(live) : undefined;
    const hint =
      this.#layout !== undefined && this.#layout.cell >= VALUE_CELL
        ? 'In each PE: operand, weight, partial sum.'
        : 'Point at a PE for its registers; click to keep it.';
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
    const isValued = moment.detail.dtype === 'bf16';
    const values = isValued
      ? peValues(picture.schedule, picture.state, picture.operands, place)
      : { operand: undefined, weight: undefined, shadow: undefined, sum: undefined };
    const at = peStateOf(picture.state, place.row * columns + place.column);
    return describePe(picture.schedule, place, at, values);
  }

  #stageLabel(shown: RunningMoment['schedule'] | undefined): string {
    return shown === undefined
      ? 'Systolic array'
      : `Systolic array, ${shown.config.rows} rows by ${shown.config.columns} columns`;
  }

  /** Only what the keyboard is at: a pointer's hover would flood a listener. */
  #spoken(moment: ArrayMoment): string {
    const description = this.focused && this.#describe(moment, this.focused);
    if (description === undefined) return '';
    const registers = description.lines.map((line) => `${line.name} ${line.element}`).join(', ');
    return `${description.title}: ${description.state}${registers === '' ? '' : `, ${registers}`}`;
  }

  #seekCycle(moment: RunningMoment, totalCycle: number): void {
    dispatchViewEvent(this, 'seek', { cursorPs: psOfCycle(moment, totalCycle) });
  }

  #cycleTyped(moment: RunningMoment, target: EventTarget | null): void {
    if (!(target instanceof HTMLInputElement)) return;
    const typed = Number(target.value.replace(/[\s,_]/g, ''));
    if (Number.isSafeInteger(typed)) this.#seekCycle(moment, clamp(typed, 0, moment.totalCycles - 1));
    target.value = formatCount(moment.totalCycle);
  }

  #togglePin(place: PePlace): void {
    const others = this.pins.filter((pin) => !samePlace(pin, place));
    this.pins = others.length < this.pins.length ? others : [...this.pins, place].slice(-MAX_PINS);
  }

  #keyPressed(event: KeyboardEvent): void {
    const layout = this.#layout;
    if (layout === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) {
      const stride = event.shiftKey ? 8 : 1;
      const from = this.focused ?? { row: -arrow[0] * stride, column: -arrow[1] * stride };
      const focused = {
        row: clamp(from.row + arrow[0] * stride, 0, layout.rows - 1),
        column: clamp(from.column + arrow[1] * stride, 0, layout.columns - 1),
      };
      this.focused = focused;
      this.zoom = revealPe(layout, this.zoom, focused.row, focused.column);
    } else if (event.key === 'Enter' && this.focused !== undefined) this.#togglePin(this.focused);
    else if (event.key === 'Escape' && this.focused !== undefined) this.focused = undefined;
    else if (event.key === '+' || event.key === '=') this.#zoomAround(ZOOM_STEP);
    else if (event.key === '-') this.#zoomAround(1 / ZOOM_STEP);
    else if (event.key === '0') this.zoom = WHOLE_ARRAY;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #zoomAround(factor: number): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { field, crop, cell } = layout;
    const x = this.focused
      ? field.x + (this.focused.column + 0.5 - crop.x) * cell
      : field.x + field.width / 2;
    const y = this.focused ? field.y + (this.focused.row + 0.5 - crop.y) * cell : field.y + field.height / 2;
    this.zoom = zoomArray(layout, this.zoom, factor, x, y);
  }

  #wheelTurned(event: WheelEvent): void {
    if (this.#layout === undefined) return;
    event.preventDefault();
    const { x, y } = this.#pointOf(event);
    this.zoom = zoomArray(this.#layout, this.zoom, Math.exp(-event.deltaY * ZOOM_PER_WHEEL_UNIT), x, y);
    this.hovered = peAt(this.#layout, x, y);
  }

  #pointerPressed(event: PointerEvent): void {
    if (event.button !== 0 || !(event.target instanceof HTMLElement) || event.target.closest('button'))
      return;
    const { crop } = this.#layout ?? {};
    const zoom = { scale: this.zoom.scale, row: crop?.y ?? 0, column: crop?.x ?? 0 };
    this.#drag = { ...this.#pointOf(event), zoom, moved: false };
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
  }

  #pointerMoved(event: PointerEvent): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { x, y } = this.#pointOf(event);
    const drag = this.#drag;
    if (drag !== undefined && Math.hypot(x - drag.x, y - drag.y) >= CLICK_SLACK_PX) drag.moved = true;
    if (drag?.moved) {
      this.zoom = {
        scale: drag.zoom.scale,
        row: Math.max(0, drag.zoom.row - (y - drag.y) / layout.cell),
        column: Math.max(0, drag.zoom.column - (x - drag.x) / layout.cell),
      };
      this.hovered = undefined;
      return;
    }
    this.hovered = peAt(layout, x, y);
  }

  #pointerReleased(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === undefined || drag.moved || this.#layout === undefined) return;
    const { x, y } = this.#pointOf(event);
    const place = peAt(this.#layout, x, y);
    if (place === undefined) return;
    this.focused = place;
    this.#togglePin(place);
  }

  #pointOf(event: MouseEvent): { x: number; y: number } {
    const box = this.renderRoot.querySelector('.stage')?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
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
      .stage {
        cursor: crosshair;
        touch-action: none;
      }
      .cycle {
        white-space: nowrap;
      }
      .cycle input {
        background: none;
        border: 0;
        border-block-end: 1px dashed var(--line);
        border-radius: 0;
        padding: 0;
        min-inline-size: 3ch;
        text-align: end;
        color: var(--ink);
      }
      .cycle .step {
        padding: 0 6px;
      }
      .facts .op {
        color: var(--ink);
      }
      .edge {
        position: absolute;
        font-size: var(--size-12);
        color: var(--ink-quiet);
        white-space: nowrap;
        text-align: end;
        pointer-events: none;
      }
      .reason {
        position: absolute;
        inset-inline: 12% auto;
        inset-block-start: 34%;
        display: grid;
        gap: 8px;
        justify-items: start;
        max-inline-size: 70%;
        padding: 12px 16px;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      progress {
        position: absolute;
        inset-block-end: 0;
        inset-inline-start: 0;
        inline-size: 120px;
        block-size: 4px;
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
    `,
  ];
}

function samePlace(a: PePlace, b: PePlace): boolean {
  return a.row === b.row && a.column === b.column;
}

function idleWord(palette: Palette): number {
  return pixelOf(palette.colors['state-idle']);
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-view': ArrayView;
  }
}

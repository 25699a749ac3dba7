import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import {
  type AxisUnit,
  createTimeScale,
  formatMoment,
  panRange,
  spanOf,
  zoomRange,
} from '../../figure/time-scale.ts';
import { type TimelineFigure, timelineFigure } from '../../figure/timeline.ts';
import type { TimelineIndex } from '../../figure/timeline-index.ts';
import { adjacentEvent, type PlacedSpan, spanAt } from '../../figure/timeline-lookup.ts';
import type { LaneId, RunReport } from '../../machine/report.ts';
import type { Run } from '../../worker/engine-api.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { laneToken } from '../idle-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { describePlaced } from '../span-text.ts';
import type { AppState } from '../state.ts';
import { createTimelinePainter, LANE_HEIGHT_PX, type TimelinePainter } from '../timeline-painter.ts';
import { turn } from '../turns.ts';
import { timelineStyles } from './timeline-styles.ts';
import './hover-card.ts';
import './timeline-footer.ts';
import './timeline-map.ts';

/** A pointer that moved less than this has clicked. */
const CLICK_SLACK_PX = 4;
/** One notch of a wheel is about 100 units: it zooms by a fifth. */
const ZOOM_PER_WHEEL_UNIT = 0.0022;
const MIN_RESOLUTION_DIVISOR = 2000;

type Gesture =
  | { readonly kind: 'scrub' }
  | { readonly kind: 'mark'; readonly fromPx: number; readonly lane: number };

interface Hover {
  readonly x: number;
  readonly y: number;
  readonly placed: PlacedSpan;
}

/** The time axis that rules the page: one lane a unit, a playhead, zoom from the step down to a cycle. */
@customElement('systole-timeline')
export class TimelineView extends AppElement {
  @state() private widthPx = 0;
  @state() private hover: Hover | undefined;
  @state() private focusedLane = 0;
  @state() private spoken = '';
  @query('canvas') private canvas: HTMLCanvasElement | null | undefined;
  @query('.plot') private plot: HTMLElement | null | undefined;
  #gesture: Gesture | undefined;
  #drawn: Run | undefined;
  #figure: TimelineFigure | undefined;
  #painted: readonly unknown[] = [];
  #painter: TimelinePainter | undefined;
  #look: readonly unknown[] = [];
  readonly #resizes = new ResizeObserver(([entry]) => {
    if (entry !== undefined) this.widthPx = Math.floor(entry.contentRect.width);
  });

  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.view, state.cursorPs, state.area, state.axis, state.selectedOp, state.scheme];
  }

  /** A new run is drawn in this view's turn. */
  protected override async scheduleUpdate(): Promise<void> {
    const run = this.app?.state.run;
    if (run !== this.#drawn) {
      this.#drawn = run;
      await turn();
    }
    super.scheduleUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    const index = app.timelineIndex();
    const { run, view, cursorPs } = state;
    if (index === undefined || run === undefined) {
      return html`<section aria-label="Timeline" class="empty">The timeline appears with the first run.</section>`;
    }
    const width = Math.max(1, this.widthPx);
    const unit: AxisUnit =
      state.axis === 'time' ? { kind: 'time' } : { kind: 'cycles', clockHz: run.clockHz };
    this.#figure = timelineFigure(index, view, width, unit);
    const { scale } = this.#figure;
    const cursorPx = scale.toPx(cursorPs);
    const isVisible = cursorPx >= 0 && cursorPx <= width;
    const clampedPx = Math.min(width, Math.max(0, cursorPx));
    const moment = this.#momentText(run, state);
    return html`<section aria-label="Timeline">
      <div class="axis">
        <button
          class="plain small"
          title="Count ${state.axis === 'time' ? 'cycles' : 'time'} on the axis (C)"
          @click=${() => app.store.update({ axis: state.axis === 'time' ? 'cycles' : 'time' })}
        >
          ${state.axis}
        </button>
        <div
          class="ruler"
          @pointerdown=${(event: PointerEvent) => this.#startScrub(event)}
          @pointermove=${(event: PointerEvent) => this.#pointerMoved(event)}
          @pointerup=${() => this.#endGesture()}
        >
          ${this.#figure.ticks.map(
            (tick) => html`<span class="tick number" .style=${`left:${tick.x}px`}>${tick.label}</span>`,
          )}
          ${this.#figure.headings.map(
            (heading) =>
              html`<span class="heading" .style=${`left:${heading.x}px;width:${Math.max(0, heading.width - 2)}px`}
                ><span class="words">${heading.label}</span>${
                  heading.count > 1 ? html`<b class="number"> × ${heading.count}</b>` : nothing
                }</span
              >`,
          )}
        </div>
        <span class="small quiet of" title="Share of each unit's peak over the whole step">of peak</span>
      </div>
      <div class="body">
        <div class="lanes" role="listbox" aria-label="Units. Arrow left and right go to their events." tabindex="-1">
          ${index.lanes.map((lane, row) => this.#renderLane(app, index, run.report, state, lane.lane, row))}
        </div>
        <div
          class="plot"
          @wheel=${(event: WheelEvent) => this.#wheel(event)}
          @pointerdown=${(event: PointerEvent) => this.#startMark(event)}
          @pointermove=${(event: PointerEvent) => this.#pointerMoved(event)}
          @pointerup=${(event: PointerEvent) => this.#endMark(event)}
          @pointercancel=${() => this.#endGesture()}
          @pointerleave=${() => {
            this.hover = undefined;
          }}
        >
          <canvas aria-hidden="true" .style=${`height:${index.lanes.length * LANE_HEIGHT_PX}px`}></canvas>
          ${this.#renderArea(state, width)}
          ${
            this.hover === undefined
              ? nothing
              : html`<systole-hover-card
                .report=${run.report}
                .placed=${this.hover.placed}
                .x=${this.hover.x}
                .y=${this.hover.y}
                .boundsWidth=${width}
              ></systole-hover-card>`
          }
        </div>
        <div class="shares number">
          ${run.report.units.map(
            (each) =>
              html`<span title=${`${each.name}: ${each.formula}`}>${formatPercent(each.utilization, 2)}</span>`,
          )}
        </div>
      </div>
      <div class="playhead" .style=${`transform:translateX(${clampedPx}px)`} ?data-outside=${!isVisible}>
        <span class="flag number" ?data-left=${clampedPx > width - 130}>${
          isVisible ? moment : cursorPx < 0 ? `◂ ${moment}` : `${moment} ▸`
        }</span>
      </div>
      <systole-timeline-map .app=${app}></systole-timeline-map>
      <systole-timeline-footer .app=${app}></systole-timeline-footer>
      <p class="visually-hidden" aria-live="polite">${this.spoken}</p>
    </section>`;
  }

  #momentText(run: Run, state: AppState): string {
    if (state.axis === 'cycles') {
      return `cycle ${formatCount(Math.floor((state.cursorPs * run.clockHz) / 1e12 + 1e-6))}`;
    }
    const resolution = spanOf(state.view) / MIN_RESOLUTION_DIVISOR;
    return formatMoment(state.cursorPs, 10 ** Math.floor(Math.log10(resolution)), state.cursorPs);
  }

  #renderLane(
    app: App,
    index: TimelineIndex,
    report: RunReport,
    state: AppState,
    lane: LaneId,
    row: number,
  ): TemplateResult {
    const laneIndex = index.lanes[row];
    const placed = laneIndex === undefined ? undefined : spanAt(laneIndex, state.cursorPs);
    const unit = report.units[row];
    const now = placed === undefined ? 'nothing here' : describePlaced(report, placed);
    return html`<div
      class="lane"
      role="option"
      tabindex=${row === this.focusedLane ? 0 : -1}
      aria-selected=${row === this.focusedLane}
      aria-label=${`${laneIndex?.name ?? lane}: ${now}. ${formatPercent(unit?.utilization ?? 0)} of peak over the step`}
      @focus=${() => {
        this.focusedLane = row;
      }}
      @keydown=${(event: KeyboardEvent) => this.#laneKey(event, app, index, report, lane, row)}
      @click=${() => {
        this.focusedLane = row;
      }}
    >
      <i .style=${`background:var(--${laneToken(lane)})`}></i>${laneIndex?.name ?? lane}
    </div>`;
  }

  #renderArea(state: AppState, width: number): TemplateResult | typeof nothing {
    if (state.area === undefined) return nothing;
    const scale = createTimeScale(state.view, width);
    const left = Math.max(0, scale.toPx(state.area.startPs));
    const right = Math.min(width, scale.toPx(state.area.endPs));
    if (right <= left) return nothing;
    return html`<div class="area" .style=${`left:${left}px;width:${right - left}px`}></div>`;
  }

  protected override updated(_changes: PropertyValues): void {
    if (this.plot) this.#resizes.observe(this.plot);
    const { app, canvas } = this;
    const run = app?.state.run;
    if (app === undefined || !canvas || run === undefined || this.#figure === undefined) return;
    const { view, axis, selectedOp, scheme } = app.state;
    const inputs = [run, view, axis, selectedOp, scheme, this.widthPx, devicePixelRatio, canvas];
    if (inputs.every((input, at) => input === this.#painted[at])) return;
    this.#painted = inputs;
    const look = [canvas, scheme, devicePixelRatio];
    if (this.#painter === undefined || look.some((value, at) => value !== this.#look[at])) {
      this.#painter = createTimelinePainter(canvas, devicePixelRatio);
      this.#look = look;
    }
    this.#painter.paint(this.#figure, run.report.ops, selectedOp);
  }

  // Pointer

  #pxOf(event: MouseEvent): { readonly x: number; readonly y: number } {
    const box = this.plot?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  }

  #psOf(px: number): number {
    return this.#figure?.scale.toPs(px) ?? 0;
  }

  #wheel(event: WheelEvent): void {
    const { app } = this;
    const stepPs = app?.state.run?.report.stepPs;
    if (app === undefined || stepPs === undefined) return;
    event.preventDefault();
    const { view } = app.state;
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      app.setView(panRange(view, sideways / Math.max(1, this.widthPx), stepPs));
      return;
    }
    const factor = Math.exp(event.deltaY * ZOOM_PER_WHEEL_UNIT);
    app.setView(zoomRange(view, factor, this.#psOf(this.#pxOf(event).x), stepPs));
  }

  #startScrub(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#gesture = { kind: 'scrub' };
    capture(event);
    this.app?.store.update({ playing: false });
    this.app?.seek(Math.round(this.#psOf(this.#pxOf(event).x)), false);
  }

  #startMark(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { x, y } = this.#pxOf(event);
    this.#gesture = { kind: 'mark', fromPx: x, lane: Math.floor(y / LANE_HEIGHT_PX) };
    capture(event);
  }

  #pointerMoved(event: PointerEvent): void {
    const { app } = this;
    if (app === undefined) return;
    const { x, y } = this.#pxOf(event);
    const gesture = this.#gesture;
    if (gesture?.kind === 'scrub') {
      app.seek(Math.round(this.#psOf(x)), false);
    } else if (gesture?.kind === 'mark' && Math.abs(x - gesture.fromPx) > CLICK_SLACK_PX) {
      const [from, to] = [this.#psOf(Math.min(x, gesture.fromPx)), this.#psOf(Math.max(x, gesture.fromPx))];
      const stepPs = app.state.run?.report.stepPs ?? 0;
      app.store.update({ area: { startPs: Math.max(0, from), endPs: Math.min(stepPs, to) } });
      this.hover = undefined;
    } else {
      const lane = app.timelineIndex()?.lanes[Math.floor(y / LANE_HEIGHT_PX)];
      const placed = lane === undefined ? undefined : spanAt(lane, this.#psOf(x));
      this.hover = placed === undefined || y < 0 ? undefined : { x, y, placed };
    }
  }

  #endMark(event: PointerEvent): void {
    const gesture = this.#gesture;
    this.#endGesture();
    const { app } = this;
    if (app === undefined || gesture?.kind !== 'mark') return;
    const { x } = this.#pxOf(event);
    if (Math.abs(x - gesture.fromPx) > CLICK_SLACK_PX) return;
    const ps = Math.round(this.#psOf(x));
    const lane = app.timelineIndex()?.lanes[gesture.lane];
    const placed = lane === undefined ? undefined : spanAt(lane, ps);
    const span = placed?.span;
    this.focusedLane = gesture.lane;
    app.store.update({
      area: undefined,
      playing: false,
      selectedOp: span?.kind === 'busy' ? span.op : span?.waitsFor,
    });
    app.seek(ps, false);
  }

  #endGesture(): void {
    this.#gesture = undefined;
  }

  // Keyboard

  #laneKey(
    event: KeyboardEvent,
    app: App,
    index: TimelineIndex,
    report: RunReport,
    lane: LaneId,
    row: number,
  ): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case 'ArrowDown':
        this.#focusLane(Math.min(index.lanes.length - 1, row + 1));
        break;
      case 'ArrowUp':
        this.#focusLane(Math.max(0, row - 1));
        break;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const found = adjacentEvent(index, app.state.cursorPs, event.key === 'ArrowRight' ? 1 : -1, lane);
        if (found !== undefined) app.seek(found);
        this.#speak(app, index, report, row);
        break;
      }
      case 'Enter': {
        const laneIndex = index.lanes[row];
        const span = laneIndex === undefined ? undefined : spanAt(laneIndex, app.state.cursorPs)?.span;
        app.select(span?.kind === 'busy' ? span.op : span?.waitsFor);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #focusLane(row: number): void {
    this.focusedLane = row;
    this.renderRoot.querySelectorAll<HTMLElement>('.lane')[row]?.focus();
  }

  /** Says what is under the playhead, for those who cannot see it. */
  #speak(app: App, index: TimelineIndex, report: RunReport, row: number): void {
    const lane = index.lanes[row];
    if (lane === undefined) return;
    const placed = spanAt(lane, app.state.cursorPs);
    const what = placed === undefined ? 'nothing' : describePlaced(report, placed);
    this.spoken = `${lane.name} at ${formatMoment(app.state.cursorPs, 1e6)}: ${what}`;
  }

  static override styles = [sharedStyles, timelineStyles];
}

function capture(event: PointerEvent): void {
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
}

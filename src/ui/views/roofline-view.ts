import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../../base/time.ts';
import type { Drawing } from '../../figure/drawing.ts';
import {
  formatIntensity,
  layoutRoofline,
  type RooflineLayout,
  rooflineFigure,
  rooflineHit,
} from '../../figure/roofline-figure.ts';
import {
  type Roof,
  type Roofline,
  type RooflineMover,
  type RooflinePoint,
  rooflineOf,
} from '../../figure/roofline-model.ts';
import { toSvg } from '../../figure/svg.ts';
import { type TimelineIndex, timelineIndexOf } from '../../figure/timeline-index.ts';
import { spanAt } from '../../figure/timeline-lookup.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { sharedStyles } from '../shared-styles.ts';
import { turn } from '../turns.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';
import './roofline-table.ts';

const MAX_MOVERS = 4;

/** Every op under the roofs of compute and memory; area stands for time. */
@customElement('systole-roofline-view')
export class RooflineView extends LitElement {
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) cursorPs = 0;
  @property({ attribute: false }) selectedOp: number | undefined;
  @property({ attribute: false }) engine: Engine | undefined;

  @state() private asTable = false;
  @state() private hoveredOp: number | undefined;
  @state() private hoveredRoof: Roof | undefined;
  /** Only what the keyboard is at: a pointer or a playing cursor would flood a listener. */
  @state() private spoken = '';
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };

  readonly #theme = new PaletteController(this);
  #index: TimelineIndex | undefined;
  #drawn: RunReport | undefined;
  #roofline: Roofline | undefined;
  #layout: RooflineLayout | undefined;
  #layoutKey: readonly unknown[] = [];

  override render(): TemplateResult {
    const roofline = this.#roofline;
    if (roofline === undefined) {
      return html`<header>
        <h2>Roofline</h2>
        <span class="facts">appears with the first run</span>
      </header>`;
    }
    const current = this.#currentOp(roofline);
    return html`<header>
        <h2>Roofline</h2>
        <span class="facts">this step, one chip</span>
        <span class="metrics">
          <button
            class="small"
            aria-pressed=${this.asTable ? 'true' : 'false'}
            @click=${() => {
              this.asTable = !this.asTable;
            }}
          >
            Table
          </button>
        </span>
      </header>
      <div class="stage-frame">
        ${
          this.asTable
            ? html`<systole-roofline-table .roofline=${roofline} .current=${current}></systole-roofline-table>`
            : this.#renderStage(roofline, current)
        }
      </div>
      <footer>
        <div class="about">${this.#renderAbout(roofline, current)}</div>
        ${this.#renderMovers(roofline)}
      </footer>
      <p id="keys" class="visually-hidden">Arrow keys move from op to op by intensity, Enter selects one.</p>
      <p class="visually-hidden" aria-live="polite">${this.spoken}</p>`;
  }

  /** A new run is drawn in this view's turn. */
  protected override async scheduleUpdate(): Promise<void> {
    if (this.report !== this.#drawn) {
      this.#drawn = this.report;
      await turn();
    }
    super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('report')) return;
    this.#index = this.report && timelineIndexOf(this.report);
    this.#roofline = this.report && rooflineOf(this.report);
    this.hoveredOp = undefined;
    this.hoveredRoof = undefined;
  }

  /** The plot as an SVG document; undefined before there is a run. */
  toSvg(): string | undefined {
    const roofline = this.#roofline;
    if (roofline === undefined) return undefined;
    const layout = layoutRoofline(roofline, 720, 480);
    return toSvg(
      rooflineFigure(roofline, layout),
      this.#theme.palette,
      `Roofline, ${this.report?.title ?? ''}`,
    );
  }

  /** The op under the cursor: what the matrix units run, else the vector unit, if it has a point. */
  #currentOp(roofline: Roofline): number | undefined {
    for (const id of ['mxu', 'vpu'] as const) {
      const lane = this.#index?.lanes.find((each) => each.lane === id);
      const span = lane && spanAt(lane, this.cursorPs)?.span;
      if (span?.kind === 'busy' && roofline.points.some((point) => point.op === span.op)) return span.op;
    }
    return undefined;
  }

  #renderStage(roofline: Roofline, current: number | undefined): TemplateResult {
    return html`<div
      class="stage"
      role="application"
      aria-roledescription="roofline plot"
      aria-label="Roofline of ${roofline.points.length} ops"
      aria-describedby="keys"
      tabindex="0"
      @keydown=${(event: KeyboardEvent) => this.#keyPressed(event, roofline)}
      @pointermove=${(event: PointerEvent) => this.#pointerMoved(event, roofline)}
      @pointerleave=${() => {
        this.hoveredOp = undefined;
        this.hoveredRoof = undefined;
      }}
      @click=${() => {
        if (this.hoveredOp !== undefined) dispatchViewEvent(this, 'select-op', { op: this.hoveredOp });
      }}
    >
      <systole-figure
        .drawing=${this.#draw(roofline, current)}
        @figure-size=${(event: CustomEvent<FigureSize>) => {
          this.size = event.detail;
        }}
      ></systole-figure>
    </div>`;
  }

  #draw(roofline: Roofline, current: number | undefined): Drawing | undefined {
    const { width, height } = this.size;
    if (width === 0 || height === 0) return undefined;
    const key = [roofline, width, height];
    if (this.#layout === undefined || key.some((value, index) => value !== this.#layoutKey[index])) {
      this.#layoutKey = key;
      this.#layout = layoutRoofline(roofline, width, height);
    }
    return rooflineFigure(roofline, this.#layout, {
      current,
      selected: this.selectedOp,
      hoveredOp: this.hoveredOp,
      hoveredRoof: this.hoveredRoof?.id,
    });
  }

  /** What is pointed at, else what is selected, else what the cursor is in. */
  #renderAbout(roofline: Roofline, current: number | undefined): TemplateResult {
    const roof = this.hoveredRoof;
    if (roof !== undefined) {
      const unit = roof.id === 'mxu' ? 'FLOP/s' : 'B/s';
      return html`<h3>${roof.name} <span class="number">${formatSi(roof.rate, unit)}</span></h3>
        <p class="quiet">Moved by ${roof.knobs.map((knob, at) => html`${at > 0 ? ', ' : nothing}<code>${knob}</code>`)}</p>`;
    }
    const shown = this.hoveredOp ?? this.selectedOp ?? current;
    const point = roofline.points.find((each) => each.op === shown);
    if (point !== undefined) return this.#renderPoint(roofline, point);
    const mover = roofline.movers.find((each) => each.op === shown);
    if (mover !== undefined) return this.#renderMover(mover);
    return html`<p class="quiet">Point at an op or a roof.</p>`;
  }

  #renderPoint(roofline: Roofline, point: RooflinePoint): TemplateResult {
    const side =
      point.intensity < roofline.ridgeIntensity
        ? 'left of the ridge: HBM sets the pace'
        : 'right of the ridge: the MXU sets the pace';
    const peak = roofline.roofs[0].rate;
    return html`<h3>${point.name}</h3>
      <p class="number">${formatIntensity(point.intensity)}\u2009FLOP/byte</p>
      <p class="number">
        ${formatSi(point.achievedFlops, 'FLOP/s')} · ${formatPercent(point.achievedFlops / peak)} of
        ${formatSi(peak, 'FLOP/s')}
      </p>
      <p class="number">
        ${formatSi(secondsFromPicoseconds(point.totalPs), 's')} a step ·
        ${formatPercent(point.achievedFlops / point.attainableFlops)} of its roof
      </p>
      <p class="quiet">${side}</p>`;
  }

  #renderMover(mover: RooflineMover): TemplateResult {
    return html`<h3>${mover.name}</h3>
      <p class="number">${formatSi(secondsFromPicoseconds(mover.totalPs), 's')} a step on its own</p>
      <p class="quiet">${mover.kind === 'collective' ? 'Moves data, multiplies nothing: no place under the roofs.' : 'No FLOPs counted.'}</p>`;
  }

  #renderMovers(roofline: Roofline): TemplateResult | typeof nothing {
    const collectives = roofline.movers.filter((mover) => mover.kind === 'collective');
    if (collectives.length === 0) return nothing;
    const shown = collectives.slice(0, MAX_MOVERS);
    const longest = Math.max(1, ...shown.map((mover) => mover.totalPs));
    return html`<div class="movers">
      <p class="quiet">Collectives, no FLOPs; time a step, each on its own</p>
      <ul>
        ${shown.map(
          (mover) => html`<li>
            <button class="link" @click=${() => dispatchViewEvent(this, 'select-op', { op: mover.op })}>
              ${mover.name}
            </button>
            <span class="bar" .style=${`inline-size:${(100 * mover.totalPs) / longest}%`}></span>
            <span class="number">${formatSi(secondsFromPicoseconds(mover.totalPs), 's')}</span>
          </li>`,
        )}
      </ul>
    </div>`;
  }

  #keyPressed(event: KeyboardEvent, roofline: Roofline): void {
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step !== undefined) {
      const byIntensity = [...roofline.points].sort((a, b) => a.intensity - b.intensity || a.op - b.op);
      const at = byIntensity.findIndex((point) => point.op === this.hoveredOp);
      const next = at < 0 ? 0 : Math.min(byIntensity.length - 1, Math.max(0, at + step));
      this.hoveredRoof = undefined;
      const point = byIntensity[next];
      this.hoveredOp = point?.op;
      this.spoken = point === undefined ? '' : spokenPoint(point);
    } else if (event.key === 'Enter' && this.hoveredOp !== undefined) {
      dispatchViewEvent(this, 'select-op', { op: this.hoveredOp });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #pointerMoved(event: PointerEvent, roofline: Roofline): void {
    if (this.#layout === undefined || !(event.currentTarget instanceof HTMLElement)) return;
    const box = event.currentTarget.getBoundingClientRect();
    const hit = rooflineHit(roofline, this.#layout, event.clientX - box.left, event.clientY - box.top);
    this.hoveredOp = hit?.kind === 'op' ? hit.op : undefined;
    this.hoveredRoof = hit?.kind === 'roof' ? hit.roof : undefined;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      .stage-frame {
        position: relative;
        min-block-size: 0;
      }
      .stage {
        position: absolute;
        inset: 0;
      }
      footer {
        display: grid;
        gap: 10px;
        align-items: start;
        color: var(--ink);
      }
      .about {
        min-block-size: 86px;
        line-height: 1.3;
      }
      .about h3 {
        font-size: var(--size-12);
      }
      code {
        font-family: var(--font-numbers);
      }
      .movers li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 30% auto;
        gap: 8px;
        align-items: center;
      }
      .movers .link {
        overflow: hidden;
        text-overflow: ellipsis;
        text-align: start;
      }
      .bar {
        block-size: 6px;
        background: var(--unit-ici);
        border-radius: 1px;
      }
      @container (block-size < 430px) {
        .movers {
          display: none;
        }
      }
      @container (inline-size > 520px) {
        footer {
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];
}

function spokenPoint(point: RooflinePoint): string {
  const intensity = formatIntensity(point.intensity);
  return `${point.name}: ${intensity} FLOP per byte, ${formatSi(point.achievedFlops, 'FLOP/s')}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-roofline-view': RooflineView;
  }
}

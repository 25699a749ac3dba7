import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { clamp, modulo } from '../../base/integers.ts';
import { type ColorScale, utilizationScale } from '../../figure/color-scales.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { toSvg } from '../../figure/svg.ts';
import { createTimelineIndex, type TimelineIndex } from '../../figure/timeline-index.ts';
import {
  linkLabel,
  linkNear,
  MIN_MARKS_PITCH,
  torusFigure,
  torusHighlight,
} from '../../figure/torus-figure.ts';
import { type ActiveCollective, collectivesAt, sumLoads, type TorusLoad } from '../../figure/torus-load.ts';
import { torusPixels } from '../../figure/torus-pixels.ts';
import { type TorusPlan, unrolledPlan } from '../../figure/torus-plan.ts';
import { DEFAULT_ORIENTATION, type Orientation, solidPlan } from '../../figure/torus-solid.ts';
import { wrapNote } from '../../figure/torus-wraps.ts';
import type { Torus } from '../../ici/topology.ts';
import { torusFromSlice } from '../../ici/topology.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { rampStyle } from './canvas-legend.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';
import { type LinkLoads, TorusLoads } from './torus-loads.ts';
import './torus-link-panel.ts';
import './torus-link-table.ts';

const TURN_PER_KEY = 0.12;
const TURN_PER_PX = 0.008;
const CLICK_SLACK_PX = 4;

type Projection = 'unrolled' | 'solid' | 'table';
const PROJECTIONS: readonly { readonly id: Projection; readonly name: string }[] = [
  { id: 'unrolled', name: '2-D' },
  { id: 'solid', name: '3-D' },
  { id: 'table', name: 'Table' },
];

/** The chips of the slice and how busy each direction of each link is at the cursor. */
@customElement('systole-torus-view')
export class TorusView extends LitElement {
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) scenario: Scenario | undefined;
  @property({ attribute: false }) cursorPs = 0;
  @property({ attribute: false }) selectedOp: number | undefined;
  @property({ attribute: false }) engine: Engine | undefined;

  @state() private projection: Projection = 'unrolled';
  @state() private orientation: Orientation = DEFAULT_ORIENTATION;
  @state() private hoveredLink: number | undefined;
  @state() private selectedLink: number | undefined;
  @state() private focusedNode: number | undefined;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };

  readonly #theme = new PaletteController(this);
  readonly #loads = new TorusLoads(() => this.requestUpdate());
  #index: TimelineIndex | undefined;
  #torus: Torus | undefined;
  #plan: TorusPlan | undefined;
  #planKey: readonly unknown[] = [];
  #load: TorusLoad | undefined;
  #loadKey: readonly unknown[] = [];
  #drawing: Drawing | undefined;
  #drawingKey: readonly unknown[] = [];
  #drag: { x: number; y: number; readonly from: Orientation; moved: boolean } | undefined;

  override render(): TemplateResult {
    const { report } = this;
    if (report === undefined || this.#torus === undefined || this.#index === undefined) {
      return html`<header>
        <h2>Torus</h2>
        <span class="facts">appears with the first run</span>
      </header>`;
    }
    const torus = this.#torus;
    const active = collectivesAt(this.#index, this.cursorPs);
    const links = this.#loads.of(report, this.scenario, this.engine, active);
    const load = this.#sum(torus, active, links);
    const note = wrapNote(torus, report.chip.id);
    return html`<header>
        <h2>Torus</h2>
        <span class="facts">
          <span class="number">${formatCount(torus.nodes)}</span> ${torus.nodes === 1 ? 'chip' : 'chips'},
          <span class="number">${formatCount(torus.linkCount)}</span> directed links
        </span>
        ${this.#renderProjections()}
      </header>
      <div class="stage-frame">
        ${
          this.projection === 'table'
            ? html`<systole-link-table
                .torus=${torus}
                .load=${load}
                .linkBytesPerSecond=${report.ici.linkBytesPerSecond}
                @select-link=${(event: CustomEvent<{ link: number }>) => {
                  this.selectedLink = event.detail.link;
                }}
              ></systole-link-table>`
            : this.#renderStage(torus, load)
        }
        ${this.#renderPanel(report, torus, load)}
      </div>
      <footer>
        ${this.#renderLegend(report)} ${this.#renderWorst(torus, load)}
        <span class="now">${this.#renderNow(active, links)}</span>
        ${note === undefined ? nothing : html`<span class="note">${note}</span>`}
      </footer>
      <p id="keys" class="visually-hidden">
        Arrow keys move between chips, page up and page down between planes, Enter goes through the links of a
        chip, W finds the busiest link.
      </p>
      <p class="visually-hidden" aria-live="polite">${this.#spoken(torus, load)}</p>`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('report')) return;
    const { report } = this;
    this.#index = report && createTimelineIndex(report);
    this.#torus = report && torusFromSlice({ ...report.slice, notes: [] });
    this.selectedLink = undefined;
    this.focusedNode = undefined;
    this.hoveredLink = undefined;
  }

  /** Selects the busiest link of this moment. */
  selectWorst(): void {
    if (this.#load?.worstLink !== undefined) this.selectedLink = this.#load.worstLink;
  }

  /** The slice at this moment as an SVG document; undefined before there is a run. */
  toSvg(): string | undefined {
    if (this.#torus === undefined || this.#load === undefined) return undefined;
    const { palette } = this.#theme;
    const plan = unrolledPlan(this.#torus, 960, 640);
    const drawing = torusFigure(plan, this.#load.utilization, utilizationScale(palette.scheme));
    return toSvg(drawing, palette, `Link utilisation, ${this.report?.title ?? ''}`);
  }

  #sum(torus: Torus, active: readonly ActiveCollective[], links: LinkLoads): TorusLoad {
    const key = [
      torus,
      ...active.flatMap(({ op, pace }) => [op, pace]),
      ...links.parts.map((part) => part.utilization),
    ];
    if (this.#load === undefined || !sameKey(key, this.#loadKey)) {
      this.#loadKey = key;
      this.#load = sumLoads(torus.targets, links.parts);
    }
    return this.#load;
  }

  #layout(torus: Torus): TorusPlan | undefined {
    const { width, height } = this.size;
    if (width === 0 || height === 0) return undefined;
    const key = [torus, width, height, this.projection, this.orientation];
    if (this.#plan === undefined || !sameKey(key, this.#planKey)) {
      this.#planKey = key;
      this.#plan =
        this.projection === 'solid'
          ? solidPlan(torus, width, height, this.orientation)
          : unrolledPlan(torus, width, height);
    }
    return this.#plan;
  }

  #draw(torus: Torus, load: TorusLoad): Drawing | undefined {
    const plan = this.#layout(torus);
    if (plan === undefined) return undefined;
    const { palette } = this.#theme;
    const key = [plan, load, palette, this.size.pixelRatio];
    if (this.#drawing === undefined || !sameKey(key, this.#drawingKey)) {
      this.#drawingKey = key;
      this.#drawing = this.#figureOf(plan, load.utilization, utilizationScale(palette.scheme));
    }
    return this.#drawing;
  }

  #figureOf(plan: TorusPlan, utilization: Float32Array, scale: ColorScale): Drawing {
    if (plan.pitch >= MIN_MARKS_PITCH) return torusFigure(plan, utilization, scale);
    const { width, height, labels } = plan;
    const pixels = torusPixels(plan, utilization, scale, this.#theme.palette, this.size.pixelRatio);
    return {
      width,
      height,
      marks: [
        { kind: 'image', x: 0, y: 0, width, height, pixels },
        ...labels.map(
          ({ text, x, y }) =>
            ({ kind: 'text', text, x, y, fill: 'ink-quiet', size: 12, font: 'numbers' }) as const,
        ),
      ],
    };
  }

  #renderStage(torus: Torus, load: TorusLoad): TemplateResult {
    const drawing = this.#draw(torus, load);
    const marked = [
      ...(this.selectedLink === undefined ? [] : [{ link: this.selectedLink, paint: 'accent' as const }]),
      ...(this.hoveredLink === undefined || this.hoveredLink === this.selectedLink
        ? []
        : [{ link: this.hoveredLink, paint: 'ink' as const }]),
    ];
    const overlay = this.#plan && torusHighlight(this.#plan, marked, this.focusedNode);
    return html`<div
      class="stage"
      role="application"
      aria-roledescription="torus of chips"
      aria-label="Slice of ${torus.shape.join(' by ')} chips"
      aria-describedby="keys"
      tabindex="0"
      @keydown=${(event: KeyboardEvent) => this.#keyPressed(event, torus)}
      @pointerdown=${this.#pointerPressed}
      @pointermove=${this.#pointerMoved}
      @pointerup=${this.#pointerReleased}
      @pointerleave=${() => {
        this.hoveredLink = undefined;
      }}
    >
      <systole-figure
        .drawing=${drawing}
        .overlay=${overlay}
        @figure-size=${(event: CustomEvent<FigureSize>) => {
          this.size = event.detail;
        }}
      ></systole-figure>
      ${
        torus.linkCount === 0
          ? html`<p class="alone">A single chip: no links. Its collectives cost nothing.</p>`
          : nothing
      }
    </div>`;
  }

  #renderNow(active: readonly ActiveCollective[], links: LinkLoads): TemplateResult {
    if (links.failure !== undefined) return html`<span class="warn">${links.failure}</span>`;
    if (active.length === 0) return html`Nothing on the links now.`;
    return html`Now ${active.map(
      ({ op, report }, position) =>
        html`${position > 0 ? ', ' : nothing}<button
            class="link"
            @click=${() => dispatchViewEvent(this, 'select-op', { op })}
          >
            ${report.name}
          </button>`,
    )}${links.pending ? ' …' : nothing}`;
  }

  #renderProjections(): TemplateResult {
    return html`<span class="metrics" role="group" aria-label="How the slice is drawn">
      ${PROJECTIONS.map(
        ({ id, name }) => html`<button
          class="small"
          aria-pressed=${this.projection === id ? 'true' : 'false'}
          @click=${() => {
            this.projection = id;
          }}
        >
          ${name}
        </button>`,
      )}
    </span>`;
  }

  #renderPanel(report: RunReport, torus: Torus, load: TorusLoad): TemplateResult | typeof nothing {
    const link = this.selectedLink ?? this.hoveredLink;
    if (link === undefined) return nothing;
    const [x, y] = this.#plan?.nodePosition(torus.linkSource(link)) ?? [0, 0];
    const isUnder = x > this.size.width / 2 && y > this.size.height / 2;
    return html`<systole-link-panel
      class=${isUnder ? 'left' : 'right'}
      .torus=${torus}
      .link=${link}
      .load=${load}
      .ici=${report.ici}
      ?pinned=${this.selectedLink !== undefined}
      @close-panel=${() => {
        this.selectedLink = undefined;
      }}
    ></systole-link-panel>`;
  }

  #renderLegend(report: RunReport): TemplateResult {
    const rate = formatSi(report.ici.linkBytesPerSecond, 'B/s');
    return html`<span class="legend" title="Each line is one direction of a link, on the right-hand side of its way. A curved stub closes a ring; a slanted one leads to the next plane.">
      <span class="number">0</span>
      <span class="ramp" role="img" aria-label="Colour scale: utilisation from 0 to ${rate}" .style=${rampStyle(utilizationScale(this.#theme.palette.scheme))}></span>
      <span class="number">${rate}</span> <span>each way</span>
    </span>`;
  }

  #renderWorst(torus: Torus, load: TorusLoad): TemplateResult | typeof nothing {
    const { worstLink } = load;
    if (worstLink === undefined) return nothing;
    const percent = Math.round(load.utilization[worstLink] * 100);
    return html`<button class="link small" title="The busiest link (W)" @click=${this.selectWorst}>
      worst: <span class="number">${linkLabel(torus, worstLink)} ${percent}\u2009%</span>
    </button>`;
  }

  #spoken(torus: Torus, load: TorusLoad): string {
    const parts: string[] = [];
    if (this.focusedNode !== undefined) parts.push(`Chip ${torus.coordinates(this.focusedNode).join(', ')}`);
    if (this.selectedLink !== undefined) {
      const percent = Math.round(load.utilization[this.selectedLink] * 100);
      parts.push(`link ${linkLabel(torus, this.selectedLink)}, ${percent} % of its rate`);
    }
    return parts.join('; ');
  }

  #keyPressed(event: KeyboardEvent, torus: Torus): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'w' || key === 'W') this.selectWorst();
    else if (key === 'Escape' && this.selectedLink !== undefined) this.selectedLink = undefined;
    else if (key === 'Enter') this.#nextLink(torus);
    else if (this.projection === 'solid' && event.shiftKey && key.startsWith('Arrow')) this.#turn(key);
    else if (!this.#moveFocus(torus, key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #turn(key: string): void {
    const { turn, tilt } = this.orientation;
    const across = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
    const up = key === 'ArrowUp' ? 1 : key === 'ArrowDown' ? -1 : 0;
    this.orientation = turned(turn + across * TURN_PER_KEY, tilt + up * TURN_PER_KEY);
  }

  #moveFocus(torus: Torus, key: string): boolean {
    const step = MOVES[key];
    if (step === undefined) return false;
    const [axis, by] = step;
    if (this.focusedNode === undefined) this.focusedNode = 0;
    else if (axis < torus.axes) {
      const at = torus.coordinates(this.focusedNode);
      at[axis] = torus.wraps[axis]
        ? modulo(at[axis] + by, torus.shape[axis])
        : clamp(at[axis] + by, 0, torus.shape[axis] - 1);
      this.focusedNode = torus.nodeAt(at);
    }
    return true;
  }

  /** Selects the focused chip's first link, then its next one, and so on. */
  #nextLink(torus: Torus): void {
    const node = this.focusedNode;
    if (node === undefined) return;
    const own: number[] = [];
    for (let slot = 0; slot < torus.axes * 2; slot += 1) {
      const link = node * torus.axes * 2 + slot;
      if (torus.targets[link] >= 0) own.push(link);
    }
    const at = this.selectedLink === undefined ? -1 : own.indexOf(this.selectedLink);
    this.selectedLink = own[(at + 1) % own.length];
  }

  #pointerPressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#drag = { x: event.clientX, y: event.clientY, from: this.orientation, moved: false };
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
  }

  #pointerMoved(event: PointerEvent): void {
    const drag = this.#drag;
    if (drag !== undefined) {
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (Math.hypot(dx, dy) >= CLICK_SLACK_PX) drag.moved = true;
      if (drag.moved && this.projection === 'solid') {
        this.orientation = turned(drag.from.turn + dx * TURN_PER_PX, drag.from.tilt + dy * TURN_PER_PX);
        this.hoveredLink = undefined;
      }
      return;
    }
    this.hoveredLink = this.#linkUnder(event);
  }

  #pointerReleased(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === undefined || drag.moved) return;
    this.selectedLink = this.#linkUnder(event);
    if (this.selectedLink !== undefined) this.focusedNode = this.#torus?.linkSource(this.selectedLink);
  }

  #linkUnder(event: MouseEvent): number | undefined {
    const box = this.renderRoot.querySelector('.stage')?.getBoundingClientRect();
    if (this.#plan === undefined || box === undefined) return undefined;
    return linkNear(this.#plan, event.clientX - box.left, event.clientY - box.top);
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
        touch-action: none;
      }
      systole-link-panel {
        position: absolute;
        inset-block-end: 0;
      }
      .right {
        inset-inline-end: 0;
      }
      .left {
        inset-inline-start: 0;
      }
      .legend {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .now,
      .note {
        flex-basis: 100%;
      }
      .warn {
        color: var(--warn);
      }
      .alone {
        position: absolute;
        inset-inline: 0;
        inset-block-start: 60%;
        text-align: center;
        color: var(--ink-quiet);
      }
    `,
  ];
}

const MOVES: Readonly<Record<string, readonly [axis: number, by: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [1, -1],
  ArrowDown: [1, 1],
  PageUp: [2, 1],
  PageDown: [2, -1],
};

function turned(turn: number, tilt: number): Orientation {
  return { turn, tilt: clamp(tilt, 0, Math.PI / 2) };
}

function sameKey(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-torus-view': TorusView;
  }
}

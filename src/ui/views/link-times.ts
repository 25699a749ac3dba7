import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatSi } from '../../base/format-quantity.ts';
import { clamp } from '../../base/integers.ts';
import type { Drawing } from '../../figure/drawing.ts';
import {
  LINK_NAME_PX,
  LINK_ROW_PX,
  linkRowAt,
  linkRowsHighlight,
  linkTimesFigure,
  type MarkedRow,
} from '../../figure/link-times-figure.ts';
import type { ActiveCollective } from '../../figure/torus-load.ts';
import type { Torus } from '../../ici/topology.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import type { LinkTimes } from '../../worker/link-times.ts';
import { sharedStyles } from '../shared-styles.ts';
import { type ShownCollective, shownCollective } from '../shown-collective.ts';
import type { TransferFocus } from '../transfer-focus.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { rampStyle } from './canvas-legend.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';
import { type LinkMetric, linkScale, METRIC_OF, renderMetrics } from './link-metric.ts';
import { LinkTimesSource, type TimesAnswer, type TimesContext } from './link-times-source.ts';
import { linkTimesStyles } from './link-times-styles.ts';
import { linkTimesTable, rowsText } from './link-times-table.ts';
import './link-transfers.ts';
import { renderTale } from './tale-panel.ts';
import type { TaleAnswer } from './tales-source.ts';

const PX_PER_BIN = 4;
/** Widths are rounded to this many bins, so that a small change of the width asks for nothing. */
const BIN_STEP = 20;

/** Links x time of one collective, the worst link first, and who is on the selected one. */
@customElement('systole-link-times')
export class LinkTimesView extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) scenario: Scenario | undefined;
  @property({ attribute: false }) engine: Engine | undefined;
  @property({ attribute: false }) active: readonly ActiveCollective[] = [];
  @property({ attribute: false }) selectedOp: number | undefined;
  @property({ attribute: false }) selectedLink: number | undefined;
  /** The transfer or chain that is singled out, and what is known of it. */
  @property({ attribute: false }) transfer: TransferFocus | undefined;
  @property({ attribute: false }) told: TaleAnswer | undefined;
  @property({ attribute: false }) cursorPs = 0;

  @state() private metric: LinkMetric = 'busy';
  @state() private isTable = false;
  @state() private scrollPx = 0;
  @state() private hoveredRow: number | undefined;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @query('.scroller') private scroller: HTMLElement | null | undefined;

  readonly #theme = new PaletteController(this);
  readonly #source = new LinkTimesSource(() => this.requestUpdate());
  #shown: ShownCollective | undefined;
  #times: LinkTimes | undefined;
  #timesOp: number | undefined;
  #drawing: Drawing | undefined;
  #drawn: readonly unknown[] = [];

  override render(): TemplateResult {
    const { report, scenario, engine, torus } = this;
    const shown = this.#shown;
    if (
      report === undefined ||
      scenario === undefined ||
      engine === undefined ||
      torus === undefined ||
      !shown
    )
      return html`<p class="empty quiet">
        Nothing on the links now. Move the playhead into a collective, or select one.
      </p>`;
    const context: TimesContext = { report, scenario, engine };
    const bins = BIN_STEP * Math.max(1, Math.floor(this.#plotPx() / PX_PER_BIN / BIN_STEP));
    // Without a width nobody knows how many bins are wanted.
    const answer: TimesAnswer =
      this.size.width === 0
        ? { kind: 'pending', fraction: 0, what: '' }
        : this.#source.times(context, shown.op, shown.detail, bins);
    if (answer.kind === 'known') {
      this.#times = answer.times;
      this.#timesOp = shown.op;
    }
    // At another width the bins are others: until they have come the old ones are stretched.
    const isStretched = answer.kind === 'pending' && this.#timesOp === shown.op;
    const times = answer.kind === 'known' || isStretched ? this.#times : undefined;
    return html`${this.#renderHead(shown, times)}
      ${
        answer.kind === 'pending' && !isStretched
          ? html`<p class="empty quiet" role="status">
              <progress max="1" .value=${answer.fraction} aria-label="Following transfers"></progress>
              ${answer.what} <button class="small" @click=${() => this.#source.cancel(context)}>Cancel</button>
            </p>`
          : nothing
      }
      ${answer.kind === 'failed' ? html`<p class="empty warn">${answer.message}</p>` : nothing}
      ${
        answer.kind === 'cancelled'
          ? html`<p class="empty quiet">
              Cancelled. <button class="small" @click=${() => this.#source.retry()}>Follow the transfers</button>
            </p>`
          : nothing
      }
      <div class="body" ?hidden=${times === undefined}>
        ${
          this.isTable && times !== undefined
            ? linkTimesTable(this, torus, times)
            : this.#renderMap(torus, shown, times)
        }
      </div>
      ${times === undefined ? nothing : this.#renderFoot(times)}
      ${this.#renderBelow(context, shown, times)}`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('report')) {
      this.#times = undefined;
      this.#timesOp = undefined;
    }
    this.#shown = this.#choose(changed.has('report'));
    const row = this.#rowOf(this.selectedLink);
    if (changed.has('selectedLink') && row !== undefined) this.#reveal(row);
    if (changed.has('told')) {
      const [first] = this.#spans();
      if (first !== undefined) this.#reveal(first.row);
    }
  }

  /** The collective of the selected transfer or that is selected, else the one under the playhead, else the last one. */
  #choose(isNewRun: boolean): ShownCollective | undefined {
    const { active, selectedOp, report, transfer } = this;
    const shown = shownCollective(active, transfer?.op ?? selectedOp, report);
    if (shown !== undefined) return shown;
    return isNewRun || this.#shown === undefined ? undefined : { ...this.#shown, range: undefined };
  }

  #plotPx(): number {
    return Math.max(0, this.size.width - LINK_NAME_PX);
  }

  /** How far the collective is, in [0, 1]. */
  #progress({ range }: ShownCollective): number | undefined {
    if (range === undefined) return undefined;
    return clamp((this.cursorPs - range.startPs) / (range.endPs - range.startPs), 0, 1);
  }

  #rowOf(link: number | undefined): number | undefined {
    const row = link === undefined ? -1 : (this.#times?.links.indexOf(link) ?? -1);
    return row < 0 ? undefined : row;
  }

  /** When the singled out transfer, or each one of the chain, is on the links of its way. */
  #spans(): readonly MarkedRow[] {
    if (this.told?.kind !== 'known') return [];
    const { tale } = this.told;
    const moving =
      tale.kind === 'transfer'
        ? [{ path: tale.path, from: tale.begun, to: tale.sent }]
        : tale.steps.map(({ path, from, to, latencySeconds }) => ({ path, from, to: to - latencySeconds }));
    return moving.flatMap(({ path, from, to }) =>
      path.flatMap((link): readonly MarkedRow[] => {
        const row = this.#rowOf(link);
        const span = [from / tale.seconds, to / tale.seconds] as const;
        return row === undefined ? [] : [{ row, paint: 'accent', span }];
      }),
    );
  }

  #reveal(row: number): void {
    const { scroller } = this;
    if (!scroller) return;
    const top = row * LINK_ROW_PX;
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    const lowest = top + LINK_ROW_PX - scroller.clientHeight;
    if (lowest > scroller.scrollTop) scroller.scrollTop = lowest;
  }

  #renderHead(shown: ShownCollective, times: LinkTimes | undefined): TemplateResult {
    return html`<header>
      <span class="facts" title=${shown.detail.algorithm}>
        <strong>${shown.name}</strong>${
          times === undefined
            ? nothing
            : html` alone on the links, <span class="number">${formatSi(times.seconds, 's')}</span>`
        }
      </span>
      <span class="metrics" role="group" aria-label="What the colour says">
        ${renderMetrics(this.isTable ? undefined : this.metric, (metric) => {
          this.metric = metric;
          this.isTable = false;
        })}
        <button
          class="small"
          aria-pressed=${this.isTable ? 'true' : 'false'}
          @click=${() => {
            this.isTable = !this.isTable;
          }}
        >
          List
        </button>
      </span>
    </header>`;
  }

  #renderMap(torus: Torus, shown: ShownCollective, times: LinkTimes | undefined): TemplateResult {
    const progress = this.#progress(shown);
    const marked: MarkedRow[] = [
      ...this.#spans(),
      ...[this.hoveredRow].flatMap((row) => (row === undefined ? [] : [{ row, paint: 'ink' as const }])),
      ...[this.#rowOf(this.selectedLink)].flatMap((row) =>
        row === undefined ? [] : [{ row, paint: 'accent' as const }],
      ),
    ];
    const overlay = linkRowsHighlight(marked, this.size.width, this.size.height, this.scrollPx);
    return html`<div
        class="axis number"
        title=${shown.range === undefined ? nothing : 'Drag to move the playhead'}
        @pointerdown=${(event: PointerEvent) => this.#scrub(event, shown)}
        @pointermove=${(event: PointerEvent) => this.#scrub(event, shown)}
      >
        <span>0</span>${times === undefined ? nothing : html`<span>${formatSi(times.seconds, 's')}</span>`}
      </div>
      <div
        class="scroller"
        tabindex="0"
        role="application"
        aria-roledescription="heat map of links over time"
        aria-label="Links of ${shown.name}, the worst first. Arrow keys select a link; its transfers follow below."
        @scroll=${() => {
          this.scrollPx = this.scroller?.scrollTop ?? 0;
        }}
        @keydown=${(event: KeyboardEvent) => this.#keyPressed(event, times)}
        @pointermove=${(event: PointerEvent) => {
          this.hoveredRow = this.#rowUnder(event, times);
        }}
        @pointerleave=${() => {
          this.hoveredRow = undefined;
        }}
        @click=${(event: MouseEvent) => this.#selectRow(this.#rowUnder(event, times), times)}
      >
        <div class="content" .style=${`block-size:${(times?.links.length ?? 0) * LINK_ROW_PX}px`}>
          <systole-figure
            .drawing=${this.#draw(torus, times)}
            .overlay=${overlay}
            @figure-size=${(event: CustomEvent<FigureSize>) => this.#resized(event.detail)}
          ></systole-figure>
        </div>
      </div>
      ${
        progress === undefined
          ? nothing
          : html`<div class="playhead" .style=${`left:${LINK_NAME_PX + progress * this.#plotPx()}px`}></div>`
      }`;
  }

  #draw(torus: Torus, times: LinkTimes | undefined): Drawing | undefined {
    if (times === undefined) return undefined;
    const { width, height } = this.size;
    const { scheme } = this.#theme.palette;
    const inputs = [torus, times, this.metric, scheme, width, height, this.scrollPx];
    if (inputs.some((input, index) => input !== this.#drawn[index])) {
      this.#drawn = inputs;
      const rows = { links: times.links, count: times.count, shares: times[this.metric] };
      const scale = linkScale(this.metric, scheme);
      this.#drawing = linkTimesFigure(torus, rows, scale, width, height, this.scrollPx);
    }
    return this.#drawing;
  }

  #renderFoot(times: LinkTimes): TemplateResult {
    const { scheme } = this.#theme.palette;
    const scale = linkScale(this.metric, scheme);
    const totals = times.whyTotals === undefined ? '' : `Means over all of its time: ${times.whyTotals}. `;
    // What a cut does to totals is said by the torus view, next to the cable.
    const sentence = this.torus?.intact === false && !times.followed ? '' : times.sentence;
    return html`<footer>
      <span class="legend" title=${METRIC_OF[this.metric]}>
        <span class="number">0</span>
        <span class="ramp" role="img" aria-label="Colour scale: 0 to 100 % ${METRIC_OF[this.metric]}" .style=${rampStyle(scale)}></span>
        <span class="number">100 %</span> of the rate${this.metric === 'blocked' ? ', held back elsewhere' : ''}
      </span>
      <span>${rowsText(times.links.length, times.linkCount)}</span>
      <span class="sentence">${totals}${sentence}</span>
    </footer>`;
  }

  /** The transfer or chain that is singled out, else who is on the selected link. */
  #renderBelow(
    context: TimesContext,
    shown: ShownCollective,
    times: LinkTimes | undefined,
  ): TemplateResult | typeof nothing {
    const { transfer, told, torus } = this;
    if (transfer !== undefined && torus !== undefined) {
      return html`<div class="tale">
        ${renderTale({ torus, focus: transfer, told, progress: this.#progress(shown) })}
      </div>`;
    }
    if (times === undefined || this.selectedLink === undefined) return nothing;
    return this.#renderTransfers(context, shown, times);
  }

  #renderTransfers(context: TimesContext, shown: ShownCollective, times: LinkTimes): TemplateResult {
    const link = this.selectedLink ?? 0;
    const progress = this.#progress(shown);
    const bin = Math.min(times.count - 1, Math.floor((progress ?? 0) * times.count));
    const seconds = ((bin + 0.5) * times.seconds) / times.count;
    const isCut = this.torus?.missingLinks.has(link) ?? false;
    const why = !times.followed
      ? 'Its transfers were not followed one by one.'
      : progress === undefined
        ? 'Move the playhead into the collective to see who is on the link.'
        : undefined;
    const found =
      why === undefined && !isCut
        ? this.#source.transfers(context, shown.op, shown.detail, link, seconds)
        : undefined;
    return html`<systole-link-transfers
      .torus=${this.torus}
      .link=${link}
      .op=${shown.op}
      .transfers=${found?.known}
      .pending=${found?.pending ?? false}
      .why=${why}
    ></systole-link-transfers>`;
  }

  /** In the next frame: what stands below the map changes its size, which must not happen while sizes are told. */
  #resized(size: FigureSize): void {
    requestAnimationFrame(() => {
      this.size = size;
    });
  }

  #scrub(event: PointerEvent, { range }: ShownCollective): void {
    const target = event.currentTarget;
    if (range === undefined || !(target instanceof HTMLElement) || event.buttons !== 1) return;
    if (event.type === 'pointerdown') target.setPointerCapture(event.pointerId);
    const left = target.getBoundingClientRect().left + LINK_NAME_PX;
    // The last moment belongs to what comes after.
    const share = clamp((event.clientX - left) / Math.max(1, this.#plotPx()), 0, 0.9999);
    const cursorPs = Math.round(range.startPs + share * (range.endPs - range.startPs));
    dispatchViewEvent(this, 'seek', { cursorPs });
  }

  #rowUnder(event: MouseEvent, times: LinkTimes | undefined): number | undefined {
    const box = this.scroller?.getBoundingClientRect();
    if (box === undefined || times === undefined) return undefined;
    const rows = { links: times.links, count: times.count, shares: times.busy };
    return linkRowAt(rows, event.clientY - box.top, this.scrollPx);
  }

  #selectRow(row: number | undefined, times: LinkTimes | undefined): void {
    const link = row === undefined ? undefined : times?.links[row];
    if (link !== undefined) dispatchViewEvent(this, 'select-link', { link });
  }

  #keyPressed(event: KeyboardEvent, times: LinkTimes | undefined): void {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const worst = event.key === 'w' || event.key === 'W';
    if (times === undefined || (by === 0 && !worst) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const row = this.#rowOf(this.selectedLink);
    this.#selectRow(worst || row === undefined ? 0 : clamp(row + by, 0, times.links.length - 1), times);
  }

  static override styles = [sharedStyles, viewStyles, linkTimesStyles];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-link-times': LinkTimesView;
  }
}

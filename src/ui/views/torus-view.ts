import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatCount } from '../../base/format-quantity.ts';
import { utilizationScale } from '../../figure/color-scales.ts';
import { toSvg } from '../../figure/svg.ts';
import { type TimelineIndex, timelineIndexOf } from '../../figure/timeline-index.ts';
import { linkLabel, torusFigure } from '../../figure/torus-figure.ts';
import {
  type ActiveCollective,
  collectivesAt,
  quietestAxis,
  sumLoads,
  type TorusLoad,
} from '../../figure/torus-load.ts';
import { unrolledPlan } from '../../figure/torus-plan.ts';
import { wrapNote } from '../../figure/torus-wraps.ts';
import type { Torus } from '../../ici/topology.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import { sharedStyles } from '../shared-styles.ts';
import { torusOf, withOtherTwist } from '../slice-edits.ts';
import type { TransferFocus } from '../transfer-focus.ts';
import { turn } from '../turns.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';
import './flit-view.ts';
import { type LinkMetric, linkScale } from './link-metric.ts';
import './link-times.ts';
import { pathOf, renderTale } from './tale-panel.ts';
import type { TaleAnswer } from './tales-source.ts';
import './torus-faults.ts';
import { renderChain, renderLegend, renderNow, renderPlanes, renderWorst } from './torus-footer.ts';
import './torus-link-panel.ts';
import './torus-link-table.ts';
import { type LinkLoads, TorusLoads } from './torus-loads.ts';
import './torus-slices.ts';
import './torus-stage.ts';
import type { LinkEvents, TorusStage } from './torus-stage.ts';
import { torusViewStyles } from './torus-view-styles.ts';
import { TransferWatch } from './transfer-watch.ts';

type Projection = 'unrolled' | 'solid' | 'times' | 'flits' | 'table';
const PROJECTIONS: readonly { readonly id: Projection; readonly name: string }[] = [
  { id: 'unrolled', name: '2-D' },
  { id: 'solid', name: '3-D' },
  { id: 'times', name: 'Time' },
  { id: 'flits', name: 'Flits' },
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
  /** Directed link that is singled out; the view tells with `select-link` when it is another one. */
  @property({ attribute: false }) selectedLink: number | undefined;
  /** Transfer or chain that is singled out; the view tells with `select-transfer` when it is another one. */
  @property({ attribute: false }) transfer: TransferFocus | undefined;

  @state() private projection: Projection = 'unrolled';
  @state() private metric: LinkMetric = 'busy';
  @state() private out = 2;
  @state() private hoveredLink: number | undefined;
  @state() private focusedNode: number | undefined;
  @query('systole-torus-stage') private stage: TorusStage | undefined;

  readonly #theme = new PaletteController(this);
  readonly #loads = new TorusLoads(() => this.requestUpdate());
  readonly #watch = new TransferWatch(() => this.requestUpdate());
  #index: TimelineIndex | undefined;
  #drawn: RunReport | undefined;
  #torus: Torus | undefined;
  #load: TorusLoad | undefined;
  /** The loads of this moment are still being computed: what is asked of them waits for them. */
  #pending = false;
  #seeksWorst = false;
  /** Whether the wraparound links can be twisted, or straightened. */
  #canTwist = false;
  #loadKey: readonly unknown[] = [];
  #hasFlits = false;

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
    // Of a whole torus the closed form says as much, save for who is held back.
    const byFlows = !torus.intact || this.metric === 'blocked';
    const links = this.#loads.of(report, this.scenario, this.engine, active, this.cursorPs, byFlows);
    this.#pending = links.pending;
    const load = this.#sum(torus, active, links);
    const told = this.#watch.told(this.transfer, report, this.scenario, this.engine, active);
    const note = wrapNote(torus, report.chip.id);
    return html`<header>
        <h2>Torus</h2>
        <span class="facts">
          <span class="number">${formatCount(torus.nodes)}</span> ${torus.nodes === 1 ? 'chip' : 'chips'},
          <span class="number">${formatCount(torus.linkCount)}</span> directed links${this.#renderSlices(report)}
        </span>
        ${this.#canTwist ? this.#renderTwist(torus) : nothing}
        ${this.#renderProjections()}
      </header>
      <div
        class="stage-frame"
        ?data-told=${this.transfer !== undefined}
        ?data-table=${this.projection === 'table'}
        @jump-to=${(event: CustomEvent<{ readonly share: number }>) => this.#jump(event.detail.share)}
        @keydown=${{ handleEvent: (event: KeyboardEvent) => this.#escape(event), capture: true }}
      >
        ${this.#renderFlits(active)}
        ${
          this.projection === 'flits'
            ? nothing
            : this.projection === 'table'
              ? html`<systole-link-table
                .torus=${torus}
                .load=${load}
                .linkBytesPerSecond=${report.ici.linkBytesPerSecond}
                @select-link=${(event: CustomEvent<{ link: number }>) => {
                  this.#select(event.detail.link);
                }}
              ></systole-link-table>`
              : this.projection === 'times'
                ? this.#renderTimes(torus, active, told)
                : this.#renderStage(torus, load, told)
        }
        ${this.projection === 'times' || this.projection === 'flits' ? nothing : this.#renderPanel(report, torus, load, told)}
      </div>
      <footer ?hidden=${this.projection === 'flits'}>
        <systole-torus-slices .index=${this.#index} .cursorPs=${this.cursorPs}></systole-torus-slices>
        ${this.#renderLegend(report, torus)}
        ${
          torus.axes < 3 || this.projection !== 'unrolled'
            ? nothing
            : renderPlanes(this.out, (axis) => {
                this.out = axis;
              })
        }
        ${renderWorst(torus, load, () => this.selectWorst())}
        ${active.length === 0 ? nothing : renderChain(this)}
        <span class="now">${renderNow(this, active, links, this.metric)}</span>
        <systole-torus-faults .torus=${torus} .losses=${links.losses}></systole-torus-faults>
        ${note === undefined ? nothing : html`<span class="note">${note}</span>`}
      </footer>
      <p class="visually-hidden" aria-live="polite">${this.#spoken(torus, load, told)}</p>`;
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
    if (changed.has('scenario')) {
      this.#canTwist = this.scenario !== undefined && withOtherTwist(this.scenario) !== undefined;
    }
    if (!changed.has('report')) return;
    const { report } = this;
    const before = this.#torus?.shape.join();
    this.#index = report && timelineIndexOf(report);
    this.#torus = report && torusOf(report.slice);
    // Of the same chips the user goes on seeing the same ones.
    if (this.#torus?.shape.join() === before) return;
    this.out = report === undefined ? 2 : quietestAxis(report);
    this.selectedLink = undefined;
    this.focusedNode = undefined;
    this.hoveredLink = undefined;
  }

  protected override updated(): void {
    if (this.#seeksWorst && !this.#pending) void this.updateComplete.then(() => this.selectWorst());
  }

  #select(link: number | undefined): void {
    this.selectedLink = link;
    dispatchViewEvent(this, 'select-link', { link });
  }

  /** Selects the busiest link of this moment, as soon as its loads are known. */
  selectWorst(): void {
    this.#seeksWorst = this.#pending || this.isUpdatePending || this.#load === undefined;
    if (!this.#seeksWorst && this.#load?.worstLink !== undefined) this.#select(this.#load.worstLink);
  }

  /** The slice at this moment as an SVG document; undefined before there is a run. */
  toSvg(): string | undefined {
    if (this.#torus === undefined || this.#load === undefined) return undefined;
    const { palette } = this.#theme;
    const plan = unrolledPlan(this.#torus, 960, 640, this.out);
    const drawing = torusFigure(plan, this.#load.utilization, utilizationScale(palette.scheme));
    return toSvg(drawing, palette, `Link utilisation, ${this.report?.title ?? ''}`);
  }

  /** Moves the playhead to a share of the collective of the transfer. */
  #jump(share: number): void {
    const cursorPs = this.transfer && this.#watch.cursorAt(this.transfer, share);
    if (cursorPs !== undefined) dispatchViewEvent(this, 'seek', { cursorPs });
  }

  /** Escape lets go of a transfer before it lets go of anything else. */
  #escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || this.transfer === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    dispatchViewEvent(this, 'select-transfer', { focus: undefined });
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

  /** Time has a legend of its own, the table has no colours. */
  #renderLegend({ ici }: RunReport, { linkCount }: Torus): TemplateResult | typeof nothing {
    if (linkCount === 0 || this.projection === 'times' || this.projection === 'table') return nothing;
    return renderLegend(this.metric, ici, this.#theme.palette.scheme, (metric) => {
      this.metric = metric;
    });
  }

  #renderStage(torus: Torus, load: TorusLoad, told: TaleAnswer | undefined): TemplateResult {
    return html`<systole-torus-stage
      .torus=${torus}
      .shares=${this.metric === 'busy' ? load.utilization : load.blocked}
      .scale=${linkScale(this.metric, this.#theme.palette.scheme)}
      .worstLink=${load.worstLink}
      .palette=${this.#theme.palette}
      .solid=${this.projection === 'solid'}
      .out=${this.out}
      .hoveredLink=${this.hoveredLink}
      .selectedLink=${this.selectedLink}
      .focusedNode=${this.focusedNode}
      .path=${pathOf(told)}
      @link-hover=${(event: CustomEvent<LinkEvents['link-hover']>) => {
        this.hoveredLink = event.detail.link;
      }}
      @link-select=${(event: CustomEvent<LinkEvents['link-select']>) => this.#select(event.detail.link)}
      @chip-focus=${(event: CustomEvent<LinkEvents['chip-focus']>) => {
        this.focusedNode = event.detail.node;
      }}
    ></systole-torus-stage>`;
  }

  #renderTimes(
    torus: Torus,
    active: readonly ActiveCollective[],
    told: TaleAnswer | undefined,
  ): TemplateResult {
    return html`<systole-link-times
      .torus=${torus}
      .report=${this.report}
      .scenario=${this.scenario}
      .engine=${this.engine}
      .active=${active}
      .selectedOp=${this.selectedOp}
      .selectedLink=${this.selectedLink}
      .transfer=${this.transfer}
      .told=${told}
      .cursorPs=${this.cursorPs}
      @select-link=${(event: CustomEvent<LinkEvents['link-select']>) => {
        this.selectedLink = event.detail.link;
      }}
    ></systole-link-times>`;
  }

  /** Once opened it stays, so that what was recorded is there when one comes back. */
  #renderFlits(active: readonly ActiveCollective[]): TemplateResult | typeof nothing {
    this.#hasFlits ||= this.projection === 'flits';
    if (!this.#hasFlits) return nothing;
    return html`<systole-flit-view
      ?hidden=${this.projection !== 'flits'}
      .report=${this.report}
      .scenario=${this.scenario}
      .engine=${this.engine}
      .active=${active}
      .selectedOp=${this.selectedOp}
    ></systole-flit-view>`;
  }

  #renderTwist(torus: Torus): TemplateResult {
    return html`<span class="metrics"
      ><button
        class="small"
        aria-pressed=${torus.twisted ? 'true' : 'false'}
        title="Wraparound links of the short axes also shift along the long ones (Shift+T)"
        @click=${() => dispatchViewEvent(this, 'invoke-command', { id: 'torus.twist' })}
      >
        twisted
      </button></span
    >`;
  }

  #renderSlices({ slice: { slices } }: RunReport): TemplateResult | typeof nothing {
    if (slices === undefined) return nothing;
    return html`, one of <span class="number">${formatCount(slices)}</span> slices`;
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

  #renderPanel(
    report: RunReport,
    torus: Torus,
    load: TorusLoad,
    told: TaleAnswer | undefined,
  ): TemplateResult | typeof nothing {
    if (this.transfer !== undefined) {
      const progress = this.#watch.progress(this.transfer, this.cursorPs);
      return html`<div class="tale">${renderTale({ torus, focus: this.transfer, told, progress })}</div>`;
    }
    const link = this.selectedLink ?? this.hoveredLink;
    if (link === undefined) return nothing;
    return html`<systole-link-panel
      class=${this.stage?.isLowerRight(link) ? 'left' : 'right'}
      .torus=${torus}
      .link=${link}
      .load=${load}
      .ici=${report.ici}
      ?pinned=${this.selectedLink !== undefined}
      @close-panel=${() => this.#select(undefined)}
    ></systole-link-panel>`;
  }

  #spoken(torus: Torus, load: TorusLoad, told: TaleAnswer | undefined): string {
    const parts: string[] = [];
    if (told?.kind === 'known') {
      const { tale } = told;
      parts.push(`${tale.kind === 'chain' ? 'Critical chain' : `Transfer ${tale.way}`}: ${tale.sentence}`);
    }
    if (this.focusedNode !== undefined) parts.push(`Chip ${torus.coordinates(this.focusedNode).join(', ')}`);
    if (this.selectedLink !== undefined) {
      const share = load.utilization[this.selectedLink];
      const rate = share < 0 ? 'cut' : `${Math.round(share * 100)} % of its rate`;
      parts.push(`link ${linkLabel(torus, this.selectedLink)}, ${rate}`);
    }
    return parts.join('; ');
  }

  static override styles = [sharedStyles, viewStyles, torusViewStyles];
}

function sameKey(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-torus-view': TorusView;
  }
}

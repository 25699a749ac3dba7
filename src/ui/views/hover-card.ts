import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import type { PlacedSpan } from '../../figure/timeline-lookup.ts';
import type { RunReport } from '../../machine/report.ts';
import { laneName, spanText } from '../idle-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration, iterationText } from '../span-text.ts';

const WIDTH_PX = 300;
const GAP_PX = 14;

/** What is under the pointer in the timeline, with achieved and peak. */
@customElement('systole-hover-card')
export class HoverCard extends LitElement {
  @property({ attribute: false }) report: RunReport | undefined;
  @property({ attribute: false }) placed: PlacedSpan | undefined;
  @property({ attribute: false }) x = 0;
  @property({ attribute: false }) y = 0;
  @property({ attribute: false }) boundsWidth = 0;

  override render(): TemplateResult | typeof nothing {
    const { report, placed } = this;
    if (report === undefined || placed === undefined) return nothing;
    const onRight = this.x + GAP_PX + WIDTH_PX < this.boundsWidth;
    const left = onRight ? this.x + GAP_PX : Math.max(0, this.x - GAP_PX - WIDTH_PX);
    return html`<div class="card" .style=${`left:${left}px;bottom:calc(100% - ${this.y - GAP_PX}px)`}>
      <strong>${spanText(report.ops, placed.span)}</strong>
      <span class="quiet">${laneName(report, placed.lane)} · ${iterationText(report, placed)}</span>
      <dl>
        <dt>Duration</dt>
        <dd>${formatDuration(placed.endPs - placed.startPs)}</dd>
        ${this.#renderBusy(report, placed)}
      </dl>
    </div>`;
  }

  #renderBusy(report: RunReport, placed: PlacedSpan): TemplateResult | typeof nothing {
    if (placed.span.kind !== 'busy') return nothing;
    const op = report.ops[placed.span.op];
    const peak = peakOf(report, placed);
    const achieved =
      peak === undefined ? '' : ` · ${formatSi(peak.rate * placed.span.utilization, peak.unit)}`;
    return html`<dt>Achieved</dt>
      <dd>${formatPercent(placed.span.utilization)} of peak${achieved}</dd>
      ${peak === undefined ? nothing : html`<dt>Peak</dt><dd>${formatSi(peak.rate, peak.unit)}</dd>`}
      ${
        op === undefined
          ? nothing
          : html`<dt>HBM</dt>
            <dd>${formatSi(op.hbmBytes, 'B')} in and out, whole op</dd>`
      }`;
  }

  static override styles = [
    sharedStyles,
    css`
      .card {
        position: absolute;
        inline-size: ${WIDTH_PX}px;
        display: grid;
        gap: 4px;
        padding: 8px 12px;
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 8px;
        font-size: var(--size-12);
        pointer-events: none;
        z-index: 3;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 2px 12px;
      }
      dt {
        color: var(--ink-quiet);
      }
      dd {
        font-family: var(--font-numbers);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
}

/** Peak rate of a lane, where the report has one. */
function peakOf(report: RunReport, placed: PlacedSpan): { rate: number; unit: string } | undefined {
  if (placed.lane === 'mxu') return { rate: report.roofs.peakFlops, unit: 'FLOP/s' };
  if (placed.lane === 'hbm') return { rate: report.roofs.hbmBytesPerSecond, unit: 'B/s' };
  if (placed.lane.startsWith('ici')) return { rate: report.ici.linkBytesPerSecond, unit: 'B/s a link' };
  if (placed.lane === 'dcn' && report.dcn !== undefined) {
    return { rate: report.dcn.portBytesPerSecond, unit: 'B/s a chip, each way' };
  }
  return undefined;
}

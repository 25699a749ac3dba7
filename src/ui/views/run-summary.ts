import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatBinaryBytes, formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { sum } from '../../base/integers.ts';
import type { IdleCause, RunReport } from '../../machine/report.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { IDLE_CAUSES } from '../idle-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';

/** Causes that get a line of their own; the others share one. */
const MAX_CAUSES = 2;

/** Where the step's time goes, and what fits: shown while nothing is selected. */
@customElement('systole-run-summary')
export class RunSummary extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run];
  }

  protected override renderState(_app: App, state: AppState): TemplateResult | typeof nothing {
    const { run } = state;
    if (run === undefined) return nothing;
    const { report } = run;
    const { memory } = report;
    return html`<section aria-label="Where the time goes">
      <h3>Where the time goes <span class="quiet small">matrix units, of the step</span></h3>
      ${renderBreakdown(report)}
      <dl>
        <dt title=${memory.parts.map((part) => `${part.name} ${formatBinaryBytes(part.bytes)}`).join(', ')}>HBM of each chip</dt>
        <dd ?data-over=${memory.totalBytes > memory.capacityBytes}>
          ${formatBinaryBytes(memory.totalBytes)} · ${formatPercent(memory.totalBytes / memory.capacityBytes, 2)} of
          ${formatBinaryBytes(memory.capacityBytes)}
        </dd>
      </dl>
      <p class="quiet small">
        Simulated in ${formatSi(run.engineSeconds, 's')} in this tab. ${report.notes.join(' ')}
      </p>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      section {
        display: grid;
        gap: 5px;
        padding: 10px 14px;
        font-size: var(--size-12);
      }
      h3 {
        font-size: var(--size-12);
        margin-block-start: 4px;
      }
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 2px 12px;
      }
      dt {
        color: var(--ink-quiet);
      }
      dd {
        font-family: var(--font-numbers);
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
      dd[data-over] {
        color: var(--warn);
        font-weight: 600;
      }
      .bar {
        display: flex;
        block-size: 12px;
        border-radius: 3px;
        overflow: hidden;
        background: var(--raised);
      }
      .bar span {
        background: var(--hue);
      }
      .bar span[data-idle] {
        background: repeating-linear-gradient(-45deg, var(--hue) 0 2px, transparent 2px 5px);
      }
      p {
        line-height: 1.4;
      }
    `,
  ];
}

function renderBreakdown(report: RunReport): TemplateResult {
  const idle = (Object.entries(report.breakdown.idlePs) as [IdleCause, number][])
    .filter(([, ps]) => ps > 0)
    .sort((a, b) => b[1] - a[1]);
  const others = sum(idle.slice(MAX_CAUSES).map(([, ps]) => ps));
  const percent = (ps: number): number => (ps / report.stepPs) * 100;
  return html`<div class="bar" aria-hidden="true">
      <span .style=${`width:${percent(report.breakdown.usefulPs)}%;--hue:var(--unit-mxu)`}></span>
      ${idle.map(
        ([cause, ps]) =>
          html`<span data-idle .style=${`width:${percent(ps)}%;--hue:var(--unit-${IDLE_CAUSES[cause].unit})`}></span>`,
      )}
    </div>
    <dl>
      ${row(report, 'multiplies', report.breakdown.usefulPs)}
      ${idle.slice(0, MAX_CAUSES).map(([cause, ps]) => row(report, IDLE_CAUSES[cause].label, ps))}
      ${others > 0 ? row(report, 'everything else', others) : nothing}
    </dl>`;
}

function row(report: RunReport, label: string, ps: number): TemplateResult {
  return html`<dt>${label}</dt>
    <dd title=${`${formatCount(ps)} ps / ${formatCount(report.stepPs)} ps`}>
      ${formatDuration(ps)} · ${formatPercent(ps / report.stepPs)}
    </dd>`;
}

import { css, html, type nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../../base/time.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Run } from '../../worker/engine-api.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { sharedStyles } from '../shared-styles.ts';
import { baselineName } from '../slice-edits.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';

/** The bottleneck in one sentence, and the three numbers everybody asks for. */
@customElement('systole-verdict')
export class Verdict extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.baseline];
  }

  protected override renderState(_app: App, state: AppState): TemplateResult | typeof nothing {
    const { run, baseline } = state;
    const report = run?.report;
    if (run === undefined || report === undefined)
      return html`<section aria-label="Verdict"><h1>&nbsp;</h1>
      <p>&nbsp;</p></section>`;
    return html`<section aria-label="Verdict">
      <h1>${report.verdict.headline}</h1>
      <p class="quiet">${report.verdict.detail}</p>
      <dl>${[...besideFacts(run, baseline), ...factsOf(report)].map(
        (fact) =>
          html`<div title=${fact.formula}>
            <dt class="small quiet">${fact.label}</dt>
            <dd class="number">${fact.value}</dd>
          </div>`,
      )}</dl>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: baseline;
        gap: 2px 32px;
        padding: 10px 16px 11px;
      }
      h1 {
        grid-column: 1 / -1;
        font-size: var(--size-28);
        line-height: 1.2;
        font-weight: 700;
        letter-spacing: -0.015em;
        text-wrap: pretty;
      }
      dl {
        display: flex;
        gap: 4px 24px;
        flex-wrap: wrap;
      }
      dl div {
        display: flex;
        align-items: baseline;
        gap: 7px;
      }
      dd {
        font-weight: 600;
        white-space: nowrap;
      }
      @media (max-width: 1100px) {
        section {
          grid-template-columns: minmax(0, 1fr);
        }
      }
      /* The views need the height more than the headline does. */
      @media (max-height: 780px) {
        section {
          padding-block: 7px 8px;
        }
        h1 {
          font-size: var(--size-18);
        }
      }
      @media (max-width: 600px) {
        section {
          padding-inline: 10px;
          gap: 4px;
        }
        h1 {
          font-size: var(--size-18);
        }
        p {
          font-size: var(--size-12);
        }
        dl {
          font-size: var(--size-12);
          gap: 2px 14px;
        }
      }
    `,
  ];
}

interface Fact {
  readonly label: string;
  readonly value: string;
  readonly formula: string;
}

/** How the step compares with the one kept beside it, where the two differ. */
function besideFacts(run: Run, baseline: Run | undefined): readonly Fact[] {
  const name = baseline && baselineName(baseline.scenario, run.scenario);
  if (baseline === undefined || name === undefined) return [];
  const [now, before] = [run.report.stepPs, baseline.report.stepPs];
  const ratio = now / before;
  // What moved by less than a per cent needs more digits to have moved at all.
  const digits = Math.abs(ratio - 1) < 0.01 ? 4 : 2;
  return [
    {
      label: `With ${name}`,
      value: `${formatDuration(before)}, now ${ratio.toFixed(digits)}×`,
      formula: `${formatCount(now)} ps / ${formatCount(before)} ps; more of it in Explore`,
    },
  ];
}

function factsOf(report: RunReport): readonly Fact[] {
  const seconds = secondsFromPicoseconds(report.stepPs);
  const exact = `${formatCount(report.stepPs)} ps`;
  const facts: Fact[] = [
    { label: 'Step', value: formatDuration(report.stepPs), formula: `exactly ${exact}` },
  ];
  if (report.tokens !== undefined) {
    facts.push({
      label: 'Tokens',
      value: formatSi(report.tokens / seconds, 'tok/s'),
      formula: `${formatCount(report.tokens)} tokens / ${exact}, ${report.slice.slices === undefined ? 'whole slice' : 'all slices'}`,
    });
  }
  facts.push({
    label: 'MFU',
    value: `${formatPercent(report.mfu)} of peak`,
    formula: `model FLOPs / (step time × chips${report.slice.slices === undefined ? '' : ' of all slices'} × peak of the matmul dtype)`,
  });
  return facts;
}

import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../../base/time.ts';
import { findChip } from '../../hardware/presets.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Run } from '../../worker/engine-api.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { chipText, meshText, sizeText, sliceState } from '../scenario-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';
import { placeStyles } from './place-styles.ts';

/** Two runs side by side: what a change of the chip did. */
@customElement('systole-explore-place')
export class ExplorePlace extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.baseline];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    const { run, baseline } = state;
    return html`<article>
      <h1>What if the chip were different?</h1>
      <p>
        Keep a run as the baseline, change the chip or anything else in the sentence above, and read here what moved.
        Any field of a chip can be <button class="link" @click=${() => void invoke(app, app.command('scenario.set'))}>set</button>.
      </p>
      <h2>Try one</h2>
      <div class="row">
        ${run === undefined ? nothing : ideasFor(run.scenario).map((idea) => this.#renderIdea(app, idea))}
        ${run !== undefined && app.command('torus.twist').enabled() ? renderTwist(app, run) : nothing}
      </div>
      ${
        run === undefined || baseline === undefined
          ? html`<p class="quiet">No baseline yet. A click above keeps the present run as the baseline and makes the change.</p>
              <div class="row">
                <button ?disabled=${run === undefined} @click=${() => void invoke(app, app.command('compare.keep'))}>
                  Keep this run as the baseline
                </button>
              </div>`
          : renderComparison(app, baseline, run)
      }
    </article>`;
  }

  #renderIdea(app: App, idea: Idea): TemplateResult {
    return html`<button
      title=${idea.lines.join(', ')}
      @click=${async () => {
        const scenario = app.state.run?.scenario;
        if (scenario === undefined) return;
        await app.changeBeside({ ...scenario, set: [...(scenario.set ?? []), ...idea.lines] });
      }}
    >${idea.label}</button>`;
  }

  static override styles = [
    sharedStyles,
    placeStyles,
    css`
      td.text {
        inline-size: 34ch;
        text-align: end;
        overflow-wrap: anywhere;
      }
      td.better {
        font-weight: 650;
      }
      td.worse {
        color: var(--warn);
      }
    `,
  ];
}

interface Idea {
  readonly label: string;
  readonly lines: readonly string[];
}

/** Changes worth trying on the chip as it is published; none where the chip is an own description. */
function ideasFor(scenario: Scenario): readonly Idea[] {
  const found = typeof scenario.chip === 'string' ? findChip(scenario.chip) : undefined;
  if (!found?.ok) return [];
  const { chip } = found.value;
  return [
    { label: 'Links twice as fast', lines: [`ici.linkBytesPerSecond=${2 * chip.ici.linkBytesPerSecond}`] },
    { label: 'HBM twice as fast', lines: [`hbm.bytesPerSecond=${2 * chip.hbm.bytesPerSecond}`] },
    {
      label: 'An array of 256 × 256, a quarter as many',
      lines:
        chip.mxu.perCore % 4 === 0
          ? ['mxu.rows=256', 'mxu.columns=256', `mxu.perCore=${chip.mxu.perCore / 4}`]
          : ['mxu.rows=256', 'mxu.columns=256'],
    },
    { label: 'Twice the VMEM', lines: [`vmem.bytesPerCore=${2 * chip.vmem.bytesPerCore}`] },
  ];
}

function renderTwist(app: App, run: Run): TemplateResult {
  return html`<button
    title="Wraparound links of the short axes also shift along the long ones"
    @click=${() => void invoke(app, app.command('torus.twist'))}
  >${run.scenario.slice.twisted ? 'A regular torus' : 'A twisted torus'}</button>`;
}

interface Comparison {
  readonly label: string;
  readonly before: string;
  readonly after: string;
  /** After over before; below 1 is less. */
  readonly ratio: number;
  /** Whether less is better; undefined where neither is. */
  readonly lessIsBetter?: boolean;
}

function renderComparison(app: App, baseline: Run, run: Run): TemplateResult {
  const rows = compare(baseline.report, run.report);
  return html`<h2>Baseline and present run</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th></th>
            <th class="number">Baseline</th>
            <th class="number">Now</th>
            <th class="number">Now / baseline</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Scenario</th>
            <td class="text">${describe(baseline)}</td>
            <td class="text">${describe(run)}</td>
            <td></td>
          </tr>
          <tr>
            <th scope="row">Verdict</th>
            <td class="text">${baseline.report.verdict.headline}</td>
            <td class="text">${run.report.verdict.headline}</td>
            <td></td>
          </tr>
          ${rows.map(
            (row) =>
              html`<tr>
                <th scope="row">${row.label}</th>
                <td class="number">${row.before}</td>
                <td class="number">${row.after}</td>
                <td class=${`number ${judge(row)}`}>${Number.isFinite(row.ratio) ? `${row.ratio.toFixed(3)}×` : '—'}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <div class="row">
      <button @click=${() => void app.change(baseline.scenario)}>Back to the baseline</button>
      <button @click=${() => void invoke(app, app.command('compare.keep'))}>Make this run the baseline</button>
      <button @click=${() => void invoke(app, app.command('compare.forget'))}>Forget the baseline</button>
    </div>`;
}

function compare(before: RunReport, after: RunReport): readonly Comparison[] {
  const time = (label: string, a: number, b: number): Comparison => ({
    label,
    before: formatDuration(a),
    after: formatDuration(b),
    ratio: b / a,
    lessIsBetter: true,
  });
  const rows: Comparison[] = [
    time('Step', before.stepPs, after.stepPs),
    {
      label: 'MFU, of peak',
      before: formatPercent(before.mfu),
      after: formatPercent(after.mfu),
      ratio: after.mfu / before.mfu,
      lessIsBetter: false,
    },
    time('Never below', before.lowerBound.totalPs, after.lowerBound.totalPs),
  ];
  if (before.tokens !== undefined && after.tokens !== undefined) {
    const rateOf = (report: RunReport): number =>
      (report.tokens ?? 0) / secondsFromPicoseconds(report.stepPs);
    rows.push({
      label: 'Tokens',
      before: formatSi(rateOf(before), 'tok/s'),
      after: formatSi(rateOf(after), 'tok/s'),
      ratio: rateOf(after) / rateOf(before),
      lessIsBetter: false,
    });
  }
  for (const unit of after.units) {
    const other = before.units.find((each) => each.lane === unit.lane);
    if (other === undefined) continue;
    rows.push({
      label: `${unit.name}, of its peak`,
      before: formatPercent(other.utilization),
      after: formatPercent(unit.utilization),
      ratio: unit.utilization / other.utilization,
    });
  }
  return rows;
}

function judge(row: Comparison): string {
  if (row.lessIsBetter === undefined || !Number.isFinite(row.ratio) || Math.abs(row.ratio - 1) < 1e-3)
    return '';
  return row.ratio < 1 === row.lessIsBetter ? 'better' : 'worse';
}

function describe({ scenario, report }: Run): string {
  const { workload } = scenario;
  const what = workload.kind === 'gemm' ? sizeText(workload) : `${workload.model.name} ${sizeText(workload)}`;
  const mesh = workload.kind === 'gemm' ? '' : ` · ${meshText(workload.mesh ?? report.mesh)}`;
  const changes = (scenario.set ?? []).map((line) => ` · ${line}`).join('');
  return `${what} · ${chipText(scenario)} ${sliceState(scenario.slice)}${mesh}${changes}`;
}

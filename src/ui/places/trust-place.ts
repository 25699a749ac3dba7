import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import { sum } from '../../base/integers.ts';
import type { SelfTestVerdict } from '../../gpu/self-test.ts';
import type { Citation } from '../../hardware/chip.ts';
import { CHIPS } from '../../hardware/presets.ts';
import { SOURCES, type Source } from '../../hardware/sources.ts';
import type { RunReport } from '../../machine/report.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { gpuBadge } from '../gpu-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';
import { placeStyles } from './place-styles.ts';
import { renderTuned, renderValidation } from './trust-measured.ts';
import { renderTextbook, renderTwisted } from './trust-published.ts';

/** Why the numbers can be believed, and how far. */
@customElement('systole-trust-place')
export class TrustPlace extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.gpu, state.tuned, state.validation];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    const badge = gpuBadge(state.gpu);
    const { gpu, run, tuned, validation } = state;
    return html`<article>
      <h1>What the numbers rest on</h1>
      <h2>Values computed here: ${badge.label}</h2>
      <p>${badge.detail}</p>
      ${gpu.kind === 'checked' ? renderKernels(gpu.verdict) : nothing}
      <div class="row">
        <button ?disabled=${gpu.kind === 'checking'} @click=${() => void app.checkGpu()}>Check again</button>
        <button ?disabled=${gpu.kind === 'checking'} @click=${() => void app.timeKernels()}>Time the kernels</button>
      </div>
      ${renderTuned(tuned)}
      ${
        validation === undefined
          ? nothing
          : html`${renderValidation(validation.gemms)}${renderTwisted(validation.twisted)}${renderTextbook(validation.textbook)}`
      }
      ${run === undefined ? nothing : html`${renderBounds(run.report)}${renderSources(run.report)}`}
    </article>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.app?.validate();
  }

  static override styles = [sharedStyles, placeStyles];
}

function renderKernels({ kernels, cases }: SelfTestVerdict): TemplateResult {
  return html`<p class="quiet">
    Kernels in use: ${kernels.bf16} for bf16, ${kernels.bf16Special} where subnormals, infinities or NaN occur,
    ${kernels.int8} for int8. ${cases} comparisons.
  </p>`;
}

function renderBounds(report: RunReport): TemplateResult {
  const { lowerBound, breakdown, stepPs } = report;
  const parts = breakdown.usefulPs + sum(Object.values(breakdown.idlePs));
  const holds = stepPs >= lowerBound.totalPs;
  const row = (label: string, ps: number): TemplateResult =>
    html`<tr>
      <th scope="row">${label}</th>
      <td class="number" title=${`${formatCount(ps)} ps`}>${formatDuration(ps)}</td>
      <td class="number">${formatPercent(ps / stepPs)}</td>
    </tr>`;
  return html`<h2>Never faster than physics: ${holds ? 'the bound holds' : 'the bound is broken'}</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Lower bound of this step</th>
            <th class="number">Time</th>
            <th class="number">Of the step</th>
          </tr>
        </thead>
        <tbody>
          ${row('All FLOPs at the peak rate', lowerBound.computePs)}
          ${row('All HBM bytes at the sustained rate', lowerBound.memoryPs)}
          ${row('All link bytes at the effective rate', lowerBound.linksPs)}
          ${row('The largest of these', lowerBound.totalPs)}
          ${row('The same at physical peak rates', lowerBound.physicalPs)} ${row('The step', stepPs)}
        </tbody>
      </table>
    </div>
    <p class="quiet">
      Every moment of the matrix units has one cause: the causes sum to ${formatCount(parts)} ps, the step
      takes ${formatCount(stepPs)} ps${parts === stepPs ? ', exactly the same' : ', which is a fault: please report it'}.
    </p>`;
}

function renderSources(report: RunReport): TemplateResult {
  const preset = CHIPS.find(({ chip }) => chip.id === report.chip.id);
  if (preset === undefined) {
    return html`<h2>${report.chip.name}</h2>
      <p>An own description: it cites nothing.</p>`;
  }
  const entries = Object.entries(preset.citations);
  const count = (trust: Citation['trust']): number =>
    entries.filter(([, each]) => each.trust === trust).length;
  return html`<h2>Where the values of ${preset.chip.name} are from</h2>
    <p>
      ${entries.length} values: ${count('public')} public, ${count('inferred')} inferred, ${count('estimated')} estimated.
      Values as published, before any <code>set</code>.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Field</th>
            <th class="number">Value</th>
            <th>Trust</th>
            <th>Source</th>
          </tr>
        </thead>
        <tbody>
          ${entries.map(
            ([path, citation]) =>
              html`<tr>
                <td><code>${path}</code></td>
                <td class="number">${valueAt(preset.chip, path)}</td>
                <td>${citation.trust}</td>
                <td>${renderCitation(citation)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function renderCitation(citation: Citation): TemplateResult {
  const source: Source = SOURCES[citation.source];
  const others = (citation.others ?? []).map((other) => {
    const from: Source = SOURCES[other.source];
    return `${other.value} says ${from.title}`;
  });
  return html`${
    source.url === undefined
      ? source.title
      : html`<a href=${source.url} target="_blank" rel="noopener noreferrer">${source.title}</a>`
  }${citation.note === undefined ? nothing : html`. <span class="quiet">${citation.note}</span>`}${
    others.length === 0 ? nothing : html`. <span class="quiet">Others: ${others.join('; ')}</span>`
  }`;
}

function valueAt(root: object, path: string): string {
  let value: unknown = root;
  for (const name of path.split('.')) {
    value =
      typeof value === 'object' && value !== null
        ? (value as Readonly<Record<string, unknown>>)[name]
        : undefined;
  }
  if (typeof value === 'number') return value.toLocaleString('en-US', { maximumSignificantDigits: 15 });
  return JSON.stringify(value) ?? '';
}

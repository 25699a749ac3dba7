import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import type { ValidationRow } from '../../study/validate.ts';
import type { TunedKernel } from '../../worker/engine-api.ts';

/** The kernels that trials chose on this adapter, with the times they were chosen by. */
export function renderTuned(tuned: readonly TunedKernel[]): TemplateResult {
  if (tuned.length === 0) {
    return html`<p class="quiet">Large products get the kernel that is fastest on this adapter: none was tried yet.</p>`;
  }
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th>M × K × N of the trial</th>
          <th>Kernel chosen</th>
          <th>Tried, fastest first</th>
        </tr>
      </thead>
      <tbody>
        ${tuned.map(
          ({ choice }) =>
            html`<tr>
              <td class="number">${choice.shapeClass}</td>
              <td>${choice.kernel}</td>
              <td class="number">
                ${choice.measured.map((each) => `${each.kernel} ${formatSi(each.seconds, 's')}`).join(', ')}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** How far the model is from real chips, by regime. */
export function renderValidation(rows: readonly ValidationRow[]): TemplateResult | typeof nothing {
  const [all] = rows;
  if (all === undefined) return nothing;
  const percent = (value: number): string => formatPercent(value / 100);
  return html`<h2>Beside silicon: ${percent(all.meanAbsolutePercentError)} mean error on ${all.cases} GEMMs</h2>
    <p class="quiet">
      Device times of a real TPU v6e, published with PyTorchSim. Error = (modelled − measured) / measured. HBM efficiency,
      kernel overhead and the rate at which weights load are calibrated on the rows with M up to 128; nothing else is fitted.
    </p>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Rows M</th>
            <th class="number">Cases</th>
            <th class="number">Mean |error|</th>
            <th class="number">Mean error</th>
            <th class="number">Worst</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ regime, cases, meanAbsolutePercentError, bias, worst }) =>
              html`<tr>
                <th scope="row">${regime}</th>
                <td class="number">${cases}</td>
                <td class="number">${percent(meanAbsolutePercentError)}</td>
                <td class="number">${percent(bias)}</td>
                <td class="number">${percent(worst.percentError)} at ${[worst.m, worst.k, worst.n].map(formatCount).join(' × ')}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

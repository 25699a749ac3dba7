import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import type { FlitReader, FrameRange, OutputWaits } from '../../ici/flit-reader.ts';
import { outputName } from '../../ici/flit-sentence.ts';
import { sharedStyles } from '../shared-styles.ts';
import { viewStyles } from './canvas-styles.ts';

const MAX_ROWS = 200;

/** The output ports of all routers by what waits for them: the same as the colours of the torus, in numbers. */
@customElement('systole-flit-list')
export class FlitList extends LitElement {
  @property({ attribute: false }) reader: FlitReader | undefined;
  @property({ attribute: false }) range: FrameRange = { from: 0, to: 0 };

  override render(): TemplateResult | typeof nothing {
    const { reader, range } = this;
    if (reader === undefined) return nothing;
    const outputs = reader.worstOutputs(range, MAX_ROWS);
    const cycles = formatCount(reader.cyclesIn(range));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Output ports by what waits for them">
      <table>
        <caption class="quiet">
          ${
            outputs.length === 0
              ? `Nobody waits in these ${cycles} cycles.`
              : `${formatCount(outputs.length)} of ${formatCount(reader.outputs)} output ports, the worst first; packets waiting, mean of ${cycles} cycles`
          }
        </caption>
        <thead>
          <tr>
            <th scope="col">Output</th>
            <th scope="col" class="number">Used</th>
            <th scope="col" class="number">Waiting</th>
            <th scope="col" class="number">for a VC</th>
            <th scope="col" class="number">the switch</th>
            <th scope="col" class="number">credit</th>
          </tr>
        </thead>
        <tbody>
          ${outputs.map((each) => this.#renderRow(reader, each))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow(reader: FlitReader, { output, sent, waits, waiting }: OutputWaits): TemplateResult {
    const node = Math.floor(output / reader.recording.ports);
    return html`<tr>
      <th scope="row">
        <button
          class="link number"
          @click=${() => this.dispatchEvent(new CustomEvent('flit-open', { detail: node }))}
        >
          ${outputName(reader, output)}
        </button>
      </th>
      <td class="number" title="of its cycles">${formatPercent(sent)}</td>
      <td class="number">${waiting.toFixed(2)}</td>
      <td class="number">${waits.channel.toFixed(2)}</td>
      <td class="number">${waits.switch.toFixed(2)}</td>
      <td class="number">${waits.credit.toFixed(2)}</td>
    </tr>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        position: relative;
        display: block;
        padding: 0;
      }
      th.number {
        text-align: end;
      }
      tbody th {
        font-weight: 400;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-list': FlitList;
  }
}

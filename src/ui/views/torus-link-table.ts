import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import { busiestLinks, type TorusLoad } from '../../figure/torus-load.ts';
import type { Torus } from '../../ici/topology.ts';
import { sharedStyles } from '../shared-styles.ts';
import { viewStyles } from './canvas-styles.ts';

const MAX_ROWS = 200;

/** The links as a table, the busiest first. */
@customElement('systole-link-table')
export class LinkTable extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) load: TorusLoad | undefined;
  @property({ attribute: false }) linkBytesPerSecond = 0;

  override render(): TemplateResult | typeof nothing {
    const { torus, load } = this;
    if (torus === undefined || load === undefined) return nothing;
    const busiest = busiestLinks(load.utilization, MAX_ROWS);
    const note =
      busiest.length === 0
        ? 'No link carries anything at this moment.'
        : `The ${formatCount(busiest.length)} busiest of ${formatCount(torus.linkCount)} directed links.`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Links by utilisation">
      <table>
        <caption class="quiet">
          ${note}
        </caption>
        <thead>
          <tr>
            <th scope="col">Link</th>
            <th scope="col">To</th>
            <th scope="col">Utilisation of the rate</th>
            <th scope="col">Rate</th>
            <th scope="col">For</th>
          </tr>
        </thead>
        <tbody>
          ${busiest.map((link) => this.#renderRow(torus, load, link))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow(torus: Torus, load: TorusLoad, link: number): TemplateResult {
    const share = load.utilization[link];
    const users = load.parts.filter((part) => part.utilization[link] > 0);
    return html`<tr>
      <th scope="row">
        <button
          class="link number"
          @click=${() => this.dispatchEvent(new CustomEvent('select-link', { detail: { link } }))}
        >
          ${linkLabel(torus, link)}
        </button>
      </th>
      <td class="number">(${torus.coordinates(torus.targets[link]).join(',')})</td>
      <td class="number">${formatPercent(share)}</td>
      <td class="number">${formatSi(share * this.linkBytesPerSecond, 'B/s')}</td>
      <td>${users.map((part) => part.collective.report.name).join(', ')}</td>
    </tr>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        display: block;
        position: absolute;
        inset: 0;
        padding: 0;
        block-size: auto;
      }
      caption {
        text-align: start;
        padding-block-end: 4px;
      }
      th[scope='row'] {
        font-weight: 400;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-link-table': LinkTable;
  }
}

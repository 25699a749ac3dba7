import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { Torus } from '../../ici/topology.ts';
import type { LinkTransfer, LinkTransfers } from '../../worker/link-times.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { viewStyles } from './canvas-styles.ts';

/** Who is on one link at this moment, how fast, what each waits for, and who comes next. */
@customElement('systole-link-transfers')
export class LinkTransfersList extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) link = 0;
  @property({ attribute: false }) transfers: LinkTransfers | undefined;
  @property({ attribute: false }) pending = false;
  /** One line: why there are no transfers to list. */
  @property({ attribute: false }) why: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { torus, link } = this;
    if (torus === undefined) return nothing;
    const isCut = torus.missingLinks.has(link);
    return html`<header>
        <h3 class="number">${linkLabel(torus, link)}</h3>
        <button
          class="small"
          title="Both directions of the cable; then everything is computed anew (X)"
          @click=${() => dispatchViewEvent(this, 'invoke-command', { id: 'torus.cut' })}
        >
          ${isCut ? 'Repair this cable' : 'Cut this cable'}
        </button>
        <button
          class="plain small"
          aria-label="Close"
          @click=${() => dispatchViewEvent(this, 'select-link', { link: undefined })}
        >
          ×
        </button>
      </header>
      ${this.#renderBody(isCut)}`;
  }

  #renderBody(isCut: boolean): TemplateResult {
    const { transfers, pending, why } = this;
    if (isCut) return html`<p class="quiet">Cut: it carries nothing.</p>`;
    if (why !== undefined) return html`<p class="quiet">${why}</p>`;
    if (transfers === undefined) return html`<p class="quiet">${pending ? 'Looking …' : 'Not known.'}</p>`;
    const { underWay, underWayCount, next, nextCount } = transfers;
    if (underWayCount === 0 && nextCount === 0)
      return html`<p class="quiet">Nothing now, and nothing to come.</p>`;
    const more = (shown: number, all: number): string =>
      all > shown ? `, ${formatCount(shown)} of ${formatCount(all)} shown` : '';
    return html`<table ?data-stale=${pending}>
      <caption class="visually-hidden">
        Transfers over this link
      </caption>
      <thead>
        <tr>
          <th scope="col">Now ${formatCount(underWayCount)}${more(underWay.length, underWayCount)}</th>
          <th scope="col" class="number">Rate</th>
          <th scope="col">Waits for</th>
        </tr>
      </thead>
      <tbody>
        ${underWay.map((transfer) => renderRow(transfer, formatSi(transfer.bytesPerSecond, 'B/s')))}
        ${
          nextCount === 0
            ? nothing
            : html`<tr>
                <th scope="rowgroup" colspan="3">
                  To come ${formatCount(nextCount)}${more(next.length, nextCount)}
                </th>
              </tr>`
        }
        ${next.map((transfer) => renderRow(transfer, '—'))}
      </tbody>
    </table>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        display: block;
        block-size: auto;
        padding: 6px 0 0;
        container-type: normal;
        overflow: auto;
        border-block-start: 1px solid var(--line);
        font-size: var(--size-12);
      }
      header h3 {
        flex: 1;
        font-size: var(--size-12);
      }
      tbody th[scope='rowgroup'] {
        color: var(--ink-quiet);
        font-weight: 400;
      }
      td:last-child {
        white-space: normal;
      }
      th.number {
        text-align: end;
      }
      [data-stale] {
        opacity: 0.6;
      }
    `,
  ];
}

function renderRow({ way, waitsFor }: LinkTransfer, rate: string): TemplateResult {
  return html`<tr>
    <td class="way number">${way}</td>
    <td class="number">${rate}</td>
    <td>${waitsFor}</td>
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-link-transfers': LinkTransfersList;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { Torus } from '../../ici/topology.ts';
import type { LinkTransfer, LinkTransfers } from '../../worker/link-times.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { viewStyles } from './canvas-styles.ts';
import { keepTabStop, moveAmong } from './roving-rows.ts';
import { tellTransfer } from './transfer-panel-parts.ts';

/** Who is on one link at this moment, how fast, what each waits for, and who comes next. */
@customElement('systole-link-transfers')
export class LinkTransfersList extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) link = 0;
  /** Index of the collective into the report's ops. */
  @property({ attribute: false }) op = 0;
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
    return html`<table ?data-stale=${pending} @keydown=${(event: KeyboardEvent) => moveAmong(this.#buttons(), event)}>
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
        ${underWay.map((transfer, row) => this.#renderRow(transfer, row, formatSi(transfer.bytesPerSecond, 'B/s')))}
        ${
          nextCount === 0
            ? nothing
            : html`<tr>
                <th scope="rowgroup" colspan="3">
                  To come ${formatCount(nextCount)}${more(next.length, nextCount)}
                </th>
              </tr>`
        }
        ${next.map((transfer, row) => this.#renderRow(transfer, underWay.length + row, '—'))}
      </tbody>
    </table>`;
  }

  /** A click anywhere on a row selects it; its button is for the keyboard. */
  #renderRow({ transfer, way, waitsFor }: LinkTransfer, row: number, rate: string): TemplateResult {
    const select = (): void => tellTransfer(this, { op: this.op, kind: 'transfer', transfer });
    return html`<tr @click=${select}>
      <td class="way">
        <button class="link number" tabindex=${row === 0 ? 0 : -1} title="Its way and where it waits">${way}</button>
      </td>
      <td class="number">${rate}</td>
      <td>${waitsFor}</td>
    </tr>`;
  }

  protected override updated(): void {
    keepTabStop(this.#buttons());
  }

  override focus(): void {
    this.#buttons()
      .find(({ tabIndex }) => tabIndex === 0)
      ?.focus();
  }

  #buttons(): readonly HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('tbody button') ?? [])];
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      tbody tr:hover td {
        background: var(--raised);
        cursor: pointer;
      }
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

declare global {
  interface HTMLElementTagNameMap {
    'systole-link-transfers': LinkTransfersList;
  }
}

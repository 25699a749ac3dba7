import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import type { ChainTale } from '../../worker/transfer-tales.ts';
import { sharedStyles } from '../shared-styles.ts';
import { viewStyles } from './canvas-styles.ts';
import { moveAmong } from './roving-rows.ts';
import { tellTransfer, transferPanelStyles } from './transfer-panel-parts.ts';

const WHY = { data: 'its data', turn: 'its turn', start: 'the start' } as const;

/** Why a collective takes as long as it does: who waited for whom, from the start to the last arrival. */
@customElement('systole-chain-panel')
export class ChainPanel extends LitElement {
  @property({ attribute: false }) tale: ChainTale | undefined;
  @property({ attribute: false }) op = 0;

  override render(): TemplateResult | typeof nothing {
    const { tale } = this;
    if (tale === undefined) return nothing;
    const { steps, stepCount, seconds } = tale;
    return html`<header>
        <h3 class="facts">Critical chain</h3>
        <button class="plain small" aria-label="Close" @click=${() => tellTransfer(this, undefined)}>×</button>
      </header>
      <p class="sentence">${tale.sentence}</p>
      <table @keydown=${(event: KeyboardEvent) => moveAmong(this.#buttons(), event)}>
        <caption class="visually-hidden">
          Transfers of the critical chain, in the order of time
        </caption>
        <thead>
          <tr>
            <th scope="col">
              ${steps.length < stepCount ? `Last ${formatCount(steps.length)} of ${formatCount(stepCount)}` : `${formatCount(stepCount)} in order`}
            </th>
            <th scope="col">Waited for</th>
            <th scope="col" class="number">From</th>
            <th scope="col" class="number">Adds</th>
            <th scope="col" class="number" title="Of what it adds, lost to others on a full link">Sharing</th>
          </tr>
        </thead>
        <tbody>
          ${steps.map(
            (step, index) => html`<tr>
              <th scope="row">
                <button
                  class="link number"
                  tabindex=${index === 0 ? 0 : -1}
                  @click=${() => tellTransfer(this, { op: this.op, kind: 'transfer', transfer: step.transfer })}
                >
                  ${step.way}
                </button>
              </th>
              <td>${WHY[step.waitedFor]}</td>
              <td class="number">${formatSi(step.from, 's')}</td>
              <td class="number" title=${`${formatPercent((step.to - step.from) / seconds)} of the collective`}>
                ${formatSi(step.to - step.from, 's')}
              </td>
              <td class="number">${step.sharingSeconds > 0 ? formatSi(step.sharingSeconds, 's') : '—'}</td>
            </tr>`,
          )}
        </tbody>
      </table>`;
  }

  override focus(): void {
    this.#buttons()[0]?.focus();
  }

  #buttons(): readonly HTMLElement[] {
    return [...(this.shadowRoot?.querySelectorAll<HTMLElement>('tbody button') ?? [])];
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    transferPanelStyles,
    css`
      th.number {
        text-align: end;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-chain-panel': ChainPanel;
  }
}

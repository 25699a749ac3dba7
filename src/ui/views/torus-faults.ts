import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { Torus } from '../../ici/topology.ts';
import { sharedStyles } from '../shared-styles.ts';
import { cutCables } from '../slice-edits.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { viewStyles } from './canvas-styles.ts';
import type { LinkLoads } from './torus-loads.ts';

/** Cables that get a button of their own. */
const MAX_NAMED = 4;

/** Cables that are out of order, what they do to the collectives of this moment, and how to repair them. */
@customElement('systole-torus-faults')
export class TorusFaults extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) losses: LinkLoads['losses'] = [];

  override render(): TemplateResult | typeof nothing {
    const { torus } = this;
    const cables = torus === undefined ? [] : cutCables(torus);
    if (torus === undefined || cables.length === 0) return nothing;
    const more = cables.length - MAX_NAMED;
    return html`<p>
        <span class="cross" aria-hidden="true">×</span> Cut:
        ${cables.slice(0, MAX_NAMED).map((link) => this.#renderCable(torus, link))}
        ${more > 0 ? html`and ${formatCount(more)} more` : nothing}
        ${cables.length > 1 ? this.#renderRepairAll() : nothing}
      </p>
      ${this.losses.map(
        ({ collective, loss }) => html`<p>
          <span class="name">${collective.report.name}</span> takes
          <strong class="number">${(loss.seconds / loss.wholeSeconds).toFixed(2)}×</strong> as long,
          <span class="number">${formatSi(loss.seconds, 's')}</span> instead of
          <span class="number">${formatSi(loss.wholeSeconds, 's')}</span>: ${loss.reason}.
        </p>`,
      )}`;
  }

  #renderCable(torus: Torus, link: number): TemplateResult {
    const label = linkLabel(torus, link);
    return html`<span class="cable"
      ><button class="link number" title="Show it" @click=${() => dispatchViewEvent(this, 'select-link', { link })}>${label}</button
      ><button
        class="plain small"
        aria-label=${`Repair ${label}`}
        title="Repair it"
        @click=${() => {
          dispatchViewEvent(this, 'select-link', { link });
          dispatchViewEvent(this, 'invoke-command', { id: 'torus.cut' });
        }}
      >repair</button></span
    > `;
  }

  #renderRepairAll(): TemplateResult {
    return html`<button
      class="small"
      title="Repair all cables (Shift+X)"
      @click=${() => dispatchViewEvent(this, 'invoke-command', { id: 'torus.repairAll' })}
    >
      Repair all
    </button>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        display: grid;
        grid-template-rows: none;
        gap: 2px;
        block-size: auto;
        padding: 0;
        container-type: normal;
        flex-basis: 100%;
        color: var(--ink);
        font-size: var(--size-12);
      }
      .cross {
        color: var(--warn);
        font-weight: 700;
      }
      .cable {
        white-space: nowrap;
      }
      .cable .small {
        padding: 0 4px;
        color: var(--ink-quiet);
        font-size: var(--size-12);
      }
      .name {
        font-weight: 650;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-torus-faults': TorusFaults;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { farEnd } from '../../figure/torus-cuts.ts';
import { linkLabel, rateLabel } from '../../figure/torus-figure.ts';
import { bytesOver, type LoadPart, type TorusLoad } from '../../figure/torus-load.ts';
import type { Torus } from '../../ici/topology.ts';
import type { RunReport } from '../../machine/report.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';

/** One direction of one link: how fast it runs now, and for whom. */
@customElement('systole-link-panel')
export class LinkPanel extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) link = 0;
  @property({ attribute: false }) load: TorusLoad | undefined;
  @property({ attribute: false }) ici: RunReport['ici'] | undefined;
  @property({ type: Boolean, reflect: true }) pinned = false;

  override render(): TemplateResult | typeof nothing {
    const { torus, load, ici, link } = this;
    if (torus === undefined || load === undefined || ici === undefined) return nothing;
    const target = farEnd(torus, link);
    const isCut = torus.missingLinks.has(link);
    const using = load.parts.filter((part) => part.utilization[link] > 0);
    const kind = `${isCut ? 'cut ' : ''}${torus.isWrapLink(link) ? 'wraparound link' : 'link'}`;
    return html`<h3>
        <span class="number">${linkLabel(torus, link)}</span>
        ${
          this.pinned
            ? html`<button
                class="plain small"
                aria-label="Close"
                @click=${() => this.dispatchEvent(new CustomEvent('close-panel'))}
              >
                ×
              </button>`
            : nothing
        }
      </h3>
      <p class="quiet">${kind} to <span class="number">(${torus.coordinates(target).join(',')})</span></p>
      ${isCut ? html`<p class="quiet">Its cable carries nothing either way.</p>` : this.#renderRate(load, ici)}
      ${using.length === 0 && !isCut ? html`<p class="quiet">Nothing uses it now.</p>` : nothing}
      <ul>
        ${using.map((part) => this.#renderPart(part, ici.linkBytesPerSecond))}
      </ul>
      ${this.pinned ? this.#renderActions(isCut) : nothing}`;
  }

  #renderRate(load: TorusLoad, ici: RunReport['ici']): TemplateResult {
    return html`<p
      class="number"
      title="Payload rate. The physical rate is ${formatSi(ici.physicalLinkBytesPerSecond, 'B/s')}."
    >
      ${rateLabel(Math.max(0, load.utilization[this.link]), ici.linkBytesPerSecond)}
    </p>
    ${
      load.blocked[this.link] > 0
        ? html`<p class="number quiet">${formatPercent(load.blocked[this.link])} of the rate held back elsewhere</p>`
        : nothing
    }`;
  }

  #renderActions(isCut: boolean): TemplateResult {
    return html`<p class="actions">
      <button
        class="small"
        title="Both directions of it; then everything is computed anew (X)"
        @click=${() => dispatchViewEvent(this, 'invoke-command', { id: 'torus.cut' })}
      >
        ${isCut ? 'Repair this cable' : 'Cut this cable'}
      </button>
    </p>`;
  }

  #renderPart(part: LoadPart, linkBytesPerSecond: number): TemplateResult {
    const { op, report, detail, pace } = part.collective;
    return html`<li>
      <button class="link" @click=${() => dispatchViewEvent(this, 'select-op', { op })}>${report.name}</button>
      <span class="quiet">${detail.collective}, ${detail.algorithm}</span>
      <span class="number quiet"
        >${formatPercent(part.utilization[this.link] * pace)} of the rate ·
        ${formatSi(bytesOver(part, this.link, linkBytesPerSecond), 'B')} each time</span
      >
    </li>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        gap: 4px;
        max-inline-size: min(290px, 100%);
        padding: 8px 12px;
        font-size: var(--size-12);
        background: var(--raised);
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      :host(:not([pinned])) {
        pointer-events: none;
      }
      h3 {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        font-size: var(--size-12);
      }
      h3 button {
        padding: 0 5px;
      }
      .actions {
        margin-block-start: 4px;
      }
      li {
        display: grid;
        margin-block-start: 4px;
      }
      .link {
        border: 0;
        padding: 0;
        text-align: start;
        text-decoration: underline;
        text-decoration-color: var(--line);
        white-space: normal;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-link-panel': LinkPanel;
  }
}

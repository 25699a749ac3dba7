import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatValue } from '../../figure/array-values.ts';
import type { PeDescription } from '../../figure/array-words.ts';
import { sharedStyles } from '../shared-styles.ts';

/** Registers of one PE: what they hold and where it came from. */
@customElement('systole-pe-readout')
export class PeReadout extends LitElement {
  @property({ attribute: false }) description: PeDescription | undefined;
  @property({ type: Boolean, reflect: true }) pinned = false;

  override render(): TemplateResult | typeof nothing {
    if (this.description === undefined) return nothing;
    const { title, state, fold, lines } = this.description;
    return html`<h3>
        <span class="number">${title}</span> <span class="quiet">${state}</span>
        ${
          this.pinned
            ? html`<button
                class="plain small"
                aria-label="Let go of ${title}"
                @click=${() => this.dispatchEvent(new CustomEvent('unpin'))}
              >
                ×
              </button>`
            : nothing
        }
      </h3>
      ${fold === undefined ? nothing : html`<p class="quiet fold">${fold}</p>`}
      <dl>
        ${lines.map(
          (line) => html`<dt class="quiet">${line.name}</dt>
            <dd title=${line.origin}>
              <span class="number">${line.element}</span>
              ${line.value === undefined ? nothing : html`<b class="number">${formatValue(line.value)}</b>`}
              <span class="origin quiet">${line.origin}</span>
            </dd>`,
        )}
      </dl>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        font-size: var(--size-12);
        padding-inline-start: 9px;
        border-inline-start: 2px solid var(--line);
      }
      :host([pinned]) {
        border-inline-start-color: var(--accent);
      }
      h3 {
        font-size: var(--size-12);
        display: flex;
        gap: 8px;
        align-items: baseline;
      }
      h3 .quiet {
        font-weight: 400;
        flex: 1;
      }
      button {
        padding: 0 5px;
      }
      dl {
        display: grid;
        gap: 3px;
        margin-block-start: 3px;
      }
      dd {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        column-gap: 8px;
      }
      h3 .number {
        white-space: nowrap;
      }
      dt {
        display: none;
      }
      :host(:not([pinned])) dt {
        display: block;
        margin-block-start: 2px;
      }
      :host([pinned]) .origin,
      :host([pinned]) .fold {
        display: none;
      }
      .origin {
        flex-basis: 100%;
      }
      /* In a corner of the array there is room for values only. */
      @container (inline-size < 460px) and (block-size < 620px) {
        .origin,
        .fold {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-pe-readout': PeReadout;
  }
}

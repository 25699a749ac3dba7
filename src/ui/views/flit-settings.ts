import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { sharedStyles } from '../shared-styles.ts';
import {
  FLIT_CHOICES,
  FLIT_FIELDS,
  type FlitErrors,
  type FlitField,
  type FlitTexts,
} from './flit-choices.ts';

const LABELS: Readonly<Record<FlitField, { readonly name: string; readonly hint: string }>> = {
  shape: {
    name: 'Torus',
    hint: 'Routers along each axis, as in 8x8 or 4x8 twisted; every axis closes to a ring',
  },
  pattern: { name: 'Pattern', hint: 'Who sends to whom' },
  rate: { name: 'Rate', hint: 'Flits that each node offers a cycle, at most 1' },
  packetFlits: { name: 'Packet, flits', hint: 'Flits of each packet, 1 to 4096' },
  virtualChannels: { name: 'VCs a port', hint: 'Virtual channels of each port: an even number from 2 to 16' },
  bufferFlits: {
    name: 'Buffer, flits',
    hint: 'Flits that each virtual channel holds; a credit takes 9 cycles to come back',
  },
  routing: {
    name: 'Routing',
    hint: 'Dimension order: x, then y, then z. Adaptive: any axis with steps left',
  },
  seed: { name: 'Seed', hint: 'The same seed gives the same packets' },
  firstCycle: { name: 'From cycle', hint: 'Cycles before it fill the network and are not recorded' },
  cycles: { name: 'Cycles', hint: 'Cycles that are recorded, 1 to 2048' },
};

/** The fields of synthetic traffic, each with its error beside it. */
@customElement('systole-flit-settings')
export class FlitSettings extends LitElement {
  @property({ attribute: false }) texts: FlitTexts | undefined;
  @property({ attribute: false }) errors: FlitErrors = {};
  /** Shape of the slice on screen, which is offered. */
  @property({ attribute: false }) slice: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { texts } = this;
    if (texts === undefined) return nothing;
    return html`<div class="fields">${FLIT_FIELDS.map((field) => this.#renderField(field, texts[field]))}</div>`;
  }

  #renderField(field: FlitField, text: string): TemplateResult {
    const { name, hint } = LABELS[field];
    const error = this.errors[field];
    const choices = FLIT_CHOICES[field];
    const changed = (event: Event): void => {
      const { target } = event;
      if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement)
        this.#tell(field, target.value);
    };
    const describedBy = error === undefined ? nothing : `${field}-error`;
    return html`<div class="field">
      <label for=${field} title=${hint}>${name}</label>
      ${
        choices === undefined
          ? html`<input
              id=${field}
              type="text"
              class="number"
              maxlength="40"
              autocomplete="off"
              .value=${text}
              title=${hint}
              aria-invalid=${error === undefined ? 'false' : 'true'}
              aria-describedby=${describedBy}
              @input=${changed}
              @keydown=${(event: KeyboardEvent) => {
                if (event.key === 'Enter') this.dispatchEvent(new CustomEvent('flit-submit'));
              }}
            />`
          : html`<select id=${field} title=${hint} @change=${changed}>
              ${choices.map((choice) => html`<option value=${choice} .selected=${choice === text}>${choice}</option>`)}
            </select>`
      }
      ${
        field === 'shape' && this.slice !== undefined && this.slice !== text
          ? html`<button class="link small" @click=${() => this.#tell('shape', this.slice ?? text)}>this slice, ${this.slice}</button>`
          : nothing
      }
      ${error === undefined ? nothing : html`<p class="error" id="${field}-error" role="alert">${error}</p>`}
    </div>`;
  }

  #tell(field: FlitField, text: string): void {
    this.dispatchEvent(new CustomEvent('flit-setting', { detail: { [field]: text } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        font-size: var(--size-12);
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(104px, 1fr));
        gap: 4px 10px;
        align-items: start;
      }
      label {
        display: block;
        color: var(--ink-quiet);
      }
      input[type='text'],
      select {
        font-size: var(--size-12);
        padding: 2px 6px;
        inline-size: 100%;
        color: var(--ink);
        background: var(--ground);
        border: 1px solid var(--line);
        border-radius: 4px;
      }
      input[aria-invalid='true'] {
        border-color: var(--warn);
      }
      .error {
        color: var(--warn);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-settings': FlitSettings;
  }
}

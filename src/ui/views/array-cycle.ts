import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount } from '../../base/format-quantity.ts';
import { clamp } from '../../base/integers.ts';
import type { RunningMoment } from '../../figure/array-moment.ts';
import { sharedStyles } from '../shared-styles.ts';

/** Which cycle of the op it is: one back, one forth, or any that is typed. */
@customElement('systole-array-cycle')
export class ArrayCycle extends LitElement {
  @property({ attribute: false }) moment: RunningMoment | undefined;

  override render(): TemplateResult | typeof nothing {
    if (this.moment === undefined) return nothing;
    const { cycle, schedule } = this.moment;
    const all = formatCount(schedule.cycles);
    return html`cycle ${this.#renderStep(-1, '‹', 'One cycle back')}<input
        class="number"
        type="text"
        inputmode="numeric"
        aria-label="Cycle of ${all}"
        .value=${formatCount(cycle)}
        .style=${`inline-size:${all.length}ch`}
        @change=${(event: Event) => this.#typed(event.target)}
      />${this.#renderStep(1, '›', 'One cycle forth')} of <span class="number">${all}</span>`;
  }

  #renderStep(by: 1 | -1, sign: string, label: string): TemplateResult {
    const target = (this.moment?.cycle ?? 0) + by;
    const isBeyond = target < 0 || target >= (this.moment?.schedule.cycles ?? 0);
    return html`<button
      class="plain"
      aria-label=${label}
      title=${label}
      ?disabled=${isBeyond}
      @click=${() => this.#seek(target)}
    >
      ${sign}
    </button>`;
  }

  #typed(input: EventTarget | null): void {
    if (!(input instanceof HTMLInputElement) || this.moment === undefined) return;
    const { cycle, schedule } = this.moment;
    const typed = Number(input.value.replace(/[\s,_]/g, '') || Number.NaN);
    if (Number.isSafeInteger(typed)) this.#seek(clamp(typed, 0, schedule.cycles - 1));
    input.value = formatCount(cycle);
  }

  #seek(cycle: number): void {
    this.dispatchEvent(new CustomEvent<{ cycle: number }>('seek-cycle', { detail: { cycle } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        white-space: nowrap;
        color: var(--ink-quiet);
      }
      input.number {
        background: none;
        border: 0;
        border-block-end: 1px dashed var(--line);
        border-radius: 0;
        padding: 0;
        min-inline-size: 3ch;
        text-align: end;
        color: var(--ink);
      }
      button {
        padding: 0 6px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-cycle': ArrayCycle;
  }
}

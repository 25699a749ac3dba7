import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { clamp } from '../../base/integers.ts';
import { matchingSuggestions, type Prompt, type Suggestion } from '../commands/command.ts';
import { sharedStyles } from '../shared-styles.ts';

const WIDTH_PX = 560;
const MARGIN_PX = 12;

/** Where a prompt appears: below what it changes. */
export interface Anchor {
  readonly left: number;
  readonly bottom: number;
}

/** Asks one question with suggestions, and stays with the reason when the answer is refused. */
@customElement('systole-prompt-dialog')
export class PromptDialog extends LitElement {
  @property({ attribute: false }) prompt: Prompt | undefined;
  @property({ attribute: false }) anchor: Anchor | undefined;
  @state() private text = '';
  @state() private active = -1;
  @state() private problem = '';
  @state() private waiting = false;
  @query('dialog') private dialog: HTMLDialogElement | null | undefined;
  @query('input') private input: HTMLInputElement | null | undefined;
  #initial = '';

  protected override willUpdate(changes: PropertyValues<this>): void {
    if (!changes.has('prompt') || this.prompt === undefined) return;
    this.#initial = this.prompt.initial();
    this.text = this.#initial;
    this.active = this.prompt.closed ? 0 : -1;
    this.problem = '';
    this.waiting = false;
  }

  protected override updated(changes: PropertyValues<this>): void {
    if (!changes.has('prompt') || this.prompt === undefined) return;
    if (!this.dialog?.open) this.dialog?.showModal();
    this.input?.focus();
    this.input?.select();
  }

  override render(): TemplateResult | typeof nothing {
    const { prompt } = this;
    if (prompt === undefined) return nothing;
    const shown = this.#shown(prompt);
    return html`<dialog
      aria-label=${prompt.label}
      .style=${this.#position()}
      @close=${() => this.#close()}
      @click=${(event: MouseEvent) => {
        if (event.target === this.dialog) this.#close();
      }}
    >
      <form @submit=${(event: SubmitEvent) => this.#submit(event, prompt, shown)}>
        <label>
          <span class="small quiet">${prompt.label}</span>
          <input
            type="text"
            role="combobox"
            autocomplete="off"
            spellcheck="false"
            aria-expanded=${shown.length > 0}
            aria-controls="suggestions"
            aria-activedescendant=${this.active >= 0 ? `suggestion-${this.active}` : nothing}
            aria-describedby="hint"
            .value=${this.text}
            @input=${(event: InputEvent) => this.#typed(event, prompt)}
            @keydown=${(event: KeyboardEvent) => this.#key(event, shown.length)}
          />
        </label>
        <p id="hint" class="small quiet">${this.waiting ? 'running …' : prompt.hint}</p>
        <p class="problem small" role="alert">${this.problem}</p>
        <ul id="suggestions" role="listbox" aria-label="Suggestions">
          ${shown.map(
            (each, row) =>
              html`<li
                id=${`suggestion-${row}`}
                role="option"
                aria-selected=${row === this.active}
                @click=${() => void this.#answer(prompt, each.value)}
              >
                <span>${each.label ?? each.value}</span><span class="quiet small detail">${each.detail}</span>
              </li>`,
          )}
        </ul>
      </form>
    </dialog>`;
  }

  #position(): string {
    const { anchor } = this;
    const width = Math.min(WIDTH_PX, innerWidth - 2 * MARGIN_PX);
    const left = anchor === undefined ? (innerWidth - width) / 2 : anchor.left - MARGIN_PX;
    const top = anchor === undefined ? innerHeight * 0.12 : anchor.bottom + 6;
    return `left:${clamp(left, MARGIN_PX, innerWidth - width - MARGIN_PX)}px;top:${top}px;width:${width}px;max-height:${innerHeight - top - MARGIN_PX}px`;
  }

  #shown(prompt: Prompt): readonly Suggestion[] {
    return matchingSuggestions(prompt.suggestions(), this.text, this.#initial);
  }

  #typed(event: InputEvent, prompt: Prompt): void {
    this.text = event.target instanceof HTMLInputElement ? event.target.value : '';
    this.active = prompt.closed ? 0 : -1;
    this.problem = '';
  }

  #key(event: KeyboardEvent, count: number): void {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    this.active = clamp(this.active + (event.key === 'ArrowDown' ? 1 : -1), 0, count - 1);
    const row = this.renderRoot.querySelector(`#suggestion-${this.active}`);
    row?.scrollIntoView({ block: 'nearest' });
  }

  #submit(event: SubmitEvent, prompt: Prompt, shown: readonly Suggestion[]): void {
    event.preventDefault();
    const chosen = shown[this.active]?.value;
    void this.#answer(prompt, chosen ?? this.text);
  }

  async #answer(prompt: Prompt, text: string): Promise<void> {
    this.waiting = true;
    this.problem = '';
    const problem = await prompt.apply(text);
    // The answer may have led to another question, which is on screen by now.
    if (this.prompt !== prompt) return;
    this.waiting = false;
    if (problem === undefined) this.#close();
    else this.problem = problem;
  }

  #close(): void {
    this.dialog?.close();
    this.dispatchEvent(new CustomEvent('done', { detail: { prompt: this.prompt } }));
  }

  static override styles = [
    sharedStyles,
    css`
      dialog {
        position: fixed;
        margin: 0;
        padding: 12px;
        background: var(--surface);
        color: var(--ink);
        border: 1px solid var(--line);
        border-radius: 10px;
        box-shadow: 0 12px 40px rgb(0 0 0 / 0.28);
        overflow: hidden;
        display: flex;
      }
      dialog:not([open]) {
        display: none;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.18);
      }
      form {
        display: flex;
        flex-direction: column;
        gap: 4px;
        inline-size: 100%;
        min-block-size: 0;
      }
      label {
        display: grid;
        gap: 4px;
      }
      .problem {
        color: var(--warn);
        font-weight: 600;
      }
      .problem:empty {
        display: none;
      }
      ul {
        overflow: auto;
        max-block-size: 320px;
      }
      li {
        display: flex;
        justify-content: space-between;
        align-items: baseline;
        gap: 16px;
        padding: 4px 8px;
        border-radius: 6px;
        cursor: pointer;
        white-space: nowrap;
      }
      li:hover,
      li[aria-selected='true'] {
        background: var(--raised);
      }
      .detail {
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];
}

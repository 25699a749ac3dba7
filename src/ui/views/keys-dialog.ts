import { css, html, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { keyText } from '../commands/keys.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';

/** What keys do in the view that has the focus. */
const LOCAL_KEYS: readonly (readonly [what: string, ...keys: string[]])[] = [
  ['Lane: next or previous event', '←', '→'],
  ['Array: go from PE to PE, by eight', 'arrows', 'Shift+arrows'],
  ['Array: keep a PE, or let go of it', 'Enter'],
  ['Array: zoom, show all', '+', '−', '0'],
  ['Torus: go from chip to chip, to the next plane', 'arrows', 'PgUp', 'PgDn'],
  ['Torus: next link of the chip', 'Enter'],
  ['Torus in 3-D: turn', 'Shift+arrows'],
  ['Links over time: next or previous link', '↓', '↑'],
  ['Roofline: next or previous op', '←', '→'],
];

/** Every command that has a key. Keys are places on the keyboard, so W A S D stay together on any layout. */
@customElement('systole-keys-dialog')
export class KeysDialog extends AppElement {
  @query('dialog') private dialog: HTMLDialogElement | null | undefined;

  protected override watched(state: AppState): readonly unknown[] {
    return [state.dialog];
  }

  protected override renderState(app: App): TemplateResult {
    const withKeys = app.commands.filter((command) => command.keys.length > 0);
    return html`<dialog
      aria-label="Keyboard"
      @close=${() => {
        if (app.state.dialog?.kind === 'keys') app.store.update({ dialog: undefined });
      }}
      @click=${(event: MouseEvent) => {
        if (event.target === this.dialog) this.dialog?.close();
      }}
    >
      <h2>Keyboard</h2>
      <div class="keys" tabindex="0" role="region" aria-label="Keys">
      <dl>
        ${withKeys.map(
          (command) =>
            html`<div>
              <dt>${command.label}</dt>
              <dd>${command.keys.map((stroke) => html`<kbd>${keyText(stroke)}</kbd> `)}</dd>
            </div>`,
        )}
      </dl>
      <h3>With the focus there</h3>
      <dl>
        ${LOCAL_KEYS.map(
          ([what, ...keys]) => html`<div>
            <dt>${what}</dt>
            <dd>${keys.map((each) => html`<kbd>${each}</kbd> `)}</dd>
          </div>`,
        )}
      </dl>
      <p class="quiet small">
        Wheel zooms at the pointer, Shift and wheel pans, dragging over the lanes marks a stretch, dragging on the axis
        moves the playhead. Drag turns the torus in 3-D and moves an array that is zoomed in; a double click shows all of it.
      </p>
      </div>
    </dialog>`;
  }

  protected override updated(): void {
    const wanted = this.app?.state.dialog?.kind === 'keys';
    if (wanted && !this.dialog?.open) this.dialog?.showModal();
    if (!wanted && this.dialog?.open) this.dialog.close();
  }

  static override styles = [
    sharedStyles,
    css`
      dialog {
        inline-size: min(1080px, 94vw);
        padding: 20px 24px;
        background: var(--surface);
        color: var(--ink);
        border: 1px solid var(--line);
        border-radius: 10px;
      }
      .keys {
        max-block-size: 76vh;
        overflow: auto;
      }
      .keys:focus-visible,
      dialog:focus-visible {
        outline: none;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 0.3);
      }
      dl {
        columns: 3 290px;
        column-gap: 32px;
        margin-block: 14px;
      }
      dl div {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        padding-block: 3px;
        break-inside: avoid;
      }
      dd {
        white-space: nowrap;
      }
    `,
  ];
}

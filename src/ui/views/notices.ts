import { css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';

/** Recent errors and remarks, one line each. Input is shown as text, never as markup. */
@customElement('systole-notices')
export class Notices extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.notices];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    return html`<ul aria-live="polite" aria-label="Messages">
      ${state.notices.map(
        (notice) =>
          html`<li data-kind=${notice.kind}>
            <span class="visually-hidden">${notice.kind === 'error' ? 'Error: ' : ''}</span>
            <span class="text" title=${notice.text}>${notice.text}</span>
            <button class="plain" aria-label="Dismiss" @click=${() => app.dismiss(notice.id)}>×</button>
          </li>`,
      )}
    </ul>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        position: fixed;
        inset-inline: 0;
        inset-block-end: 12px;
        display: grid;
        place-items: center;
        pointer-events: none;
        z-index: 20;
      }
      ul {
        display: grid;
        gap: 6px;
        max-inline-size: min(90vw, 900px);
      }
      li {
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 6px 6px 6px 14px;
        background: var(--raised);
        border: 1px solid var(--line);
        border-inline-start: 3px solid var(--ink-quiet);
        border-radius: 6px;
        pointer-events: auto;
        box-shadow: 0 4px 18px rgb(0 0 0 / 0.2);
        min-inline-size: 0;
      }
      li[data-kind='error'] {
        border-inline-start-color: var(--warn);
      }
      .text {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

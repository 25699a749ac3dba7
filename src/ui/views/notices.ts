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
)}</ul>`;
  }

  static override styles = [
    sharedStyles,
    css`
      li {
        display: flex;
        align-items: center;
        gap: 10px;
        padding: 5px 16px;
        background: var(--raised);
        border-inline-start: 3px solid var(--ink-quiet);
      }
      li[data-kind='error'] {
        border-block-end: 1px solid var(--line);
        border-inline-start-color: var(--warn);
        font-weight: 600;
      }
      /* A remark passes by where it covers least, the end of the timeline's last line. */
      li[data-kind='note'] {
        position: fixed;
        inset: auto 12px 6px auto;
        max-inline-size: calc(100vw - 24px);
        border-radius: 6px;
        box-shadow: 0 4px 18px rgb(0 0 0 / 0.25);
        z-index: 20;
      }
      li[data-kind='note'] ~ li[data-kind='note'] {
        inset-block-end: 44px;
      }
      .text {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

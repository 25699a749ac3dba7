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
    return html`<ul aria-live="polite" aria-label="Messages" ?data-empty=${state.notices.length === 0}>
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
      ul:not([data-empty]) {
        display: grid;
        gap: 4px;
        padding: 6px 16px;
        border-block-end: 1px solid var(--line);
      }
      li {
        display: flex;
        align-items: center;
        gap: 10px;
        padding-inline-start: 10px;
        border-inline-start: 3px solid var(--ink-quiet);
      }
      li[data-kind='error'] {
        border-inline-start-color: var(--warn);
        font-weight: 600;
      }
      .text {
        overflow-wrap: anywhere;
      }
    `,
  ];
}

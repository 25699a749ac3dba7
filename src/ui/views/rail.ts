import { css, html, svg, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { PLACE_LABELS } from '../commands/page-commands.ts';
import { sharedStyles } from '../shared-styles.ts';
import { type AppState, PLACES } from '../state.ts';

/** A wavefront crossing an array of four by four: what has not been reached yet is left out. */
const LOGO_CELLS: readonly (readonly [number, number])[] = [0, 1, 2, 3].flatMap((row) =>
  [0, 1, 2, 3]
    .filter((column) => column + row <= 3)
    .map((column): readonly [number, number] => [column, row]),
);

/** The places of the page. */
@customElement('systole-rail')
export class Rail extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.place];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    return html`<nav aria-label="Places">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        ${LOGO_CELLS.map(
          ([column, row]) =>
            svg`<rect x=${column * 8} y=${row * 8} width="7" height="7" class=${column + row === 3 ? 'front' : ''} />`,
        )}
      </svg>
      ${PLACES.map(
        (place) =>
          html`<button
            aria-current=${place === state.place ? 'page' : 'false'}
            @click=${() => app.goTo(place)}
          >${PLACE_LABELS[place]}</button>`,
      )}
      <button class="foot" title="Keyboard (?)" aria-label="Keyboard" @click=${() => app.store.update({ dialog: { kind: 'keys' } })}>?</button>
    </nav>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        border-inline-end: 1px solid var(--line);
      }
      nav {
        display: flex;
        flex-direction: column;
        align-items: stretch;
        gap: 4px;
        padding: 10px 5px;
        inline-size: 64px;
        block-size: 100%;
      }
      svg {
        inline-size: 26px;
        align-self: center;
        margin-block: 2px 10px;
        fill: var(--ink-quiet);
      }
      .front {
        fill: var(--ink);
      }
      button {
        border-color: transparent;
        padding: 7px 0;
        font-size: var(--size-12);
        color: var(--ink-quiet);
        text-align: center;
      }
      button[aria-current='page'] {
        background: var(--raised);
        color: var(--ink);
        font-weight: 650;
      }
      .foot {
        margin-block-start: auto;
      }
      @media (max-width: 600px) {
        :host {
          border-inline-end: 0;
          border-block-start: 1px solid var(--line);
          order: 9;
        }
        nav {
          flex-direction: row;
          inline-size: auto;
          justify-content: space-around;
          padding: 4px;
        }
        svg,
        .foot {
          display: none;
        }
        button {
          padding: 6px 10px;
        }
      }
    `,
  ];
}

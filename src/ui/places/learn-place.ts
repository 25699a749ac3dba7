import { css, html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';
import { LESSONS } from './lessons.ts';
import { placeStyles } from './place-styles.ts';

/** Small runs that show one idea each. */
@customElement('systole-learn-place')
export class LearnPlace extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run];
  }

  protected override renderState(app: App): TemplateResult {
    return html`<article>
      <h1>One idea at a time</h1>
      <p>Each of these is a real run of the same engine. Load one, then look where it says.</p>
      <ol>
        ${LESSONS.map(
          (lesson) =>
            html`<li>
              <h2>${lesson.title}</h2>
              <p>${lesson.idea}</p>
              <ul>
                ${lesson.look.map((line) => html`<li class="look">${line}</li>`)}
              </ul>
              <button
                @click=${async () => {
                  if ((await app.change(lesson.scenario)) === undefined) app.goTo('run');
                }}
              >
                Load it
              </button>
            </li>`,
        )}
      </ol>
    </article>`;
  }

  static override styles = [
    sharedStyles,
    placeStyles,
    css`
      ol > li {
        display: grid;
        gap: 6px;
        justify-items: start;
        padding-block: 6px 18px;
      }
      .look {
        list-style: disc;
        margin-inline-start: 18px;
        color: var(--ink-quiet);
      }
    `,
  ];
}

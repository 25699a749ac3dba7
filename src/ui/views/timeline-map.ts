import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { clampRange, spanOf } from '../../figure/time-scale.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';

/** The whole step in one strip: its sections, what of it is in view, and the playhead. */
@customElement('systole-timeline-map')
export class TimelineMap extends AppElement {
  @query('.strip') private strip: HTMLElement | null | undefined;

  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.view, state.cursorPs];
  }

  protected override renderState(app: App, state: AppState): TemplateResult | typeof nothing {
    const report = state.run?.report;
    if (report === undefined) return nothing;
    const share = (ps: number): number => (ps / report.stepPs) * 100;
    const place = (startPs: number, endPs: number): string =>
      `left:${share(startPs)}%;width:${share(endPs - startPs)}%`;
    return html`<span class="name small quiet">step</span>
      <div
        class="strip"
        aria-hidden="true"
        @pointerdown=${(event: PointerEvent) => this.#grab(event)}
        @pointermove=${(event: PointerEvent) => this.#move(app, event)}
      >
        ${report.sections.map(
          (section, row) =>
            html`<span class="section" ?data-odd=${row % 2 === 1} .style=${place(section.startPs, section.endPs)}
              >${section.name}${section.repeat > 1 ? html` × ${section.repeat}` : nothing}</span
            >`,
        )}
        <span class="window" .style=${place(state.view.startPs, state.view.endPs)}></span>
        <span class="now" .style=${`left:${share(state.cursorPs)}%`}></span>
      </div>`;
  }

  #grab(event: PointerEvent): void {
    if (event.button !== 0 || this.app === undefined) return;
    this.strip?.setPointerCapture(event.pointerId);
    this.#centre(this.app, event);
  }

  #move(app: App, event: PointerEvent): void {
    if (this.strip?.hasPointerCapture(event.pointerId)) this.#centre(app, event);
  }

  #centre(app: App, event: PointerEvent): void {
    const stepPs = app.state.run?.report.stepPs;
    const box = this.strip?.getBoundingClientRect();
    if (stepPs === undefined || box === undefined) return;
    const ps = ((event.clientX - box.left) / box.width) * stepPs;
    const half = spanOf(app.state.view) / 2;
    app.setView(clampRange({ startPs: ps - half, endPs: ps + half }, stepPs));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: var(--labels) minmax(0, 1fr) var(--shares);
        align-items: center;
        margin-block-start: 6px;
      }
      .name {
        padding-inline-start: 15px;
      }
      .strip {
        position: relative;
        block-size: 18px;
        background: var(--surface);
        border-radius: 4px;
        overflow: hidden;
        cursor: grab;
        touch-action: none;
      }
      .section {
        position: absolute;
        inset-block: 0;
        padding-inline: 6px;
        overflow: hidden;
        white-space: nowrap;
        text-overflow: ellipsis;
        font-size: var(--size-12);
        line-height: 18px;
        color: var(--ink-quiet);
        background: var(--raised);
        border-inline-end: 1px solid var(--ground);
      }
      .section[data-odd] {
        background: color-mix(in oklab, var(--raised) 40%, var(--surface));
      }
      .window {
        position: absolute;
        inset-block: 0;
        min-inline-size: 3px;
        border: 1.5px solid var(--ink-quiet);
        border-radius: 3px;
      }
      .now {
        position: absolute;
        inset-block: 0;
        inline-size: 1.5px;
        background: var(--accent);
      }
      @media (max-width: 600px) {
        .name {
          padding-inline-start: 0;
        }
      }
    `,
  ];
}

import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { clampLayout } from '../settings.ts';
import { sharedStyles } from '../shared-styles.ts';
import { type AppState, type Layout, STAGE_VIEWS, type StageView } from '../state.ts';
import './array-view.ts';
import type { ArrayView } from './array-view.ts';
import type { ViewEvents } from './canvas-events.ts';
import './inspector.ts';
import './roofline-view.ts';
import type { RooflineView } from './roofline-view.ts';
import './run-summary.ts';
import './torus-view.ts';
import type { TorusView } from './torus-view.ts';

const VIEW_LABELS: Readonly<Record<StageView, string>> = {
  array: 'Array',
  torus: 'Torus',
  roofline: 'Roofline',
};

const KEY_STEP = 0.02;

type Splitter = keyof Layout;

/** Array, torus and roofline side by side, at the moment under the playhead; one at a time where it is narrow. */
@customElement('systole-stage')
export class Stage extends AppElement {
  @query('.views') private views: HTMLElement | null | undefined;
  @query('systole-array-view') private array: ArrayView | null | undefined;
  @query('systole-torus-view') private torus: TorusView | null | undefined;
  @query('systole-roofline-view') private roofline: RooflineView | null | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.app !== undefined) this.app.stage = undefined;
  }

  protected override updated(): void {
    const { app, array, torus, roofline } = this;
    if (app !== undefined && array && torus && roofline) app.stage = { array, torus, roofline };
  }

  protected override watched(state: AppState): readonly unknown[] {
    return [
      state.run,
      state.cursorPs,
      state.selectedOp,
      state.selectedLink,
      state.transfer,
      state.layout,
      state.aloneLayout,
      state.stageView,
    ];
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    const { stageView } = state;
    const layout = state[layoutOf(state)];
    const rest = 1 - layout.arrayShare - layout.torusShare;
    const columns = `--array:${layout.arrayShare}fr;--torus:${layout.torusShare}fr;--rest:${rest}fr`;
    return html`<div class="tabs" role="tablist" aria-label="View">
        ${STAGE_VIEWS.map(
          (view) =>
            html`<button
              role="tab"
              aria-selected=${view === stageView}
              tabindex=${view === stageView ? 0 : -1}
              @click=${() => app.store.update({ stageView: view })}
              @keydown=${(event: KeyboardEvent) => this.#tabKey(app, event, view)}
            >${VIEW_LABELS[view]}</button>`,
        )}
      </div>
      <div
        class="views"
        data-view=${stageView}
        .style=${columns}
        @select-op=${(event: CustomEvent<{ readonly op: number }>) => app.select(event.detail.op)}
        @select-link=${(event: CustomEvent<ViewEvents['select-link']>) => app.selectLink(event.detail.link)}
        @select-transfer=${(event: CustomEvent<ViewEvents['select-transfer']>) => app.selectTransfer(event.detail.focus)}
        @invoke-command=${(event: CustomEvent<ViewEvents['invoke-command']>) => void invoke(app, app.command(event.detail.id))}
        @seek=${(event: CustomEvent<{ readonly cursorPs: number }>) => app.seek(event.detail.cursorPs)}
      >
        <systole-array-view
          data-stage="array"
          .report=${state.run?.report}
          .seed=${state.run?.scenario.seed ?? 0}
          .cursorPs=${state.cursorPs}
          .selectedOp=${state.selectedOp}
          .engine=${app.engine}
        ></systole-array-view>
        ${this.#splitter(app, 'arrayShare', 'Width of the array', layout)}
        <systole-torus-view
          data-stage="torus"
          .report=${state.run?.report}
          .cursorPs=${state.cursorPs}
          .selectedOp=${state.selectedOp}
          .engine=${app.engine}
          .scenario=${state.run?.scenario}
          .selectedLink=${state.selectedLink}
          .transfer=${state.transfer}
        ></systole-torus-view>
        ${this.#splitter(app, 'torusShare', 'Width of the torus', layout)}
        <div class="side" data-stage="roofline">
          <systole-roofline-view
            .report=${state.run?.report}
            .cursorPs=${state.cursorPs}
            .selectedOp=${state.selectedOp}
            .engine=${app.engine}
          ></systole-roofline-view>
          <div class="panel">
            ${
              state.selectedOp === undefined
                ? html`<systole-run-summary .app=${app}></systole-run-summary>`
                : html`<systole-inspector .app=${app}></systole-inspector>`
            }
          </div>
        </div>
        ${state.selectedOp === undefined ? nothing : html`<systole-inspector class="sheet" .app=${app}></systole-inspector>`}
      </div>`;
  }

  #splitter(app: App, which: Splitter, label: string, layout: Layout): TemplateResult {
    return html`<div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label=${label}
      aria-valuenow=${Math.round(layout[which] * 100)}
      aria-valuemin="15"
      aria-valuemax="70"
      tabindex="0"
      @pointerdown=${(event: PointerEvent) => {
        if (event.currentTarget instanceof HTMLElement)
          event.currentTarget.setPointerCapture(event.pointerId);
      }}
      @pointermove=${(event: PointerEvent) => this.#drag(app, which, event)}
      @pointerup=${() => app.remember()}
      @keydown=${(event: KeyboardEvent) => this.#splitterKey(app, which, event)}
    ></div>`;
  }

  #drag(app: App, which: Splitter, event: PointerEvent): void {
    const target = event.currentTarget;
    const box = this.views?.getBoundingClientRect();
    if (!(target instanceof HTMLElement) || box === undefined || !target.hasPointerCapture(event.pointerId))
      return;
    const layout = app.state[layoutOf(app.state)];
    const share = (event.clientX - box.left) / box.width;
    this.#resize(app, which, which === 'arrayShare' ? share : share - layout.arrayShare);
  }

  #splitterKey(app: App, which: Splitter, event: KeyboardEvent): void {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    event.stopPropagation();
    this.#resize(app, which, app.state[layoutOf(app.state)][which] + direction * KEY_STEP);
    app.remember();
  }

  /** The border between array and torus moves alone: what one gains the other loses. */
  #resize(app: App, which: Splitter, share: number): void {
    const name = layoutOf(app.state);
    const layout = app.state[name];
    const rest = 1 - layout.arrayShare - layout.torusShare;
    const wanted: Layout =
      which === 'arrayShare'
        ? { arrayShare: share, torusShare: 1 - rest - share }
        : { ...layout, torusShare: share };
    app.store.update({ [name]: clampLayout(wanted) });
  }

  #tabKey(app: App, event: KeyboardEvent, view: StageView): void {
    const direction = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (direction === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const at = STAGE_VIEWS.indexOf(view) + direction + STAGE_VIEWS.length;
    const next = STAGE_VIEWS[at % STAGE_VIEWS.length] ?? view;
    app.store.update({ stageView: next });
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]')?.focus();
    });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        border-block-start: 1px solid var(--line);
      }
      .tabs {
        display: none;
      }
      .views {
        flex: 1;
        min-block-size: 0;
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, var(--array)) 1px minmax(0, var(--torus)) 1px minmax(0, var(--rest));
        grid-template-rows: minmax(0, 1fr);
      }
      systole-array-view,
      systole-torus-view,
      systole-roofline-view {
        min-inline-size: 0;
        min-block-size: 0;
        overflow: hidden;
      }
      .splitter {
        position: relative;
        background: var(--line);
        cursor: col-resize;
        touch-action: none;
      }
      .splitter::before {
        content: '';
        position: absolute;
        inset-block: 0;
        inset-inline: -4px;
        z-index: 2;
      }
      .splitter:hover {
        background: var(--ink-quiet);
      }
      .side {
        display: grid;
        grid-template-rows: minmax(0, 1fr) auto;
        min-block-size: 0;
      }
      .panel {
        border-block-start: 1px solid var(--line);
        max-block-size: 58cqb;
        overflow: auto;
      }
      .views {
        container-type: size;
      }
      .sheet {
        display: none;
      }
      /* Where there is little room, the roofline needs it more than the summary. */
      @media (max-width: 1100px), (max-height: 780px) {
        systole-run-summary {
          display: none;
        }
        .panel {
          max-block-size: 60cqb;
        }
      }
      @media (max-width: 800px) {
        .tabs {
          display: flex;
          gap: 4px;
          padding: 4px 10px;
        }
        .tabs button {
          border-color: transparent;
          color: var(--ink-quiet);
        }
        .tabs button[aria-selected='true'] {
          background: var(--raised);
          color: var(--ink);
          font-weight: 650;
        }
        .views {
          display: block;
        }
        .splitter,
        .views[data-view='array'] > :not([data-stage='array']):not(.sheet),
        .views[data-view='torus'] > :not([data-stage='torus']):not(.sheet),
        .views[data-view='roofline'] > :not([data-stage='roofline']) {
          display: none;
        }
        .views > [data-stage] {
          block-size: 100%;
        }
        .side {
          grid-template-rows: minmax(0, 1fr);
        }
        .panel {
          display: none;
        }
        .sheet {
          display: block;
          position: absolute;
          inset: auto 0 0;
          max-block-size: 60%;
          overflow: auto;
          background: var(--surface);
          border-block-start: 1px solid var(--line);
        }
      }
    `,
  ];
}

/** A single chip has no links to show: its array gets the room. */
function layoutOf({ run }: AppState): 'layout' | 'aloneLayout' {
  return run?.report.slice.chips === 1 ? 'aloneLayout' : 'layout';
}

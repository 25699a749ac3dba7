import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { CHIPS } from '../../hardware/presets.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { gpuBadge } from '../gpu-text.ts';
import { chipText, meshText, sizeText, sliceState, slicesText } from '../scenario-text.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';

/** What runs, as a sentence whose words can be changed, and what can be done with it. */
@customElement('systole-top-bar')
export class TopBar extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.status, state.gpu];
  }

  /** Where a command's words are on screen, if they are. */
  anchorOf(command: string): DOMRect | undefined {
    return this.renderRoot.querySelector(`[data-command="${CSS.escape(command)}"]`)?.getBoundingClientRect();
  }

  protected override renderState(app: App, state: AppState): TemplateResult {
    const scenario = state.run?.scenario;
    const badge = gpuBadge(state.gpu);
    return html`<header>
      <p class="sentence">${scenario === undefined ? 'Starting the engine …' : this.#sentence(app, scenario, state.run?.report)}</p>
      <div class="actions">
        ${this.#renderStatus(app, state)}
        <button class="badge" title=${badge.detail} @click=${() => app.goTo('trust')}>
          <i data-state=${badge.state}></i>${badge.label}
        </button>
        <button title="Copy a link to this run; nothing is uploaded" @click=${this.#act(app, 'file.share')}>Share</button>
        <button title="Save a recording (Ctrl+S)" @click=${this.#act(app, 'file.save')}>Save</button>
        <button title="Open a scenario or recording (Ctrl+O), or drop it anywhere" @click=${this.#act(app, 'file.open')}>
          Open
        </button>
        <button class="plain" aria-label="Ctrl K: all commands" title="All commands (Ctrl+K)" @click=${this.#act(app, 'page.palette')}>
          <kbd>Ctrl K</kbd>
        </button>
      </div>
    </header>`;
  }

  #act(app: App, id: string): () => void {
    return () => void invoke(app, app.command(id));
  }

  #word(app: App, command: string, text: string, isNumber = false): TemplateResult {
    return html`<button
      class=${isNumber ? 'word number' : 'word'}
      data-command=${command}
      title=${app.command(command).label}
      @click=${this.#act(app, command)}
    >${text}</button>`;
  }

  #sentence(app: App, scenario: Scenario, report: RunReport | undefined): TemplateResult {
    const { workload } = scenario;
    const chipName = CHIPS.find(({ chip }) => chip.id === scenario.chip)?.chip.name ?? chipText(scenario);
    const chip = this.#word(app, 'scenario.chip', chipName);
    const slices = slicesText(scenario.slice);
    const several = slices === '' ? nothing : this.#word(app, 'scenario.slices', slices);
    const slice = this.#word(app, 'scenario.slice', sliceState(scenario.slice), true);
    const size = this.#word(app, 'scenario.size', sizeText(workload), true);
    const changes = (scenario.set ?? []).map((line) => this.#change(app, scenario, line));
    const add = html`<button class="set" data-command="scenario.set" title="Set a field of the chip" @click=${this.#act(app, 'scenario.set')}>+ set</button>`;
    if (workload.kind === 'gemm') {
      return html`Multiplying ${this.#word(app, 'scenario.workload', `a ${workload.dtype ?? 'bf16'} matrix`)} of ${size}
        on ${several} ${chip} ${slice} ${changes} ${add}`;
    }
    return html`Training ${this.#word(app, 'scenario.workload', workload.model.name)} with batch ${size} on ${several}
      ${chip} ${slice}, sharded ${this.#word(app, 'scenario.mesh', meshText(workload.mesh ?? report?.mesh), true)} ${changes} ${add}`;
  }

  #change(app: App, scenario: Scenario, line: string): TemplateResult {
    const without = (scenario.set ?? []).filter((each) => each !== line);
    const { set: _, ...rest } = scenario;
    return html`<span class="change number"
      >${line}<button
        class="plain"
        aria-label=${`Take ${line} back`}
        @click=${() => void app.change(without.length === 0 ? rest : { ...scenario, set: without })}
      >×</button></span
    >`;
  }

  #renderStatus(app: App, state: AppState): TemplateResult | typeof nothing {
    const { status } = state;
    if (status.kind !== 'running' || !status.shown) return nothing;
    return html`<span class="progress small quiet" role="status">
      <progress max="1" .value=${status.fraction} aria-label="Run"></progress>${status.what}
      <button class="small" @click=${this.#act(app, 'run.cancel')}>Cancel</button>
    </span>`;
  }

  static override styles = [
    sharedStyles,
    css`
      header {
        display: flex;
        align-items: center;
        gap: 12px 20px;
        min-block-size: 48px;
        padding: 6px 16px;
        border-block-end: 1px solid var(--line);
      }
      .sentence {
        flex: 1;
        line-height: 1.9;
      }
      .word {
        font-weight: 650;
        border: 0;
        border-radius: 0;
        border-block-end: 1px dashed var(--ink-quiet);
        padding: 1px 1px 0;
        margin-inline: 1px;
      }
      .word.number,
      .change {
        font-family: var(--font-numbers);
      }
      .set {
        border-style: dashed;
        font-size: var(--size-12);
        padding: 1px 8px;
        margin-inline-start: 8px;
        color: var(--ink-quiet);
      }
      .change {
        font-size: var(--size-12);
        border: 1px solid var(--line);
        border-radius: 999px;
        padding: 1px 2px 1px 10px;
        margin-inline-start: 6px;
        white-space: nowrap;
      }
      .change button {
        padding: 0 6px;
      }
      .actions {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .actions button {
        border-radius: 999px;
        font-size: var(--size-12);
      }
      .badge {
        display: flex;
        align-items: center;
        gap: 6px;
      }
      .badge i {
        inline-size: 7px;
        block-size: 7px;
        border-radius: 50%;
        background: var(--ink-quiet);
      }
      .badge i[data-state='good'] {
        background: var(--unit-vpu);
      }
      .badge i[data-state='bad'] {
        background: var(--warn);
        border-radius: 0;
      }
      .progress {
        display: flex;
        align-items: center;
        gap: 8px;
        white-space: nowrap;
      }
      progress {
        inline-size: 90px;
        block-size: 6px;
        accent-color: var(--ink-quiet);
      }
      @media (max-width: 1200px) {
        .actions .badge {
          font-size: 0;
          gap: 0;
          padding: 6px 8px;
        }
      }
      @media (max-width: 900px) {
        header {
          flex-wrap: wrap;
        }
        .sentence {
          flex-basis: 100%;
        }
      }
      @media (max-width: 600px) {
        header {
          padding-inline: 10px;
        }
        .badge {
          display: none;
        }
      }
    `,
  ];
}

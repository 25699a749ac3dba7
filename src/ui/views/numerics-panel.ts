import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import type { Dtype } from '../../hardware/chip.ts';
import type { MatmulDetail } from '../../machine/report.ts';
import { DTYPE_TRAITS, MATMUL_DTYPES } from '../../numerics/dtypes.ts';
import type { NumericsReport } from '../../worker/numerics-service.ts';
import { type NumericsPick, type NumericsRequest, tileShapeOf } from '../../worker/numerics-trial.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';
import {
  ACCUMULATION_IDS,
  ACCUMULATION_NAMES,
  accumulationsFor,
  commandText,
  type MatmulOp,
  matmulOp,
  openingPicks,
  withDtype,
} from './numerics-choices.ts';
import { numericsStyles } from './numerics-styles.ts';
import './numerics-results.ts';

type Status =
  | { readonly kind: 'running'; readonly fraction: number; readonly what: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'refused'; readonly message: string };

const NAMES = ['First', 'Second'] as const;
/** As the array view has it. */
const DEFAULT_SEED = 0;

/** One tile of a matmul under two formats or orders of summation, chosen by the user. */
@customElement('systole-numerics-panel')
export class NumericsPanel extends AppElement {
  @query('dialog') private dialog: HTMLDialogElement | null | undefined;
  @state() private picks: NumericsRequest['picks'] = openingPicks('bf16');
  @state() private reference: NumericsRequest['reference'] = 'original';
  @state() private status: Status = { kind: 'cancelled' };
  @state() private report: NumericsReport | undefined;
  /** Decides the formats that the panel opens with. */
  #shownDtype: Dtype | undefined;
  /** What the report on screen, or the trial that is to replace it, is of. */
  #tried: MatmulDetail | undefined;
  #trials = 0;

  protected override watched(now: AppState): readonly unknown[] {
    return [now.dialog, now.run];
  }

  protected override renderState(app: App, now: AppState): TemplateResult | typeof nothing {
    const op = shownOp(now);
    if (op === undefined) return nothing;
    const request = this.#requestFor(op, now);
    return html`<dialog
      aria-labelledby="title"
      @close=${() => this.#closed(app)}
      @click=${(event: MouseEvent) => {
        if (event.target === this.dialog) this.dialog?.close();
      }}
    >
      <header>
        <h2 id="title">Numerics of ${op.name}</h2>
        <button class="plain" aria-label="Close" title="Close (Esc)" @click=${() => this.dialog?.close()}>×</button>
      </header>
      <p class="quiet small">${tileText(op, request)}</p>
      <div class="picks">
        ${this.picks.map((pick, index) => this.#renderPick(app, pick, index === 0 ? 0 : 1))}
        <label class="reference">
          Error against fp64 of
          <select
            @change=${(event: Event) => {
              this.reference = chosenIn(event) === 'loaded' ? 'loaded' : 'original';
              void this.#start(app);
            }}
          >
            <option value="original" .selected=${this.reference === 'original'}>
              the original operands: what format and sums lose
            </option>
            <option value="loaded" .selected=${this.reference === 'loaded'}>
              the operands as loaded: what the sums alone lose
            </option>
          </select>
        </label>
      </div>
      <div class="status small" role="status">${this.#renderStatus(app)}</div>
      ${
        this.report === undefined
          ? nothing
          : html`<systole-numerics-results
              .report=${this.report}
              aria-busy=${this.status.kind === 'running'}
            ></systole-numerics-results>`
      }
      <footer class="small quiet">
        <p>
          A documented model with parameters, not the chip's own arithmetic: what a chip does inside is not public.
        </p>
        ${
          request.reference === 'original'
            ? html`<p>The same numbers from the command line: <code>${commandText(request)}</code></p>`
            : nothing
        }
      </footer>
    </dialog>`;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    const { app } = this;
    const op = app && shownOp(app.state);
    if (app === undefined || op === undefined || this.#tried === op.detail) return;
    if (this.#shownDtype !== op.detail.dtype) this.picks = openingPicks(op.detail.dtype);
    this.#shownDtype = op.detail.dtype;
    this.#tried = op.detail;
    this.report = undefined;
    void this.#start(app);
  }

  protected override updated(): void {
    if (this.dialog?.open === false) this.dialog.showModal();
  }

  #renderPick(app: App, pick: NumericsPick, index: 0 | 1): TemplateResult {
    const set = (changed: NumericsPick): void => {
      this.picks = index === 0 ? [changed, this.picks[1]] : [this.picks[0], changed];
      void this.#start(app);
    };
    return html`<fieldset>
      <legend><span class="swatch" data-choice=${index}></span>${NAMES[index]}</legend>
      <label>
        Format
        <select
          name=${`dtype-${index}`}
          ?autofocus=${index === 0}
          @change=${(event: Event) => {
            const dtype = MATMUL_DTYPES.find((each) => each === chosenIn(event));
            if (dtype !== undefined) set(withDtype(pick, dtype));
          }}
        >
          ${MATMUL_DTYPES.map(
            (dtype) =>
              html`<option value=${dtype} .selected=${dtype === pick.dtype}>${DTYPE_TRAITS[dtype].name}</option>`,
          )}
        </select>
      </label>
      <label>
        Sums
        <select
          name=${`accumulation-${index}`}
          @change=${(event: Event) => {
            const accumulation = ACCUMULATION_IDS.find((each) => each === chosenIn(event));
            if (accumulation !== undefined) set({ ...pick, accumulation });
          }}
        >
          ${accumulationsFor(pick.dtype).map(
            (id) =>
              html`<option value=${id} .selected=${id === pick.accumulation}>${ACCUMULATION_NAMES[id]}</option>`,
          )}
        </select>
      </label>
    </fieldset>`;
  }

  #renderStatus(app: App): TemplateResult {
    const { status, report } = this;
    const again = (label: string): TemplateResult =>
      html`<button @click=${() => void this.#start(app)}>${label}</button>`;
    switch (status.kind) {
      case 'running':
        return html`<progress max="1" .value=${status.fraction} aria-label="Progress"></progress>
          <span class="quiet">${status.what}</span>
          <button @click=${() => app.engine.cancelNumerics()}>Cancel</button>`;
      case 'cancelled':
        return html`<span>Cancelled.</span> ${again('Compute')}`;
      case 'refused':
        return html`<span class="problem">${status.message}</span> ${again('Try again')}`;
      case 'done':
        return html`<span class="quiet">${report === undefined ? '' : whereText(report)}</span>`;
    }
  }

  #requestFor({ detail }: MatmulOp, { run }: AppState): NumericsRequest {
    return {
      shape: tileShapeOf(detail, this.picks),
      seed: run?.scenario.seed ?? DEFAULT_SEED,
      passRows: detail.arrays[0].config.rows,
      picks: this.picks,
      reference: this.reference,
    };
  }

  async #start(app: App): Promise<void> {
    const op = shownOp(app.state);
    if (op === undefined) return;
    this.#trials += 1;
    const trial = this.#trials;
    const isCurrent = (): boolean => trial === this.#trials;
    this.status = { kind: 'running', fraction: 0, what: 'starting' };
    const outcome = await app.engine.compareNumerics(this.#requestFor(op, app.state), (fraction, what) => {
      if (isCurrent() && this.status.kind === 'running') this.status = { kind: 'running', fraction, what };
    });
    if (!isCurrent()) return;
    if (outcome.kind === 'done') {
      this.report = outcome.value;
      this.status = { kind: 'done' };
    } else this.status = outcome;
  }

  #closed(app: App): void {
    if (this.status.kind === 'running') {
      app.engine.cancelNumerics();
      this.#tried = undefined;
    }
    if (app.state.dialog?.kind === 'numerics') app.store.update({ dialog: undefined });
  }

  static override styles = [sharedStyles, numericsStyles];
}

function shownOp({ dialog, run }: AppState): MatmulOp | undefined {
  return dialog?.kind === 'numerics' && run !== undefined ? matmulOp(run.report, dialog.op) : undefined;
}

function tileText({ detail: { gemm } }: MatmulOp, { shape, passRows, seed }: NumericsRequest): string {
  const size = [shape.m, shape.k, shape.n].map(formatCount).join(' × ');
  const whole = [gemm.m, gemm.k, gemm.n].map(formatCount).join(' × ');
  const corner =
    size === whole ? `The whole op, M × K × N = ${size}` : `M × K × N = ${size}, a corner of ${whole}`;
  return `${corner}. Operands about N(0, 1) from seed ${seed}; passes of ${passRows} rows, as the array has.`;
}

function whereText({ computedOn, seconds, outcomes }: NumericsReport): string {
  const kernels = [...new Set(outcomes.map(({ kernel }) => kernel))].join(', ');
  const where =
    computedOn.id === 'gpu'
      ? `Computed on the GPU (${computedOn.why}; ${kernels}), which is bit-exact.`
      : `Computed on the CPU twin, which gives the same bits: ${computedOn.why}.`;
  return `${where} ${formatSi(seconds, 's')}.`;
}

function chosenIn(event: Event): string {
  return event.target instanceof HTMLSelectElement ? event.target.value : '';
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-numerics-panel': NumericsPanel;
  }
}

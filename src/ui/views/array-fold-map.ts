import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type ArraySchedule, foldAt, foldOf } from '../../array/schedule.ts';
import { formatCount } from '../../base/format-quantity.ts';
import { foldAtPoint, foldMapFigure, layoutFoldMap } from '../../figure/array-folds.ts';
import type { RunningMoment } from '../../figure/array-moment.ts';
import { progressWords } from '../../figure/array-words.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import { PaletteController } from './canvas-palette.ts';

const MAP_HEIGHT_PX = 120;

/** The tiles of the GEMM that runs: where in it the array is, and a way to any other tile. */
@customElement('systole-fold-map')
export class FoldMapElement extends LitElement {
  @property({ attribute: false }) moment: RunningMoment | undefined;
  /** Without words on what the array is at, where something else needs the room. */
  @property({ attribute: false }) brief = false;
  @state() private widthPx = 0;
  readonly #theme = new PaletteController(this);
  /** In the next frame: the map's height follows from its width, which must not happen while sizes are told. */
  readonly #resizes = new ResizeObserver(([entry]) => {
    requestAnimationFrame(() => {
      if (entry !== undefined) this.widthPx = Math.floor(entry.contentRect.width);
    });
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
  }

  override render(): TemplateResult | typeof nothing {
    const { moment } = this;
    if (moment === undefined) return nothing;
    const { schedule, cycle, part, parts } = moment;
    const { repeats, foldsPerGemm } = schedule;
    const { index: fold, repeat } = foldAt(schedule.config, schedule.gemm, cycle);
    const map = layoutFoldMap(schedule, Math.max(1, this.widthPx), MAP_HEIGHT_PX);
    const { m, k, n } = schedule.gemm;
    return html`${this.brief ? nothing : this.#renderProgress(schedule, cycle)}
      <p class="quiet small">
        <span class="number">${formatCount(m)} × ${formatCount(k)} × ${formatCount(n)}</span> in tiles
      </p>
      ${
        parts > 1
          ? html`<p class="quiet small">Product ${formatCount(part + 1)} of ${formatCount(parts)} of this kernel.</p>`
          : nothing
      }
      ${
        map === undefined
          ? nothing
          : html`<systole-figure
            .style=${`width:${map.width}px;height:${map.height}px`}
            .drawing=${foldMapFigure(map, fold, this.#theme.palette)}
            @click=${(event: MouseEvent) =>
              this.#seek(schedule, foldAtPoint(map, repeat, event.offsetX, event.offsetY))}
          ></systole-figure>`
      }
      ${
        foldsPerGemm > 1
          ? this.#renderSlider('tile', fold - repeat * foldsPerGemm, foldsPerGemm, (to) =>
              this.#seek(schedule, repeat * foldsPerGemm + to),
            )
          : nothing
      }
      ${
        repeats > 1
          ? this.#renderSlider('GEMM', repeat, repeats, (to) => this.#seek(schedule, to * foldsPerGemm))
          : nothing
      }`;
  }

  #renderProgress(schedule: ArraySchedule, cycle: number): TemplateResult {
    return html`<dl class="small">
      ${progressWords(schedule, cycle).map(
        ({ name, text }) => html`<dt class="quiet">${name}</dt>
          <dd class="number">${text}</dd>`,
      )}
    </dl>`;
  }

  #renderSlider(name: string, at: number, count: number, seek: (index: number) => void): TemplateResult {
    return html`<label class="small">
      <span class="quiet">${name} <span class="number">${formatCount(at + 1)} of ${formatCount(count)}</span></span>
      <input
        type="range"
        min="0"
        max=${count - 1}
        .value=${String(at)}
        aria-valuetext="${name} ${at + 1} of ${count}"
        @input=${(event: Event) => {
          if (event.target instanceof HTMLInputElement) seek(event.target.valueAsNumber);
        }}
      />
    </label>`;
  }

  #seek(schedule: ArraySchedule, fold: number): void {
    const cycle = foldOf(schedule, fold).stream.start;
    this.dispatchEvent(new CustomEvent<{ cycle: number }>('seek-cycle', { detail: { cycle } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      systole-figure {
        cursor: pointer;
      }
      /* Where the array has no room to spare. */
      @container (inline-size < 460px) and (block-size < 620px) {
        :host {
          grid-auto-flow: column;
          grid-auto-columns: minmax(0, 1fr);
        }
        systole-figure,
        p,
        dl {
          display: none;
        }
      }
      @container (inline-size < 460px) and (block-size < 450px) {
        :host {
          grid-auto-flow: row;
        }
      }
      label {
        display: grid;
      }
      dd {
        margin-block-end: 4px;
        overflow-wrap: anywhere;
      }
      input {
        inline-size: 100%;
        margin: 0;
        block-size: 16px;
        accent-color: var(--ink-quiet);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-fold-map': FoldMapElement;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import type { Activity } from '../../array/state-grids.ts';
import { formatCount, THIN_SPACE } from '../../base/format-quantity.ts';
import { ARRAY_METRICS, type ArrayMetric, BAND_WAVES, valueRange } from '../../figure/array-pixels.ts';
import { type ColorScale, differenceScale, utilizationScale } from '../../figure/color-scales.ts';
import { sharedStyles } from '../shared-styles.ts';
import { rampStyle } from './canvas-legend.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';

const METRIC_NAMES: Readonly<Record<ArrayMetric, string>> = {
  state: 'State',
  operand: 'Operand',
  weight: 'Weight',
  sum: 'Partial sum',
  utilization: 'Use so far',
};

/** In the order in which a PE goes through them. */
const STATES: readonly Activity[] = ['loading', 'working', 'draining', 'padding', 'idle'];

/** What the colours of the array mean; choosing a name changes the meaning. */
@customElement('systole-array-legend')
export class ArrayLegend extends LitElement {
  @property({ attribute: false }) metric: ArrayMetric = 'state';
  @property({ attribute: false }) schedule: ArraySchedule | undefined;
  /** PEs in each state now. */
  @property({ attribute: false, hasChanged: () => true }) counts:
    | Readonly<Record<Activity, number>>
    | undefined;
  readonly #theme = new PaletteController(this);

  override render(): TemplateResult {
    return html`<div class="metrics" role="group" aria-label="What the colours mean">
        ${ARRAY_METRICS.map(
          (metric) => html`<button
            class="small"
            aria-pressed=${this.metric === metric ? 'true' : 'false'}
            @click=${() =>
              this.dispatchEvent(
                new CustomEvent<{ metric: ArrayMetric }>('metric-change', { detail: { metric } }),
              )}
          >
            ${METRIC_NAMES[metric]}
          </button>`,
        )}
      </div>
      ${this.metric === 'state' ? this.#renderStates() : this.#renderRamp(this.metric)}`;
  }

  #renderStates(): TemplateResult {
    const outputStationary = this.schedule?.config.dataflow === 'os';
    const states = STATES.filter((each) =>
      each === 'draining' ? outputStationary : each !== 'loading' || !outputStationary,
    );
    return html`<ul>
      ${states.map(
        (each) =>
          html`<li title=${STATE_TITLES[each]}>
            <span class="swatch ${each}"></span>${each}
            <span class="number count">${this.counts === undefined ? nothing : formatCount(this.counts[each])}</span>
          </li>`,
      )}
    </ul>`;
  }

  #renderRamp(metric: Exclude<ArrayMetric, 'state'>): TemplateResult {
    const { scheme } = this.#theme.palette;
    if (metric === 'utilization') {
      return ramp(utilizationScale(scheme), '0', `100${THIN_SPACE}% of the cycles so far`);
    }
    const range = this.schedule === undefined ? 3 : valueRange(metric, this.schedule);
    const note = metric === 'sum' ? 'fp32, seeded operands' : 'bf16, seeded';
    return ramp(differenceScale(scheme), `−${range}`, `${range} (${note})`);
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 14px;
        align-items: center;
        padding: 0;
        block-size: auto;
        font-size: var(--size-12);
        color: var(--ink-quiet);
        container-type: normal;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 14px;
      }
      .count {
        color: var(--ink);
        margin-inline-start: 2px;
      }
      .ramp-row {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .ramp {
        inline-size: 110px;
      }
      .working {
        background: repeating-linear-gradient(
          135deg,
          var(--state-working) 0 4px,
          color-mix(in oklab, var(--state-working) 62%, var(--ground)) 4px 6px
        );
      }
      .loading {
        background: repeating-linear-gradient(
          0deg,
          var(--state-loading) 0 2px,
          color-mix(in oklab, var(--state-loading) 72%, var(--ground)) 2px 4px
        );
      }
      .draining {
        background: repeating-linear-gradient(
          90deg,
          var(--state-draining) 0 2px,
          color-mix(in oklab, var(--state-draining) 65%, var(--ground)) 2px 4px
        );
      }
      .padding {
        background: repeating-linear-gradient(
          45deg,
          var(--state-padding) 0 1.5px,
          color-mix(in oklab, var(--state-padding) 28%, var(--ground)) 1.5px 4px
        );
      }
      .idle {
        background: var(--state-idle);
      }
    `,
  ];
}

const STATE_TITLES: Readonly<Record<Activity, string>> = {
  working: `multiplies something real; one band is ${BAND_WAVES} rows of the streamed matrix, the bright line its first`,
  loading: 'shifts weights in; those that work meanwhile count as both, with a line for every fourth row',
  draining: 'passes finished sums down; those that work meanwhile count as both',
  padding: 'a wave is here, but the tile is ragged and ends before this PE',
  idle: 'nothing arrives',
};

function ramp(scale: ColorScale, low: string, high: string): TemplateResult {
  return html`<span class="ramp-row">
    <span class="number">${low}</span>
    <span class="ramp" role="img" aria-label="Colour scale from ${low} to ${high}" .style=${rampStyle(scale)}></span>
    <span class="number">${high}</span>
  </span>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-legend': ArrayLegend;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import type { Activity } from '../../array/state-grids.ts';
import { formatCount, THIN_SPACE } from '../../base/format-quantity.ts';
import {
  ACTIVITY_METRICS,
  type ActivityMetric,
  activityRange,
  formatActivity,
} from '../../figure/array-activity.ts';
import { type ArrayMetric, BAND_WAVES, type ValueMetric, valueRange } from '../../figure/array-pixels.ts';
import { type ColorScale, differenceScale, utilizationScale } from '../../figure/color-scales.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { ActivityStatus } from './array-activity.ts';
import { rampStyle } from './canvas-legend.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';

/** What the colours may mean; the first metric of each is what its button chooses. */
const CHOICES: readonly {
  readonly name: string;
  readonly metrics: readonly [ArrayMetric, ...ArrayMetric[]];
}[] = [
  { name: 'State', metrics: ['state'] },
  { name: 'Operand', metrics: ['operand'] },
  { name: 'Weight', metrics: ['weight'] },
  { name: 'Partial sum', metrics: ['sum'] },
  { name: 'Use so far', metrics: ['utilization'] },
  { name: 'Activity', metrics: ACTIVITY_METRICS },
];

const ACTIVITY_NAMES: Readonly<Record<ActivityMetric, string>> = {
  toggles: 'bit toggles a cycle',
  gated: 'gated share',
};
const ACTIVITY_TITLES: Readonly<Record<ActivityMetric, string>> = {
  toggles: 'Bits of the operand registers that change, over the cycles of the whole op',
  gated: 'Products of the whole op of which a factor is zero, so that a PE may rest, over all its products',
};

/** In the order in which a PE goes through them. */
const STATES: readonly Activity[] = ['loading', 'working', 'draining', 'padding', 'idle'];

/** What the colours of the array mean; choosing a name changes the meaning. Its content comes last. */
@customElement('systole-array-legend')
export class ArrayLegend extends LitElement {
  @property({ attribute: false }) metric: ArrayMetric = 'state';
  @property({ attribute: false }) schedule: ArraySchedule | undefined;
  /** PEs in each state now. */
  @property({ attribute: false, hasChanged: () => true }) counts:
    | Readonly<Record<Activity, number>>
    | undefined;
  /** The count behind the activity metrics, while one of them is chosen. */
  @property({ attribute: false }) activity: ActivityStatus | undefined;
  readonly #theme = new PaletteController(this);

  override render(): TemplateResult {
    return html`<div class="metrics" role="group" aria-label="What the colours mean">
        ${CHOICES.map(
          ({ name, metrics }) => html`<button
            class="small"
            aria-pressed=${metrics.includes(this.metric) ? 'true' : 'false'}
            @click=${() => this.#choose(metrics[0])}
          >
            ${name}
          </button>`,
        )}
      </div>
      ${this.#renderMeaning()} ${this.metric === 'state' ? nothing : html`<slot></slot>`}`;
  }

  #renderMeaning(): TemplateResult {
    switch (this.metric) {
      case 'state':
        return this.#renderStates();
      case 'toggles':
      case 'gated':
        return this.#renderActivity(this.metric);
      default:
        return this.#renderRamp(this.metric);
    }
  }

  #choose(metric: ArrayMetric): void {
    this.#send('metric-change', { metric });
  }

  #send(name: string, detail?: { readonly metric: ArrayMetric }): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #renderActivity(shown: ActivityMetric): TemplateResult {
    return html`<div class="metrics" role="group" aria-label="Which activity">
        ${ACTIVITY_METRICS.map(
          (metric) => html`<button
            class="small"
            title=${ACTIVITY_TITLES[metric]}
            aria-pressed=${metric === shown ? 'true' : 'false'}
            @click=${() => this.#choose(metric)}
          >
            ${ACTIVITY_NAMES[metric]}
          </button>`,
        )}
      </div>
      ${this.#renderActivityStatus(shown)}`;
  }

  #renderActivityStatus(metric: ActivityMetric): TemplateResult | typeof nothing {
    switch (this.activity?.kind) {
      case undefined:
        return nothing;
      case 'running':
        return html`<span class="ramp-row">
          <progress max="1" .value=${this.activity.fraction} aria-label="Counting toggles and zero operands"></progress>
          <button class="small" @click=${() => this.#send('activity-stop')}>Cancel</button>
        </span>`;
      case 'stopped':
        return html`<span class="ramp-row">
          Cancelled. <button class="small" @click=${() => this.#send('activity-start')}>Count</button>
        </span>`;
      case 'refused':
        return html`<span>${this.activity.message}</span>`;
      case 'done': {
        const high = formatActivity(activityRange(this.activity.activity, metric), metric);
        const unit = metric === 'toggles' ? 'a cycle' : 'of the products';
        return ramp(utilizationScale(this.#theme.palette.scheme), '0', `${high} ${unit} (bf16, seeded)`);
      }
    }
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
      <li class="last"><slot></slot></li>
    </ul>`;
  }

  #renderRamp(metric: ValueMetric | 'utilization'): TemplateResult {
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
      ul {
        flex: 1 1 auto;
      }
      .last,
      slot {
        margin-inline-start: auto;
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
      .ramp,
      progress {
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

import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { formatPercent } from '../../base/format-quantity.ts';
import { spanOf } from '../../figure/time-scale.ts';
import { laneSums, type TimelineIndex } from '../../figure/timeline-index.ts';
import { spanAt } from '../../figure/timeline-lookup.ts';
import type { IdleCause } from '../../machine/report.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { IDLE_CAUSES } from '../idle-text.ts';
import { playRateText } from '../play-rate.ts';
import { sharedStyles } from '../shared-styles.ts';
import { describePlaced, formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';

/** One line below the lanes: transport, what the playhead or a marked stretch means, what hatching means. */
@customElement('systole-timeline-footer')
export class TimelineFooter extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.cursorPs, state.area, state.playing, state.playRate];
  }

  protected override renderState(app: App, state: AppState): TemplateResult | typeof nothing {
    const index = app.timelineIndex();
    if (index === undefined) return nothing;
    const act = (id: string) => () => void invoke(app, app.command(id));
    return html`<div class="transport">
        <button class="plain" aria-label="Previous event" title="Previous event ( , )" @click=${act('time.previousEvent')}>
          ${icon('M4 3v10M13 3L6 8l7 5z')}
        </button>
        <button
          class="plain"
          aria-label=${state.playing ? 'Pause' : 'Play'}
          title="Play or pause (Space)"
          @click=${act('time.play')}
        >
          ${state.playing ? icon('M5 3v10M11 3v10') : icon('M4 2.5v11L13 8z')}
        </button>
        <button class="plain" aria-label="Next event" title="Next event ( . )" @click=${act('time.nextEvent')}>
          ${icon('M12 3v10M3 3l7 5-7 5z')}
        </button>
        <button class="plain small" title="Type a time or a cycle (G)" @click=${act('time.goTo')}>go to …</button>
        <button
          class="plain small number"
          title="Playing speed: Shift+, is slower, Shift+. faster"
          aria-label="Playing speed: ${playRateText(state.playRate)}"
          @click=${act('time.rate')}
        >
          ${playRateText(state.playRate)}
        </button>
      </div>
      <p class="what small">${state.area === undefined ? this.#renderNow(index, state) : renderArea(index, state)}</p>
      <ul class="legend small" aria-label="What hatching means">
        ${causesOf(index).map(
          (cause) =>
            html`<li><i data-cause=${cause} .style=${`--hue:var(--unit-${IDLE_CAUSES[cause].unit})`}></i>${IDLE_CAUSES[cause].label}</li>`,
        )}
      </ul>`;
  }

  /** The matrix unit's business under the playhead: what it computes, or what it waits for. */
  #renderNow(index: TimelineIndex, state: AppState): TemplateResult | typeof nothing {
    const [lane] = index.lanes;
    const placed = lane === undefined ? undefined : spanAt(lane, state.cursorPs);
    if (lane === undefined || placed === undefined) return nothing;
    return html`<b>${lane.name}</b> ${describePlaced(index.report, placed)}`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 16px;
        block-size: 28px;
        margin-block-start: 2px;
      }
      .transport {
        display: flex;
        flex: none;
        margin-inline-start: -6px;
      }
      svg {
        display: block;
        inline-size: 14px;
        block-size: 14px;
        fill: currentColor;
        stroke: currentColor;
        stroke-width: 1.6;
        stroke-linejoin: round;
      }
      .what {
        flex: 1;
        min-inline-size: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--ink-quiet);
      }
      .what b {
        color: var(--ink);
        font-weight: 600;
      }
      .legend {
        display: flex;
        gap: 14px;
        color: var(--ink-quiet);
        white-space: nowrap;
      }
      .legend li {
        display: flex;
        align-items: center;
        gap: 5px;
      }
      i {
        inline-size: 16px;
        block-size: 10px;
      }
      i[data-cause='ici'] {
        background: repeating-linear-gradient(-45deg, var(--hue) 0 1.5px, transparent 1.5px 5px);
      }
      i[data-cause='dcn'] {
        background: repeating-linear-gradient(0deg, var(--hue) 0 2.6px, transparent 2.6px 8px);
      }
      i[data-cause='hbm'] {
        background: repeating-linear-gradient(45deg, var(--hue) 0 1.5px, transparent 1.5px 5px);
      }
      i[data-cause='vpu'] {
        background: repeating-linear-gradient(0deg, var(--hue) 0 1.5px, transparent 1.5px 4px);
      }
      i[data-cause='fill-drain'] {
        background: repeating-linear-gradient(90deg, var(--hue) 0 1.5px, transparent 1.5px 4px);
      }
      i[data-cause='padding'] {
        background: repeating-linear-gradient(45deg, var(--hue) 0 1px, transparent 1px 5px),
          repeating-linear-gradient(-45deg, var(--hue) 0 1px, transparent 1px 5px);
      }
      i[data-cause='dependency'],
      i[data-cause='no-work'] {
        background: radial-gradient(var(--hue) 1px, transparent 1.3px) 0 0 / 4px 4px;
      }
      i[data-cause='no-work'] {
        opacity: 0.5;
      }
      i[data-cause='launch'] {
        background: repeating-linear-gradient(-45deg, var(--hue) 0 1px, transparent 1px 5px);
        opacity: 0.7;
      }
      @media (max-width: 1100px) {
        :host {
          block-size: auto;
          flex-wrap: wrap;
          gap: 0 16px;
        }
        .transport {
          block-size: 28px;
        }
        .legend {
          flex-basis: 100%;
          flex-wrap: wrap;
          gap: 0 14px;
        }
      }
    `,
  ];
}

function icon(path: string): TemplateResult {
  return html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${path} /></svg>`;
}

function renderArea(index: TimelineIndex, state: AppState): TemplateResult | typeof nothing {
  const { area } = state;
  if (area === undefined) return nothing;
  const span = spanOf(area);
  const parts = index.lanes.map((lane) => {
    const sums = laneSums(lane, area);
    return { name: lane.name, share: sums.workPs / span, idle: sums.idlePs };
  });
  const [matrix] = parts;
  const [worst] = [...(matrix?.idle ?? [])].sort((a, b) => b[1] - a[1]);
  return html`<b class="number">${formatDuration(span)}</b> marked, of peak:
    ${parts.map((part) => html`<span class="number">${part.name} ${formatPercent(part.share, 2)}</span>&ensp;`)}
    ${worst === undefined ? nothing : html`· MXU ${IDLE_CAUSES[worst[0]].label} ${formatPercent(worst[1] / span, 2)} of it`}
    · F fits, Esc unmarks`;
}

const KNOWN_CAUSES: readonly IdleCause[] = [
  'ici',
  'dcn',
  'hbm',
  'vpu',
  'dependency',
  'fill-drain',
  'padding',
  'launch',
  'no-work',
];

/** Causes that occur anywhere in this run, in the order of their fixed list. */
function causesOf(index: TimelineIndex): readonly IdleCause[] {
  const found = new Set<IdleCause>();
  for (const lane of index.lanes) {
    for (const part of lane.blocks) for (const cause of part.idleBefore.keys()) found.add(cause);
  }
  return KNOWN_CAUSES.filter((cause) => found.has(cause));
}

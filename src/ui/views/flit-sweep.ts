import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { sweepFigure } from '../../figure/flit-figures.ts';
import type { TrafficSweep } from '../../ici/traffic-sweep.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { viewStyles } from './canvas-styles.ts';

/** Latency against offered load, as far as it has been computed, and the same as a table. */
@customElement('systole-flit-sweep')
export class FlitSweepView extends LitElement {
  @property({ attribute: false }) sweep: TrafficSweep | undefined;
  @property({ attribute: false }) complete = false;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };

  override render(): TemplateResult | typeof nothing {
    const { sweep, size } = this;
    if (sweep === undefined) return nothing;
    return html`<div class="stage" role="img" aria-label="Latency against offered load. ${sweepSentence(sweep, this.complete)}">
        <systole-figure
          .drawing=${size.width === 0 ? undefined : sweepFigure(sweep, size.width, size.height)}
          @figure-size=${(event: CustomEvent<FigureSize>) => {
            this.size = event.detail;
          }}
        ></systole-figure>
      </div>
      <p class="small">${sweepSentence(sweep, this.complete)}</p>
      <div class="rows" tabindex="0" role="region" aria-label="Points of the curve">
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">Offered</th>
              <th scope="col" class="number">Accepted</th>
              <th scope="col" class="number">Latency</th>
              <th scope="col"></th>
            </tr>
          </thead>
          <tbody>
            ${sweep.points.map(
              ({ offered, accepted, stable, latencyCycles }) => html`<tr>
                <td class="number" title="flits a node and cycle">${offered.toFixed(4)}</td>
                <td class="number" title="flits a node and cycle">${accepted.toFixed(4)}</td>
                <td class="number">${stable ? `${latencyCycles.toFixed(1)} cycles` : 'grows'}</td>
                <td>${stable ? '' : 'saturated'}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        grid-template-rows: minmax(120px, 1fr) auto minmax(0, 38%);
        gap: 4px;
        padding: 0;
      }
      .rows {
        overflow: auto;
      }
      th.number {
        text-align: end;
      }
    `,
  ];
}

export function sweepSentence(sweep: TrafficSweep, complete: boolean): string {
  const { bound, points, lastStable, firstUnstable } = sweep;
  const ideal = bound.flitsPerNodePerCycle;
  const load = (rate: number): string => `${rate.toFixed(3)} flits a node and cycle`;
  const without = `Without load a packet takes ${bound.zeroLoadCycles.toFixed(1)} cycles.`;
  if (firstUnstable === undefined) {
    return `${without} Keeps up at every load tried so far; links could carry ${load(ideal)}.`;
  }
  const last = lastStable ?? 0;
  const most = Math.max(...points.map(({ accepted }) => accepted));
  const share = Math.round((last / ideal) * 100);
  return `${without} ${complete ? 'Saturates' : 'So far: saturates'} between ${last.toFixed(3)} and ${load(firstUnstable)}: ${share} % of the ${ideal.toFixed(3)} that the links could carry. The most accepted was ${most.toFixed(3)}.`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-sweep': FlitSweepView;
  }
}

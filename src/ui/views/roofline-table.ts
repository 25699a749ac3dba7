import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../../base/time.ts';
import { formatIntensity } from '../../figure/roofline-figure.ts';
import type { Roofline, RooflineMover, RooflinePoint } from '../../figure/roofline-model.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { viewStyles } from './canvas-styles.ts';

/** The roofline's ops as a table, the longest first. */
@customElement('systole-roofline-table')
export class RooflineTable extends LitElement {
  @property({ attribute: false }) roofline: Roofline | undefined;
  /** Op under the cursor. */
  @property({ attribute: false }) current: number | undefined;

  override render(): TemplateResult | typeof nothing {
    if (this.roofline === undefined) return nothing;
    const peak = this.roofline.roofs[0].rate;
    const rows: readonly { readonly place: RooflineMover; readonly point: RooflinePoint | undefined }[] = [
      ...this.roofline.points.map((point) => ({ place: point, point })),
      ...this.roofline.movers.map((place) => ({ place, point: undefined })),
    ].sort((a, b) => b.place.totalPs - a.place.totalPs);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Ops by time">
      <table>
        <thead>
          <tr>
            <th scope="col">Op</th>
            <th scope="col">Time a step</th>
            <th scope="col">FLOP/byte</th>
            <th scope="col">FLOP/s</th>
            <th scope="col">Of peak</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ place, point }) => html`<tr aria-current=${place.op === this.current ? 'true' : nothing}>
              <th scope="row">
                <button class="link" @click=${() => dispatchViewEvent(this, 'select-op', { op: place.op })}>
                  ${place.name}
                </button>
              </th>
              <td class="number">${formatSi(secondsFromPicoseconds(place.totalPs), 's')}</td>
              ${
                point !== undefined
                  ? html`<td class="number">${formatIntensity(point.intensity)}</td>
                    <td class="number">${formatSi(point.achievedFlops, 'FLOP/s')}</td>
                    <td class="number">${formatPercent(point.achievedFlops / peak)}</td>`
                  : html`<td class="quiet" colspan="3">no FLOPs</td>`
              }
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
        display: block;
        position: absolute;
        inset: 0;
        padding: 0;
        block-size: auto;
      }
      th[scope='row'] {
        font-weight: 400;
      }
      tr[aria-current] th {
        border-inline-start: 2px solid var(--accent);
        padding-inline-start: 6px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-roofline-table': RooflineTable;
  }
}

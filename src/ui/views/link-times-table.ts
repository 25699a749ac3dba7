import { html, type TemplateResult } from 'lit';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { Torus } from '../../ici/topology.ts';
import type { LinkTimes } from '../../worker/link-times.ts';
import { dispatchViewEvent } from './canvas-events.ts';

const MAX_TABLE_ROWS = 200;

/** The rows of the map as a table; a link's name selects it, told by `host`. */
export function linkTimesTable(host: EventTarget, torus: Torus, times: LinkTimes): TemplateResult {
  const mean = (shares: Float32Array, row: number): number =>
    shares.subarray(row * times.count, (row + 1) * times.count).reduce((sum, share) => sum + share, 0) /
    times.count;
  const count = Math.min(MAX_TABLE_ROWS, times.links.length);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Links over the collective">
      <table>
        <caption class="quiet">
          ${rowsText(count, times.linkCount)}
        </caption>
        <thead>
          <tr>
            <th scope="col">Link</th>
            <th scope="col" class="number">Bytes</th>
            <th scope="col" class="number">Used</th>
            <th scope="col" class="number">Held back</th>
            <th scope="col" class="number" title="Time that transfers lost there to others, added up">Waited for</th>
          </tr>
        </thead>
        <tbody>
          ${Array.from(
            times.links.subarray(0, count),
            (link, row) => html`<tr>
            <th scope="row">
              <button class="link number" @click=${() => dispatchViewEvent(host, 'select-link', { link })}>
                ${linkLabel(torus, link)}
              </button>
            </th>
            <td class="number">${formatSi(times.bytes[row], 'B')}</td>
            <td class="number">${formatPercent(mean(times.busy, row))}</td>
            <td class="number">${formatPercent(mean(times.blocked, row))}</td>
            <td class="number">${formatSi(times.waitedSeconds[row], 's')}</td>
          </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

export function rowsText(rows: number, links: number): string {
  return rows < links
    ? `${formatCount(rows)} of ${formatCount(links)} links, the worst first`
    : `${formatCount(links)} links, the worst first`;
}

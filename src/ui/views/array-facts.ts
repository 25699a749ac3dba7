import { html, nothing, type TemplateResult } from 'lit';
import type { ArrayMoment, RunningMoment } from '../../figure/array-moment.ts';
import type { OpReport, RunReport } from '../../machine/report.ts';
import { spanText } from '../idle-text.ts';
import { formatDuration } from '../span-text.ts';
import './array-cycle.ts';

/** What the header's buttons ask for. */
export interface FactEvents {
  readonly nextUnit: () => void;
  readonly selectOp: (op: number) => void;
  readonly seekCycle: (moment: RunningMoment, cycle: number) => void;
}

/** Which unit, which op, how large, which cycle of how many. */
export function renderFacts(
  moment: ArrayMoment,
  hasReport: boolean,
  unit: number,
  events: FactEvents,
): TemplateResult {
  switch (moment.kind) {
    case 'nothing':
      return html`<span class="facts">${hasReport ? 'no matrix unit at work' : 'appears with the first run'}</span>`;
    case 'idle':
      return html`<span class="facts">MXU idle</span>`;
    case 'refused':
      return html`<span class="facts" title=${moment.message}>${moment.message}</span>`;
    case 'running':
      return renderRunning(moment, unit, events);
  }
}

function renderRunning(moment: RunningMoment, unit: number, events: FactEvents): TemplateResult {
  const { rows, columns } = moment.schedule.config;
  const { units } = moment.detail;
  return html`<span class="facts">
      <button
        class="link"
        title="Another of the ${units} matrix units: all run the same tiles with other operands"
        ?disabled=${units < 2}
        @click=${events.nextUnit}
      >
        MXU ${unit + 1} of ${units}
      </button>
      ·
      <button class="link op" @click=${() => events.selectOp(moment.op)}>${moment.report.name}</button>
      · <span class="number">${rows}×${columns}</span>
    </span>
    <systole-array-cycle
      .moment=${moment}
      @seek-cycle=${(event: CustomEvent<{ cycle: number }>) => events.seekCycle(moment, event.detail.cycle)}
    ></systole-array-cycle>`;
}

/** While nothing runs: what is awaited, and how long. */
export function renderReason(
  moment: ArrayMoment,
  report: RunReport | undefined,
  seek: (cursorPs: number) => void,
): TemplateResult | typeof nothing {
  if (moment.kind !== 'idle' || report === undefined) return nothing;
  const { startPs, endPs, cause, waitsFor } = moment;
  const reason = spanText(report.ops, { kind: 'idle', startPs, endPs, cause, waitsFor });
  const next: OpReport | undefined = report.ops[moment.next ?? -1];
  return html`<div class="reason">
    <p><strong>Idle</strong> ${reason} · ${formatDuration(endPs - startPs)}</p>
    ${next === undefined ? nothing : html`<button @click=${() => seek(endPs)}>Go to ${next.name}</button>`}
  </div>`;
}

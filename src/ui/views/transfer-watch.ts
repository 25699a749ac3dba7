import type { TimeRange } from '../../figure/time-scale.ts';
import type { ActiveCollective } from '../../figure/torus-load.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import type { TransferFocus } from '../transfer-focus.ts';
import { type TaleAnswer, TalesSource } from './tales-source.ts';

/** What is known of the transfer that is singled out, and where its collective lies in time. */
export class TransferWatch {
  readonly #tales: TalesSource;
  /** Where the collective was last seen, once the playhead has left it. */
  #seen: { readonly op: number; readonly range: TimeRange } | undefined;

  /** @param arrived called when there is something new to draw */
  constructor(arrived: () => void) {
    this.#tales = new TalesSource(arrived);
  }

  /** What there is to tell; undefined with nothing singled out. `active` are the collectives at the playhead. */
  told(
    focus: TransferFocus | undefined,
    report: RunReport,
    scenario: Scenario | undefined,
    engine: Engine | undefined,
    active: readonly ActiveCollective[],
  ): TaleAnswer | undefined {
    const now = active.find(({ op }) => op === focus?.op);
    if (now !== undefined) this.#seen = { op: now.op, range: now.range };
    const detail = focus && report.ops[focus.op]?.detail;
    if (detail?.kind !== 'collective' || scenario === undefined || engine === undefined) return undefined;
    return focus && this.#tales.of({ report, scenario, engine }, focus, detail);
  }

  /** How far its collective is at the playhead, in [0, 1]; undefined where that is elsewhere. */
  progress(focus: TransferFocus, cursorPs: number): number | undefined {
    const range = this.#rangeOf(focus);
    if (range === undefined) return undefined;
    const share = (cursorPs - range.startPs) / (range.endPs - range.startPs);
    return share >= 0 && share <= 1 ? share : undefined;
  }

  /** Where the playhead is at a share of its collective; undefined where that has never been seen. */
  cursorAt(focus: TransferFocus, share: number): number | undefined {
    const range = this.#rangeOf(focus);
    // The last moment belongs to what comes after.
    return range && Math.round(range.startPs + Math.min(share, 0.9999) * (range.endPs - range.startPs));
  }

  #rangeOf({ op }: TransferFocus): TimeRange | undefined {
    return this.#seen?.op === op ? this.#seen.range : undefined;
  }
}

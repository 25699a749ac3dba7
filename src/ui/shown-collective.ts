import type { TimeRange } from '../figure/time-scale.ts';
import type { ActiveCollective } from '../figure/torus-load.ts';
import type { CollectiveDetail, RunReport } from '../machine/report.ts';

/** A collective that is shown by itself, and where it lies in time if the playhead is in it. */
export interface ShownCollective {
  readonly op: number;
  readonly name: string;
  readonly detail: CollectiveDetail;
  readonly range: TimeRange | undefined;
}

/** The chosen collective, wherever the playhead is, else the one under the playhead. */
export function shownCollective(
  active: readonly ActiveCollective[],
  chosenOp: number | undefined,
  report: RunReport | undefined,
): ShownCollective | undefined {
  const chosen = active.find(({ op }) => op === chosenOp);
  const selected = chosenOp === undefined ? undefined : report?.ops[chosenOp];
  if (chosen === undefined && selected?.detail.kind === 'collective' && chosenOp !== undefined) {
    return { op: chosenOp, name: selected.name, detail: selected.detail, range: undefined };
  }
  const now = chosen ?? active[0];
  return now && { op: now.op, name: now.report.name, detail: now.detail, range: now.range };
}

import type { IdleCause, LaneId } from './report.ts';

/** Sums over the run, all exact integers but the bytes. */
export interface Tally {
  /** Where the time of the matrix units went. */
  usefulPs: number;
  readonly idlePs: Record<IdleCause, number>;
  /** Busy time at peak rate, by unit. */
  readonly busyPs: Record<LaneId, number>;
  hbmBytes: number;
  /** Additions of the vector unit inside collectives. */
  reductionOperations: number;
  /** Time the kernels wait for each collective, by op. */
  readonly waitPsByOp: Map<number, number>;
}

export function emptyTally(): Tally {
  return {
    usefulPs: 0,
    idlePs: {
      hbm: 0,
      ici: 0,
      dcn: 0,
      vpu: 0,
      dependency: 0,
      'fill-drain': 0,
      padding: 0,
      launch: 0,
      'no-work': 0,
    },
    busyPs: { mxu: 0, vpu: 0, hbm: 0, 'ici-x': 0, 'ici-y': 0, 'ici-z': 0, dcn: 0, host: 0 },
    hbmBytes: 0,
    reductionOperations: 0,
    waitPsByOp: new Map(),
  };
}

export function copyTally(tally: Tally): Tally {
  return {
    ...tally,
    idlePs: { ...tally.idlePs },
    busyPs: { ...tally.busyPs },
    waitPsByOp: new Map(tally.waitPsByOp),
  };
}

/** Adds `times` times what was tallied since `before`. */
export function repeatSince(tally: Tally, before: Tally, times: number): void {
  tally.usefulPs += times * (tally.usefulPs - before.usefulPs);
  tally.hbmBytes += times * (tally.hbmBytes - before.hbmBytes);
  tally.reductionOperations += times * (tally.reductionOperations - before.reductionOperations);
  addDifference(tally.idlePs, before.idlePs, times);
  addDifference(tally.busyPs, before.busyPs, times);
  for (const [op, ps] of tally.waitPsByOp) {
    tally.waitPsByOp.set(op, ps + times * (ps - (before.waitPsByOp.get(op) ?? 0)));
  }
}

function addDifference<K extends string>(
  sums: Record<K, number>,
  before: Record<K, number>,
  times: number,
): void {
  for (const key of Object.keys(sums) as K[]) sums[key] += times * (sums[key] - before[key]);
}

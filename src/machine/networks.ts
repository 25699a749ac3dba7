import type { CollectiveTask } from '../compiler/program.ts';
import type { Demand } from './hbm-sharing.ts';
import type { LaneId } from './report.ts';

/** Rates of the chip that runs the program. */
export interface MachineRates {
  /** Sustained; infinite to ask what memory costs. */
  readonly hbmBytesPerPs: number;
  /** Published peak, to which utilisation refers. */
  readonly hbmPeakBytesPerPs: number;
  /** Links that take no time and no memory traffic, to ask what they cost. */
  readonly freeLinks: boolean;
  /** The same of the data-centre network. */
  readonly freeDcn: boolean;
}

/** Lanes of the torus axes and of the data-centre network, which collectives hold like one more axis. */
export const NETWORK_LANES: readonly LaneId[] = ['ici-x', 'ici-y', 'ici-z', 'dcn'];
export const DCN = NETWORK_LANES.indexOf('dcn');

/** Torus axes as a set of bits. */
export function axisSet(axes: readonly number[]): number {
  let set = 0;
  for (const axis of axes) set |= 1 << axis;
  return set;
}

/** Torus axes that a collective holds, and the data-centre network where it spans slices. */
export function networksOf(task: CollectiveTask): readonly number[] {
  return task.dcn === undefined ? task.torusAxes : [...task.torusAxes, DCN];
}

/** What a wait for the collective is a wait for. */
export function networkCause(task: CollectiveTask): 'ici' | 'dcn' {
  return task.dcn?.bottleneck ?? 'ici';
}

/** Time and traffic of a collective alone; with one of the networks free, what the other leaves of it. */
export function demandOf(task: CollectiveTask, { freeLinks, freeDcn }: MachineRates): Demand {
  const { dcn, durationPs, hbmBytes, torusAxes } = task;
  const usesLinks = dcn === undefined || torusAxes.length > 0;
  if (freeLinks && usesLinks) return dcn === undefined ? FREE : { alonePs: dcn.freeIciPs, bytes: hbmBytes };
  if (freeDcn && dcn !== undefined) return usesLinks ? { alonePs: dcn.freeDcnPs, bytes: hbmBytes } : FREE;
  return { alonePs: durationPs, bytes: hbmBytes };
}

const FREE: Demand = { alonePs: 0, bytes: 0 };

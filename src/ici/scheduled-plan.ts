import { InputError } from '../base/result.ts';
import type { Candidate } from './candidate.ts';
import { ringTransferCount, ringTransfers } from './flow-schedules.ts';
import type { StreamedPart } from './ring-schedule.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { TransferList } from './transfers.ts';

/** Every chip by itself: some seconds to run, some hundred megabytes to hold. */
export const MAX_UNFOLDED_TRANSFERS = 500_000;
/** What is sent in parts streams in chunks as long as these are run within some seconds. */
const MANY_TRANSFERS = 400_000;
/** Of rings and lines more make next to no difference. */
export const MOST_RING_CHUNKS = 16;

/** A plan of a collective in closed form, and the transfers between single chips that carry it out. */
export interface ScheduledPlan {
  readonly candidate: Candidate;
  /** Transfers of one chunk. */
  readonly perChunk: number;
  /** Chunks that may follow one another through it; 1 where all is sent at once. */
  readonly mostChunks: number;
  transfers(chunks: number): TransferList;
  /** What it is made of, where it is rings and lines. */
  readonly rings?: { readonly layout: ScheduleLayout; readonly parts: readonly StreamedPart[] };
}

/** A plan of rings and lines. */
export function ringsPlan(
  candidate: Candidate,
  layout: ScheduleLayout,
  parts: readonly StreamedPart[],
  latencySeconds: number,
): ScheduledPlan {
  return {
    candidate,
    perChunk: ringTransferCount(layout, parts),
    mostChunks: MOST_RING_CHUNKS,
    transfers: (chunks) => ringTransfers(layout, parts, chunks, latencySeconds),
    rings: { layout, parts },
  };
}

/** The transfers of a plan, in as many chunks as are quickly run. Throws an `InputError` for too many. */
export function scheduledTransfers({ perChunk, mostChunks, transfers }: ScheduledPlan): TransferList {
  checkTransferCount(perChunk);
  let chunks = 1;
  while (2 * chunks <= mostChunks && 2 * chunks * perChunk <= MANY_TRANSFERS) chunks *= 2;
  return transfers(chunks);
}

export function checkTransferCount(transfers: number): void {
  if (transfers <= MAX_UNFOLDED_TRANSFERS) return;
  throw new InputError(
    'torus',
    `single chips are followed up to ${MAX_UNFOLDED_TRANSFERS} transfers, this collective has ${transfers}`,
  );
}

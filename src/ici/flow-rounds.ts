import { clamp } from '../base/integers.ts';
import { runFlows } from './flow.ts';
import type { FoldedTorus } from './folded-torus.ts';
import type { LinkRates } from './request.ts';
import { addPhase, type StreamedPart } from './ring-schedule.ts';
import { TransferList } from './transfers.ts';

/** Chunks in step, and how long all of them take. */
export interface RoundsResult {
  readonly chunks: number;
  readonly seconds: number;
}

const MOST_CHUNKS = 1024;

/**
 * Parts in chunks that go from phase to phase in step: in round r phase i works on chunk r - i, and a round
 * ends when all that it sends has arrived. With n chunks and p phases there are n + p - 1 rounds, of which
 * those in the middle, where every phase has a chunk, are all alike: one of them is run, and it counts n - p + 1
 * times. On a line the gather of a round goes ahead of its scatter: each link does the one in the first hops
 * and the other in the rest. `undefined` where there is one phase only, which has nothing to overlap with.
 */
export function flowRounds(
  layout: FoldedTorus,
  parts: readonly StreamedPart[],
  rates: LinkRates,
): RoundsResult | undefined {
  const phases = parts[0].phases.length;
  if (phases === 1) return undefined;
  const whole = (chunks: number): number =>
    runRound(roundTransfers(layout, parts, chunks, 0, phases - 1, rates), layout, rates);
  // A round takes a + b / n with n chunks, so that n + p - 1 of them take least at the root of (p - 1) b / a.
  const [few, many] = [whole(64), whole(128)];
  const perByte = (few - many) * 128;
  const fixed = Math.max(many - perByte / 128, perByte / MOST_CHUNKS / MOST_CHUNKS);
  const best = Math.round(Math.sqrt(((phases - 1) * perByte) / fixed));
  const chunks = clamp(best, phases, MOST_CHUNKS);
  return { chunks, seconds: roundsSeconds(layout, parts, chunks, rates) };
}

/** All rounds of so many chunks, at least as many as there are phases. */
export function roundsSeconds(
  layout: FoldedTorus,
  parts: readonly StreamedPart[],
  chunks: number,
  rates: LinkRates,
): number {
  const last = parts[0].phases.length - 1;
  const round = (first: number, end: number): number =>
    runRound(roundTransfers(layout, parts, chunks, first, end, rates), layout, rates);
  let seconds = (chunks - last) * round(0, last);
  for (let busy = 0; busy < last; busy++) seconds += round(0, busy) + round(busy + 1, last);
  return seconds;
}

/** What is sent in a round in which the phases from `first` to `last` have a chunk each. */
export function roundTransfers(
  layout: FoldedTorus,
  parts: readonly StreamedPart[],
  chunks: number,
  first: number,
  last: number,
  rates: LinkRates,
): TransferList {
  const list = new TransferList();
  for (const { bytes, phases } of parts) {
    const busy = phases.slice(first, last + 1);
    /** By axis, what of this part stands ahead on its lines. */
    const ahead = new Map(busy.map(({ axis }) => [axis, new Map<number, readonly number[]>()]));
    for (const direction of ['gather', 'scatter'] as const) {
      for (const phase of busy) {
        if (phase.direction !== direction) continue;
        const queue = phase.closed ? undefined : ahead.get(phase.axis);
        const piece = (bytes * phase.shard) / chunks;
        addPhase(list, layout, phase, piece, rates.hopLatencySeconds, queue ?? new Map());
      }
    }
  }
  return list;
}

function runRound(list: TransferList, layout: FoldedTorus, rates: LinkRates): number {
  const capacities = new Float64Array(layout.linkSlots).fill(rates.linkBytesPerSecond);
  return runFlows(capacities, list.flatten()).seconds;
}

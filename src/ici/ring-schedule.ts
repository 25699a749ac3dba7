import type { FoldedTorus } from './folded-torus.ts';
import type { Phase } from './group.ts';

import type { TransferList } from './transfers.ts';

/** A part of the data and the phases it goes through, one after another. */
export interface StreamedPart {
  /** Bytes of the gathered array of this part. */
  readonly bytes: number;
  readonly phases: readonly StreamedPhase[];
}

export interface StreamedPhase extends Phase {
  /** Shards spread to all (a gather), or partial sums collected from all (a scatter). */
  readonly direction: 'gather' | 'scatter';
}

/**
 * Adds the transfers of a part cut in `chunks`, each of which goes on to the next phase as soon as it can.
 * On a ring each way carries whole shards for half the hops; at an even length the one opposite comes in
 * halves. Queues are first come, first served by chunk. Returns the last transfers of every chunk.
 */
export function addStreamedPart(
  list: TransferList,
  folded: FoldedTorus,
  part: StreamedPart,
  chunks: number,
  latencySeconds: number,
): void {
  /** By phase and slot within it: the transfer of the chunk before, which stands ahead in the same queue. */
  const ahead = part.phases.map(() => new Map<number, number>());
  for (let chunk = 0; chunk < chunks; chunk++) {
    let held: readonly (readonly number[])[] = Array.from({ length: folded.chips }, () => []);
    part.phases.forEach((phase, index) => {
      const piece = (part.bytes * phase.shard) / chunks;
      const context: PhaseContext = { list, folded, phase, piece, latencySeconds, held, ahead: ahead[index] };
      held = phase.closed ? addRings(context) : addLines(context);
    });
  }
}

interface PhaseContext {
  readonly list: TransferList;
  readonly folded: FoldedTorus;
  readonly phase: StreamedPhase;
  /** Bytes of one shard of this chunk. */
  readonly piece: number;
  readonly latencySeconds: number;
  /** For each chip, what must have arrived before it can begin. */
  readonly held: readonly (readonly number[])[];
  readonly ahead: Map<number, number>;
}

function addRings({
  list,
  folded,
  phase,
  piece,
  latencySeconds,
  held,
  ahead,
}: PhaseContext): (readonly number[])[] {
  const hops = Math.floor(phase.length / 2);
  return Array.from({ length: folded.chips }, (_, chip) => {
    // Downwards the same happens at the same time.
    const link = folded.link(chip, phase.axis, 0);
    let previous: readonly number[] = held[chip];
    for (let hop = 1; hop <= hops; hop++) {
      const slot = link * hops + hop - 1;
      const before = ahead.get(slot);
      const transfer = list.add({
        bytes: hop * 2 === phase.length ? piece / 2 : piece,
        links: [link],
        latencySeconds,
        after: previous,
        behind: before === undefined ? [] : [before],
      });
      ahead.set(slot, transfer);
      previous = [transfer];
    }
    return previous;
  });
}

/**
 * A gather passes on what has come from behind, nearest first; a scatter sends sums for the farthest first
 * and adds its own as they pass. Both are FIFO, so a chip is done with the last arrival of each side.
 */
function addLines({ list, folded, phase, piece, latencySeconds, held, ahead }: PhaseContext): number[][] {
  const { axis, length, direction: kind } = phase;
  const stride = folded.shape.slice(0, axis).reduce((total, extent) => total * extent, 1);
  const done: number[][] = held.map(() => []);
  for (let start = 0; start < folded.chips; start++) {
    if (Math.floor(start / stride) % length !== 0) continue;
    for (const direction of [0, 1] as const) {
      /** Transfers on the link before, by the end whose data they carry. */
      let incoming = new Map<number, number>();
      for (let step = 0; step < length - 1; step++) {
        const position = direction === 0 ? step : length - 1 - step;
        const chip = start + position * stride;
        const link = folded.link(chip, axis, direction);
        const outgoing = new Map<number, number>();
        // Distance from the end where the line starts: of the origin in a gather, of the destination in a scatter.
        const carried =
          kind === 'gather'
            ? Array.from({ length: step + 1 }, (_, index) => step - index)
            : Array.from({ length: length - 1 - step }, (_, index) => length - 1 - index);
        let last: number | undefined;
        for (const end of carried) {
          const from = incoming.get(end);
          const slot = link * length + end;
          const before = last ?? ahead.get(slot);
          const own = kind === 'scatter' || end === step ? held[chip] : [];
          last = list.add({
            bytes: piece,
            links: [link],
            latencySeconds,
            after: from === undefined ? own : [...own, from],
            behind: before === undefined ? [] : [before],
          });
          outgoing.set(end, last);
          if (end === carried[carried.length - 1]) ahead.set(link * length + carried[0], last);
        }
        const next = start + (direction === 0 ? position + 1 : position - 1) * stride;
        if (last !== undefined) done[next].push(last);
        incoming = outgoing;
      }
    }
  }
  return done;
}

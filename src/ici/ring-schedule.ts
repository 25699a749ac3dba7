import type { Phase } from './group.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { Direction } from './topology.ts';
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
  layout: ScheduleLayout,
  part: StreamedPart,
  chunks: number,
  latencySeconds: number,
): void {
  /** By phase and slot within it: the transfer of the chunk before, which stands ahead in the same queue. */
  const ahead = part.phases.map(() => new Map<number, number>());
  for (let chunk = 0; chunk < chunks; chunk++) {
    let held: readonly (readonly number[])[] = Array.from({ length: layout.chips }, () => []);
    part.phases.forEach((phase, index) => {
      const piece = (part.bytes * phase.shard) / chunks;
      const context: PhaseContext = { list, layout, phase, piece, latencySeconds, held, ahead: ahead[index] };
      held = phase.closed ? addRings(context) : addLines(context);
    });
  }
}

interface PhaseContext {
  readonly list: TransferList;
  readonly layout: ScheduleLayout;
  readonly phase: StreamedPhase;
  /** Bytes of one shard of this chunk. */
  readonly piece: number;
  readonly latencySeconds: number;
  /** For each chip, what must have arrived before it can begin. */
  readonly held: readonly (readonly number[])[];
  readonly ahead: Map<number, number>;
}

/** A chip passes on what has come from behind; sums wait for its own part of them as well. */
function addRings({ list, layout, phase, piece, latencySeconds, held, ahead }: PhaseContext): number[][] {
  const hops = Math.floor(phase.length / 2);
  if (hops === 0) return held.map((each) => [...each]);
  const done: number[][] = held.map(() => []);
  for (const way of layout.ways) {
    let arrived: readonly number[] = [];
    for (let hop = 1; hop <= hops; hop++) {
      const arriving = new Array<number>(layout.chips);
      for (let chip = 0; chip < layout.chips; chip++) {
        const slot = (chip * 2 + way) * hops + hop - 1;
        const before = ahead.get(slot);
        const own = hop === 1 || phase.direction === 'scatter' ? held[chip] : [];
        const transfer = list.add({
          bytes: hop * 2 === phase.length ? piece / 2 : piece,
          links: [layout.link(chip, phase.axis, way)],
          latencySeconds,
          after: hop === 1 ? own : [...own, arrived[chip]],
          behind: before === undefined ? [] : [before],
        });
        ahead.set(slot, transfer);
        arriving[layout.next(chip, phase.axis, way)] = transfer;
      }
      arrived = arriving;
    }
    arrived.forEach((transfer, chip) => {
      done[chip].push(transfer);
    });
  }
  return done;
}

/**
 * A gather passes on what has come from behind, nearest first; a scatter sends sums for the farthest first
 * and adds its own as they pass. Both are FIFO, so a chip is done with the last arrival of each side.
 */
function addLines(context: PhaseContext): number[][] {
  const { layout, phase, held } = context;
  const done: number[][] = held.map(() => []);
  for (let start = 0; start < layout.chips; start++) {
    if (!layout.isFirst(start, phase.axis)) continue;
    const line = [start];
    while (line.length < phase.length) line.push(layout.next(line[line.length - 1], phase.axis, 0));
    addLine(context, line, 0, done);
    addLine(context, [...line].reverse(), 1, done);
  }
  return done;
}

function addLine(
  { list, layout, phase, piece, latencySeconds, held, ahead }: PhaseContext,
  line: readonly number[],
  direction: Direction,
  done: readonly number[][],
): void {
  const { axis, length, direction: kind } = phase;
  /** Transfers on the link before, by the end whose data they carry. */
  let incoming = new Map<number, number>();
  for (let step = 0; step < length - 1; step++) {
    const chip = line[step];
    const link = layout.link(chip, axis, direction);
    const outgoing = new Map<number, number>();
    // Distance from the end where the line starts: of the origin in a gather, of the destination in a scatter.
    const carried =
      kind === 'gather'
        ? Array.from({ length: step + 1 }, (_, index) => step - index)
        : Array.from({ length: length - 1 - step }, (_, index) => length - 1 - index);
    const queue = chip * 2 + direction;
    let last: number | undefined;
    for (const end of carried) {
      const from = incoming.get(end);
      const before = last ?? ahead.get(queue);
      const own = kind === 'scatter' || end === step ? held[chip] : [];
      last = list.add({
        bytes: piece,
        links: [link],
        latencySeconds,
        after: from === undefined ? own : [...own, from],
        behind: before === undefined ? [] : [before],
      });
      outgoing.set(end, last);
    }
    if (last !== undefined) {
      ahead.set(queue, last);
      done[line[step + 1]].push(last);
    }
    incoming = outgoing;
  }
}

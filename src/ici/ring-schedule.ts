import type { Phase } from './group.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { Direction } from './topology.ts';
import type { Payload, TransferList } from './transfers.ts';

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
 * halves. Queues are first come, first served by chunk.
 *
 * @param number of the part, by which payloads know it
 */
export function addStreamedPart(
  list: TransferList,
  layout: ScheduleLayout,
  part: StreamedPart,
  chunks: number,
  latencySeconds: number,
  number = 0,
): void {
  /** By phase and slot within it: the transfers of the chunk before, which stand ahead in the same queue. */
  const ahead = part.phases.map(() => new Map<number, readonly number[]>());
  for (let chunk = 0; chunk < chunks; chunk++) {
    let held: readonly (readonly number[])[] = Array.from({ length: layout.chips }, () => []);
    part.phases.forEach((phase, index) => {
      const piece = (part.bytes * phase.shard) / chunks;
      const context: PhaseContext = {
        list,
        layout,
        phase,
        piece,
        latencySeconds,
        held,
        ahead: ahead[index],
        payload: (of, from, to) => ({ part: number, chunk, phase: index, of, from, to }),
      };
      held = phase.closed ? addRings(context) : addLines(context);
    });
  }
}

/**
 * Adds one phase by itself, of data that every chip has when it begins: `piece` bytes a shard. On lines it
 * queues behind what `ahead` names, and is in it after.
 */
export function addPhase(
  list: TransferList,
  layout: ScheduleLayout,
  phase: StreamedPhase,
  piece: number,
  latencySeconds: number,
  ahead: Map<number, readonly number[]>,
): void {
  const held: readonly (readonly number[])[] = Array.from({ length: layout.chips }, () => []);
  const payload = (of: number, from: number, to: number): Payload => ({
    part: 0,
    chunk: 0,
    phase: 0,
    of,
    from,
    to,
  });
  const context = { list, layout, phase, piece, latencySeconds, held, ahead, payload };
  if (phase.closed) addRings(context);
  else addLines(context);
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
  readonly ahead: Map<number, readonly number[]>;
  /** @param of the chip whose data it is, or that the sums are for */
  readonly payload: (of: number, from: number, to: number) => Payload;
}

/** A chip passes on what has come from behind; sums wait for its own part of them as well. */
function addRings(context: PhaseContext): number[][] {
  const { layout, phase, held } = context;
  const hops = Math.floor(phase.length / 2);
  if (hops === 0) return held.map((each) => [...each]);
  const done = alreadyThere(context);
  for (const way of layout.ways) addWay(context, way, hops, done);
  return done;
}

/**
 * What a chip must have for the next phase before anything has come: what it had for this one. Where all keep
 * step it has that by the time that anything comes.
 */
function alreadyThere({ layout, held }: PhaseContext): number[][] {
  return held.map((each) => (layout.uneven === true ? [...each] : []));
}

function addWay(context: PhaseContext, way: Direction, hops: number, done: readonly number[][]): void {
  const { list, layout, phase, piece, latencySeconds, held, ahead } = context;
  const gathers = phase.direction === 'gather';
  // The shard of the chip opposite is the last one to come; the sums for it are the first ones to go.
  const halfHop = phase.length % 2 === 1 ? 0 : gathers ? hops : 1;
  const back = way === 0 ? 1 : 0;
  /** The chip that what leaves each chip comes from, or, of sums, is for. */
  let of = Array.from({ length: layout.chips }, (_, chip) => chip);
  if (!gathers)
    for (let hop = 0; hop < hops; hop++) of = of.map((chip) => layout.next(chip, phase.axis, way));
  let arrived: readonly (readonly number[])[] = [];
  let sentBefore: readonly (readonly number[])[] = [];
  for (let hop = 1; hop <= hops; hop++) {
    const arriving = new Array<readonly number[]>(layout.chips);
    const sending = new Array<readonly number[]>(layout.chips);
    for (let chip = 0; chip < layout.chips; chip++) {
      const slot = (chip * 2 + way) * hops + hop - 1;
      const before = ahead.get(slot);
      const queue = layout.uneven === true && hop > 1 ? sentBefore[chip] : undefined;
      const own = hop === 1 || !gathers ? held[chip] : [];
      const after = hop === 1 ? own : [...own, ...arrived[chip]];
      const routes = layout.routes?.(chip, phase.axis, way) ?? [[layout.link(chip, phase.axis, way)]];
      const next = layout.next(chip, phase.axis, way);
      const payload = context.payload(of[chip], chip, next);
      const transfers = routes.map((links, route) =>
        list.add({
          bytes: (hop === halfHop ? piece / 2 : piece) / routes.length,
          links,
          latencySeconds: links.length * latencySeconds,
          after,
          behind: [
            ...(before === undefined ? [] : [before[route]]),
            ...(queue === undefined ? [] : [queue[route]]),
          ],
          payload,
        }),
      );
      ahead.set(slot, transfers);
      sending[chip] = transfers;
      arriving[next] = transfers;
    }
    arrived = arriving;
    sentBefore = sending;
    const ofBefore = of;
    // What has come from behind goes on.
    of = of.map((_, chip) => ofBefore[layout.next(chip, phase.axis, back)]);
  }
  arrived.forEach((transfers, chip) => {
    done[chip].push(...transfers);
  });
}

/**
 * A gather passes on what has come from behind, nearest first; a scatter sends sums for the farthest first
 * and adds its own as they pass. Both are FIFO, so a chip is done with the last arrival of each side.
 */
function addLines(context: PhaseContext): number[][] {
  const { layout, phase } = context;
  const done = alreadyThere(context);
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
  { list, layout, phase, piece, latencySeconds, held, ahead, payload }: PhaseContext,
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
      const before = last ?? ahead.get(queue)?.[0];
      const own = kind === 'scatter' || end === step ? held[chip] : [];
      last = list.add({
        bytes: piece,
        links: [link],
        latencySeconds,
        after: from === undefined ? own : [...own, from],
        behind: before === undefined ? [] : [before],
        payload: payload(line[end], chip, line[step + 1]),
      });
      outgoing.set(end, last);
    }
    if (last !== undefined) {
      ahead.set(queue, [last]);
      done[line[step + 1]].push(last);
    }
    incoming = outgoing;
  }
}

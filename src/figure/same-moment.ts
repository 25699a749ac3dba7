import type { LaneIndex, TimelineIndex } from './timeline-index.ts';
import { spanAt } from './timeline-lookup.ts';

/**
 * Where a moment of one timeline lies in another one of the same program, seen from the links: as far into
 * the same repetition of the collective that holds a link at `ps`. `undefined` where none does.
 */
export function sameLinkMoment(before: TimelineIndex, after: TimelineIndex, ps: number): number | undefined {
  for (const lane of before.lanes) {
    const placed = lane.lane.startsWith('ici') ? spanAt(lane, ps) : undefined;
    if (placed?.span.kind !== 'busy') continue;
    const share = (ps - placed.startPs) / (placed.endPs - placed.startPs);
    const other = after.lanes.find((each) => each.lane === lane.lane);
    const moment = other && momentOf(other, placed.span.op, placed.iteration, share);
    if (moment !== undefined) return moment;
  }
  return undefined;
}

function momentOf(lane: LaneIndex, op: number, iteration: number, share: number): number | undefined {
  for (const { block, spans } of lane.blocks) {
    for (const span of spans) {
      if (span.kind !== 'busy' || span.op !== op) continue;
      const occurrence = iteration - span.iteration;
      if (occurrence < 0 || occurrence >= block.count) continue;
      return Math.floor(span.startPs + occurrence * block.periodPs + share * (span.endPs - span.startPs));
    }
  }
  return undefined;
}

import type { LaneId, Span } from '../machine/report.ts';
import type { TimeRange } from './time-scale.ts';
import {
  firstSpanEndingAfter,
  type LaneBlock,
  type LaneIndex,
  occurrenceAt,
  type TimelineIndex,
} from './timeline-index.ts';

/** A span at the place in time where one of its occurrences lies. */
export interface PlacedSpan {
  readonly lane: LaneId;
  readonly span: Span;
  readonly section: string;
  /** Which repetition of the section, from 0. */
  readonly iteration: number;
  readonly startPs: number;
  readonly endPs: number;
}

/** What `lane` does at `ps`; nothing outside of its blocks. */
export function spanAt(lane: LaneIndex, ps: number): PlacedSpan | undefined {
  for (const part of lane.blocks) {
    if (ps < part.windowStartPs || ps >= part.windowEndPs) continue;
    const occurrence = occurrenceAt(part, ps);
    const shift = occurrence * part.block.periodPs;
    const span = part.spans[firstSpanEndingAfter(part.spans, ps - shift)];
    if (span !== undefined && span.startPs + shift <= ps) return placed(lane, part, span, occurrence);
  }
  return undefined;
}

/** Spans of `lane` that touch `range`, in order. The caller bounds how many periods `range` holds. */
export function* spansWithin(lane: LaneIndex, part: LaneBlock, range: TimeRange): Generator<PlacedSpan> {
  const { block, spans } = part;
  const first = Math.max(0, occurrenceAt(part, range.startPs) - 1);
  const last = Math.min(block.count - 1, occurrenceAt(part, range.endPs) + 1);
  for (let occurrence = first; occurrence <= last; occurrence += 1) {
    const shift = occurrence * block.periodPs;
    for (let i = firstSpanEndingAfter(spans, range.startPs - shift); i < spans.length; i += 1) {
      const span = spans[i];
      if (span === undefined || span.startPs + shift >= range.endPs) break;
      yield placed(lane, part, span, occurrence);
    }
  }
}

/**
 * The nearest start or end of busy work after (or before) `ps`, on one lane or on all: where something
 * happens next.
 */
export function adjacentEvent(
  index: TimelineIndex,
  ps: number,
  direction: 1 | -1,
  lane?: LaneId,
): number | undefined {
  let best: number | undefined;
  for (const each of index.lanes) {
    if (lane !== undefined && each.lane !== lane) continue;
    for (const part of each.blocks) {
      const found = adjacentEdge(part, ps, direction);
      if (found !== undefined && (best === undefined || (found - best) * direction < 0)) best = found;
    }
  }
  return best;
}

function adjacentEdge(part: LaneBlock, ps: number, direction: 1 | -1): number | undefined {
  const { block, spans } = part;
  const nearest = occurrenceAt(part, ps);
  // Edges of the period around `ps` and of its neighbours: one of them has the answer if there is any.
  const candidates = [nearest - 1, nearest, nearest + 1, direction === 1 ? 0 : block.count - 1];
  let best: number | undefined;
  for (const occurrence of candidates) {
    if (occurrence < 0 || occurrence >= block.count) continue;
    const shift = occurrence * block.periodPs;
    const around = firstSpanEndingAfter(spans, ps - shift);
    for (let i = direction === 1 ? around : Math.min(around, spans.length - 1); ; i += direction) {
      const span = spans[i];
      if (span === undefined) break;
      if (span.kind === 'idle') continue;
      const edges = [span.startPs + shift, span.endPs + shift].filter((edge) => (edge - ps) * direction > 0);
      const edge = direction === 1 ? Math.min(...edges) : Math.max(...edges);
      if (edges.length === 0) continue;
      if (best === undefined || (edge - best) * direction < 0) best = edge;
      break;
    }
  }
  return best;
}

function placed(lane: LaneIndex, part: LaneBlock, span: Span, occurrence: number): PlacedSpan {
  const shift = occurrence * part.block.periodPs;
  const own = span.kind === 'busy' ? span.iteration : part.block.firstIteration;
  return {
    lane: lane.lane,
    span,
    section: part.block.section,
    iteration: own + occurrence,
    startPs: span.startPs + shift,
    endPs: span.endPs + shift,
  };
}

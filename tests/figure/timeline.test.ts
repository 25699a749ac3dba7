import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import type { TimeRange } from '../../src/figure/time-scale.ts';
import { type LaneFigure, type TimelineFigure, timelineFigure } from '../../src/figure/timeline.ts';
import { createTimelineIndex, laneSums } from '../../src/figure/timeline-index.ts';
import { adjacentEvent, spanAt } from '../../src/figure/timeline-lookup.ts';
import type { LaneId, RunReport, Span } from '../../src/machine/report.ts';
import { buildFixtureReport } from '../ui/fixture-report.ts';

const report = buildFixtureReport();
const index = createTimelineIndex(report);

interface Unrolled {
  readonly startPs: number;
  readonly endPs: number;
  readonly span: Span;
}

/** Every occurrence of every span of a lane, the slow and obvious way. */
function unroll(from: RunReport, lane: LaneId): readonly Unrolled[] {
  return from.timeline.flatMap((block) =>
    Array.from({ length: block.count }, (_, occurrence) =>
      (block.lanes.find((each) => each.lane === lane)?.spans ?? []).map((span) => ({
        startPs: span.startPs + occurrence * block.periodPs,
        endPs: span.endPs + occurrence * block.periodPs,
        span,
      })),
    ).flat(),
  );
}

const laneIds = index.lanes.map((lane) => lane.lane);
const anyMoment = fc.integer({ min: 0, max: report.stepPs - 1 });
const anyRange = fc
  .tuple(anyMoment, anyMoment)
  .filter(([a, b]) => a !== b)
  .map(([a, b]): TimeRange => ({ startPs: Math.min(a, b), endPs: Math.max(a, b) }));
const anyLane = fc.constantFrom(...laneIds);

function laneOf(id: LaneId) {
  return assertDefined(
    index.lanes.find((lane) => lane.lane === id),
    id,
  );
}

function laneFigure(figure: TimelineFigure, id: LaneId): LaneFigure {
  return assertDefined(
    figure.lanes.find((lane) => lane.lane === id),
    id,
  );
}

describe('timeline index', () => {
  it('sums any stretch as if the loops were unrolled', () => {
    const unrolled = new Map(laneIds.map((id) => [id, unroll(report, id)]));
    fc.assert(
      fc.property(anyLane, anyRange, (id, range) => {
        const sums = laneSums(laneOf(id), range);
        let busyPs = 0;
        let workPs = 0;
        const idlePs = new Map<string, number>();
        for (const each of unrolled.get(id) ?? []) {
          const ps = Math.min(each.endPs, range.endPs) - Math.max(each.startPs, range.startPs);
          if (ps <= 0) continue;
          if (each.span.kind === 'busy') {
            busyPs += ps;
            workPs += ps * each.span.utilization;
          } else {
            idlePs.set(each.span.cause, (idlePs.get(each.span.cause) ?? 0) + ps);
          }
        }
        expect(Math.abs(sums.busyPs - busyPs)).toBeLessThan(2);
        expect(Math.abs(sums.workPs - workPs)).toBeLessThan(2);
        for (const [cause, ps] of idlePs) {
          expect(Math.abs((sums.idlePs.get(cause as never) ?? 0) - ps)).toBeLessThan(2);
        }
      }),
    );
  });

  it('finds the span under any moment', () => {
    const unrolled = new Map(laneIds.map((id) => [id, unroll(report, id)]));
    fc.assert(
      fc.property(anyLane, anyMoment, (id, ps) => {
        const expected = (unrolled.get(id) ?? []).find((each) => each.startPs <= ps && ps < each.endPs);
        const found = spanAt(laneOf(id), ps);
        expect(found?.startPs).toBe(expected?.startPs);
        expect(found?.span).toBe(expected?.span);
      }),
    );
  });

  it('finds a span that begins before its stretch', () => {
    const [first] = report.timeline;
    const block = assertDefined(first, 'a block');
    const early: RunReport = {
      ...report,
      timeline: [
        {
          ...block,
          startPs: 100,
          periodPs: 50,
          count: 3,
          lanes: [
            {
              lane: 'mxu',
              spans: [{ kind: 'busy', startPs: 90, endPs: 140, op: 0, iteration: 0, utilization: 1 }],
            },
          ],
        },
      ],
    };
    const lane = assertDefined(createTimelineIndex(early).lanes[0], 'a lane');
    expect(spanAt(lane, 92)?.startPs).toBe(90);
    expect(spanAt(lane, 141)?.iteration).toBe(1);
    expect(spanAt(lane, 239)?.startPs).toBe(190);
    expect(spanAt(lane, 240)).toBeUndefined();
  });

  it('steps through every event in order, both ways', () => {
    const edges = new Set<number>();
    for (const id of laneIds) {
      for (const each of unroll(report, id)) {
        if (each.span.kind === 'busy') edges.add(each.startPs).add(each.endPs);
      }
    }
    const sorted = [...edges].sort((a, b) => a - b);
    fc.assert(
      fc.property(anyMoment, (ps) => {
        expect(adjacentEvent(index, ps, 1)).toBe(sorted.find((edge) => edge > ps));
        expect(adjacentEvent(index, ps, -1)).toBe(sorted.findLast((edge) => edge < ps));
      }),
    );
  });
});

describe('timeline figure', () => {
  const whole = { startPs: 0, endPs: report.stepPs };

  it('never has more marks than pixels, at any zoom', () => {
    fc.assert(
      fc.property(anyRange, (range) => {
        for (const lane of timelineFigure(index, range, 1200).lanes) {
          expect(lane.marks.length).toBeLessThan(1200);
          for (const mark of lane.marks) {
            expect(mark.x).toBeGreaterThanOrEqual(-8);
            expect(mark.x + mark.width).toBeLessThanOrEqual(1208);
          }
        }
      }),
    );
  });

  it('shows a loop as one stretch with its count when it is far away', () => {
    const figure = timelineFigure(index, whole, 900);
    const forward = figure.headings.find((heading) => heading.label === 'layer forward');
    expect(forward?.count).toBe(32);
    const [near] = report.timeline.filter((block) => block.count > 1);
    const block = assertDefined(near, 'a repeated block');
    const close = { startPs: block.startPs, endPs: block.startPs + 3 * block.periodPs };
    const labels = timelineFigure(index, close, 900).headings.map((heading) => heading.label);
    expect(labels.slice(0, 3)).toEqual(['layer forward 1', 'layer forward 2', 'layer forward 3']);
  });

  it('shows the same busy share as density that it shows as spans', () => {
    const block = assertDefined(
      report.timeline.find((each) => each.count > 1),
      'a repeated block',
    );
    const range = { startPs: block.startPs, endPs: block.startPs + 32 * block.periodPs };
    const far = laneFigure(timelineFigure(index, range, 60), 'mxu');
    const shown = far.marks.map((mark) => (mark.kind === 'density' ? mark.busy * mark.width : Number.NaN));
    const near = laneFigure(timelineFigure(index, range, 60_000), 'mxu');
    const exact = near.marks
      .filter((mark) => mark.kind === 'span' && mark.placed.span.kind === 'busy')
      .map((mark) => mark.width);
    const total = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(total(shown) / 60).toBeCloseTo(total(exact) / 60_000, 3);
  });

  it('keeps spans apart down to the cycle', () => {
    const mxu = unroll(report, 'mxu').find((each) => each.span.kind === 'busy');
    const edge = assertDefined(mxu, 'a busy span').startPs;
    const figure = timelineFigure(index, { startPs: edge - 3_000, endPs: edge + 3_000 }, 1200);
    const busy = laneFigure(figure, 'mxu').marks.find(
      (mark) => mark.kind === 'span' && mark.placed.span.kind === 'busy',
    );
    expect(busy?.x).toBeCloseTo(600, 6);
  });

  it('shows the tiles that pass through the array once they are wide enough', () => {
    const matmul = assertDefined(
      unroll(report, 'mxu').find((each) => each.span.kind === 'busy'),
      'a busy span',
    );
    expect(timelineFigure(index, whole, 1200).tiles).toEqual([]);
    const from = matmul.startPs;
    const tilesIn = (spanPs: number) =>
      timelineFigure(index, { startPs: from, endPs: from + spanPs }, 1200).tiles;
    const near = tilesIn(20_000_000);
    expect(near.length).toBeGreaterThan(3);
    expect(near.length).toBeLessThan(1200 / 14);
    expect(near[0]?.label).toMatch(/^tile 1 of /);
    const gaps = near.slice(1).map((tile, at) => tile.x - (near[at]?.x ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(14);
    // Twice as near, the same tiles are twice as far apart.
    expect(tilesIn(10_000_000)[1]?.x).toBeCloseTo(2 * (near[1]?.x ?? 0), 6);
  });
});

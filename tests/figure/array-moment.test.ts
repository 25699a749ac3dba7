import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayTiming } from '../../src/array/timing.ts';
import { unwrap } from '../../src/base/result.ts';
import {
  type ArrayMoment,
  arrayMomentAt,
  psOfCycle,
  type RunningMoment,
  schedulesOfOp,
} from '../../src/figure/array-moment.ts';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import type { RunReport, Span, TimelineBlock } from '../../src/machine/report.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { buildFixtureReport, repeatedBlock } from '../ui/fixture-report.ts';

const report = buildFixtureReport({ layers: 6 });
const index = createTimelineIndex(report);
const block = repeatedBlock(report);

function opNamed(name: string): number {
  return report.ops.findIndex((op) => op.name === name);
}

function busySpan(of: TimelineBlock, op: number): Span & { kind: 'busy' } {
  const spans = of.lanes.find((lane) => lane.lane === 'mxu')?.spans ?? [];
  const found = spans.find((span): span is Span & { kind: 'busy' } => span.kind === 'busy' && span.op === op);
  if (found === undefined) throw new Error(`no span of op ${op}`);
  return found;
}

function running(moment: ArrayMoment): RunningMoment {
  if (moment.kind !== 'running') throw new Error(`expected a running op, found ${moment.kind}`);
  return moment;
}

describe('arrayMomentAt', () => {
  test.each([0, 3, 5])('finds the op in occurrence %i of a repeated block', (occurrence) => {
    const op = opNamed('ffn up fwd');
    const span = busySpan(block, op);
    const shift = occurrence * block.periodPs;
    const moment = running(arrayMomentAt(index, span.startPs + shift));
    expect(moment.op).toBe(op);
    expect(moment.iteration).toBe(occurrence);
    expect(moment.stretches).toEqual([{ startPs: span.startPs + shift, endPs: span.endPs + shift }]);
    expect(moment.cycle).toBe(0);
  });

  test('the first moment is cycle 0, the last one the last cycle, half way half of them', () => {
    const span = busySpan(block, opNamed('qkv fwd'));
    const at = (ps: number): RunningMoment => running(arrayMomentAt(index, ps));
    const { schedule, detail } = at(span.startPs);
    const { cycles } = schedule;
    const [array] = detail.arrays;
    expect(cycles).toBe(arrayTiming(array.config, { ...array.gemm, repeats: array.repeats }).cycles);
    expect(at(span.endPs - 1).cycle).toBe(cycles - 1);
    expect(at((span.startPs + span.endPs) / 2).cycle).toBe(Math.floor(cycles / 2));
  });

  test('seeking to a cycle arrives in that cycle, and a picosecond earlier is still before it', () => {
    const span = busySpan(block, opNamed('attention out fwd'));
    const start = running(arrayMomentAt(index, span.startPs));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: start.schedule.cycles - 1 }), (cycle) => {
        const ps = psOfCycle(start, cycle);
        expect(running(arrayMomentAt(index, ps)).cycle).toBe(cycle);
        if (cycle > 0) expect(running(arrayMomentAt(index, ps - 1)).cycle).toBe(cycle - 1);
      }),
    );
  });

  test('seeking beyond the op stays within it', () => {
    const span = busySpan(block, opNamed('qkv fwd'));
    const start = running(arrayMomentAt(index, span.startPs));
    expect(psOfCycle(start, -5)).toBe(span.startPs);
    expect(running(arrayMomentAt(index, psOfCycle(start, 1e15))).cycle).toBe(start.schedule.cycles - 1);
  });

  test('an op that pauses goes on where it stopped', () => {
    const paused = withPause(report, 'qkv fwd');
    const pausedIndex = createTimelineIndex(paused);
    const span = busySpan(block, opNamed('qkv fwd'));
    const half = (span.startPs + span.endPs) / 2;
    const whole = running(arrayMomentAt(index, span.startPs)).schedule.cycles;
    const first = running(arrayMomentAt(pausedIndex, span.startPs));
    expect(first.stretches).toHaveLength(2);
    expect(first.schedule.cycles).toBe(whole);
    // The pause is the third quarter: it takes no cycles.
    const before = running(arrayMomentAt(pausedIndex, half - 1)).cycle;
    const after = running(arrayMomentAt(pausedIndex, half + (span.endPs - half) / 2)).cycle;
    expect(after - before).toBeLessThanOrEqual(1);
    expect(arrayMomentAt(pausedIndex, half + 1).kind).toBe('idle');
    expect(running(arrayMomentAt(pausedIndex, psOfCycle(first, whole - 1))).cycle).toBe(whole - 1);
  });

  test('idle says why, until when, and what comes next', () => {
    const gap = (block.lanes.find((lane) => lane.lane === 'mxu')?.spans ?? []).find(
      (span) => span.kind === 'idle' && span.cause === 'ici',
    );
    if (gap === undefined) throw new Error('the fixture waits for links somewhere');
    const shift = 2 * block.periodPs;
    expect(arrayMomentAt(index, gap.startPs + shift)).toEqual({
      kind: 'idle',
      cause: 'ici',
      waitsFor: gap.kind === 'idle' ? gap.waitsFor : undefined,
      startPs: gap.startPs + shift,
      endPs: gap.endPs + shift,
      next: gap.kind === 'idle' ? gap.waitsFor : undefined,
    });
  });

  test.each([
    ['an array of billions of PEs', { rows: 65_536, columns: 65_536 }, {}],
    ['more tiles than can be numbered', { rows: 1, columns: 1 }, { k: 2 ** 20, n: 2 ** 20 }],
    ['sizes that are no sizes', { rows: Number.NaN }, {}],
  ])('%s is refused with a reason, not shown', (_, config, gemm) => {
    const op = opNamed('qkv fwd');
    const ops = report.ops.map((each) =>
      each.detail.kind === 'matmul'
        ? {
            ...each,
            detail: {
              ...each.detail,
              arrays: each.detail.arrays.map((array) => ({
                ...array,
                config: { ...array.config, ...config },
                gemm: { ...array.gemm, ...gemm },
              })),
            },
          }
        : each,
    );
    const moment = arrayMomentAt(createTimelineIndex({ ...report, ops }), busySpan(block, op).startPs);
    expect(moment).toMatchObject({ kind: 'refused', op });
    expect(moment.kind === 'refused' && moment.message).toMatch(/expected/);
  });

  test('outside of the step there is nothing', () => {
    expect(arrayMomentAt(index, -1).kind).toBe('nothing');
    expect(arrayMomentAt(index, report.stepPs).kind).toBe('nothing');
  });
});

/** The op runs in the first and the last quarter and in the second, and waits for HBM in the third. */
function withPause(from: RunReport, name: string): RunReport {
  const op = from.ops.findIndex((each) => each.name === name);
  return {
    ...from,
    timeline: from.timeline.map((each) => ({
      ...each,
      lanes: each.lanes.map((lane) => ({
        ...lane,
        spans: lane.spans.flatMap((span): Span[] => {
          if (lane.lane !== 'mxu' || span.kind !== 'busy' || span.op !== op) return [span];
          const half = (span.startPs + span.endPs) / 2;
          const resume = (half + span.endPs) / 2;
          return [
            { ...span, endPs: half },
            { kind: 'idle', startPs: half, endPs: resume, cause: 'hbm', waitsFor: op },
            { ...span, startPs: resume },
          ];
        }),
      })),
    })),
  };
}

describe('an op of several products', () => {
  const attention = createEvaluator().evaluate(EMBEDDED_SCENARIO);
  const attentionIndex = createTimelineIndex(attention);
  const op = attention.ops.findIndex(({ name }) => name === 'attention');
  const lane = attention.timeline.flatMap(({ lanes }) => lanes.filter((each) => each.lane === 'mxu'));
  const span = lane.flatMap(({ spans }) => spans).find((each) => each.kind === 'busy' && each.op === op);

  test('is shown one after the other, together as long as the compiler says', () => {
    if (span === undefined) throw new Error('attention is on the timeline');
    const first = running(arrayMomentAt(attentionIndex, span.startPs));
    const last = running(arrayMomentAt(attentionIndex, span.endPs - 1));
    expect([first.part, first.cycle]).toEqual([0, 0]);
    expect([last.part, last.cycle]).toEqual([1, last.schedule.cycles - 1]);
    expect(first.schedule.cycles + last.schedule.cycles).toBe(first.detail.arrayCycles);
    expect(first.stretches.at(-1)?.endPs).toBe(last.stretches[0].startPs);
  });

  test('of every matmul of the embedded workload the cycles are exactly those counted', () => {
    for (const { detail } of attention.ops) {
      if (detail.kind !== 'matmul') continue;
      const cycles = unwrap(schedulesOfOp(detail)).reduce((sum, schedule) => sum + schedule.cycles, 0);
      expect(cycles).toBe(detail.arrayCycles);
    }
  });
});

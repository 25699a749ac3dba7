import { describe, expect, it } from 'vitest';
import { traceEventJson } from '../../src/formats/trace-event.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';

interface Event {
  readonly ph: string;
  readonly name: string;
  readonly tid: number;
  readonly ts: number;
  readonly dur: number;
}

const report = createEvaluator().evaluate(EMBEDDED_SCENARIO);
const trace = JSON.parse(traceEventJson(report)) as { readonly traceEvents: readonly Event[] };
const slices = trace.traceEvents.filter((event) => event.ph === 'X');

describe('trace events', () => {
  it('write out every repetition of every layer', () => {
    const down = slices.filter((event) => event.tid === 1 && event.name === 'feed-forward down');
    expect(down).toHaveLength(32);
  });

  it('end where the step ends', () => {
    const end = Math.max(...slices.map((event) => event.ts + event.dur));
    expect(end).toBeCloseTo(report.stepPs / 1e6, 3);
  });

  it('never overlap on one thread, so that viewers keep them on one track', () => {
    for (const tid of new Set(slices.map((event) => event.tid))) {
      const lane = slices.filter((event) => event.tid === tid).sort((a, b) => a.ts - b.ts);
      for (let index = 1; index < lane.length; index++) {
        expect(lane[index].ts).toBeGreaterThanOrEqual(lane[index - 1].ts + lane[index - 1].dur - 1e-3);
      }
    }
  });

  it('name their threads', () => {
    const names = trace.traceEvents.filter((event) => event.name === 'thread_name');
    expect(names.length).toBe(new Set(slices.map((event) => event.tid)).size);
  });

  it('have a thread for the data-centre network of several slices', () => {
    const several = createEvaluator().evaluate({
      ...EMBEDDED_SCENARIO,
      slice: { shape: [4, 4, 4], slices: 4 },
    });
    const { traceEvents } = JSON.parse(traceEventJson(several)) as typeof trace;
    const named = traceEvents.find(({ name, ...event }) => {
      return name === 'thread_name' && 'args' in event && JSON.stringify(event.args).includes('"DCN"');
    });
    const on = traceEvents.filter(
      ({ ph, tid, name }) => ph === 'X' && tid === named?.tid && /^all-reduce/.test(name),
    );
    expect(on.length).toBeGreaterThan(32);
  });
});

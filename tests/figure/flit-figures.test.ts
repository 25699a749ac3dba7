import { describe, expect, it } from 'vitest';
import {
  causesFigure,
  mostOccupied,
  routerFillMarks,
  sweepFigure,
  waitChainMarks,
} from '../../src/figure/flit-figures.ts';
import { unrolledPlan } from '../../src/figure/torus-plan.ts';
import { FlitReader } from '../../src/ici/flit-reader.ts';
import { FlitRecorder } from '../../src/ici/flit-recording.ts';
import { Torus } from '../../src/ici/topology.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';
import type { TrafficSweep } from '../../src/ici/traffic-sweep.ts';

const torus = new Torus({ shape: [6, 6], wraps: [true, true] });
const run = new TrafficRun(torus, {
  pattern: 'tornado',
  rate: 0.8,
  packetFlits: 6,
  virtualChannels: 2,
  bufferFlits: 6,
  seed: 3,
});
const recorder = new FlitRecorder(run.network, { firstCycle: 200, cycles: 60 });
while (!recorder.done) {
  run.advance(1);
  recorder.observe();
}
const reader = new FlitReader(recorder.finish());
const plan = unrolledPlan(torus, 400, 400);

describe('figures of flits', () => {
  it('stack what occupied buffers do up to the most there were', () => {
    const figure = causesFigure(reader, 180, 40);
    const rects = figure.marks.flatMap((mark) => (mark.kind === 'rect' ? [mark] : []));
    const most = mostOccupied(reader, 180);
    expect(most).toBeGreaterThan(20);
    for (let column = 0; column < 60; column++) {
      const stack = rects.filter(({ x }) => Math.abs(x - column * 3) < 1e-9);
      const tall = stack.reduce((sum, { height }) => sum + height, 0);
      const causes = Object.values(reader.causes({ from: column, to: column + 1 }));
      expect(tall).toBeCloseTo((causes.reduce((sum, each) => sum + each, 0) / most) * 39, 6);
    }
  });

  it('fill routers with their flits, none beyond its chip', () => {
    const marks = routerFillMarks(plan, reader.fill(30));
    expect(marks.length).toBeGreaterThan(20);
    for (const mark of marks) {
      if (mark.kind === 'rect') expect(mark.height).toBeLessThanOrEqual(plan.nodeSize);
    }
    expect(routerFillMarks(plan, new Float32Array(36))).toEqual([]);
  });

  it('mark the links along which waiting leads to its root', () => {
    const chains = reader
      .router(30, 0)
      .concat(...Array.from({ length: 35 }, (_, node) => reader.router(30, node + 1)))
      .map(({ channel }) => reader.chain(30, channel));
    const longest = chains.reduce((best, chain) => (chain.steps.length > best.steps.length ? chain : best));
    expect(longest.steps.length).toBeGreaterThan(2);
    const { marks } = waitChainMarks(plan, reader, longest.steps[0].node, longest);
    expect(marks.filter(({ kind }) => kind === 'line').length).toBeGreaterThan(0);
    expect(marks.filter(({ kind }) => kind === 'rect')).toHaveLength(2);
    expect(waitChainMarks(plan, reader, undefined, undefined).marks).toEqual([]);
  });

  it('draw a curve that stays in its frame, with saturation marked once it is known', () => {
    const bound = { flitsPerNodePerCycle: 0.5, meanHops: 3, zeroLoadCycles: 25 };
    const points = [
      { offered: 0.01, accepted: 0.01, stable: true, latencyCycles: 25 },
      { offered: 0.3, accepted: 0.3, stable: true, latencyCycles: 900 },
      { offered: 0.4, accepted: 0.31, stable: false, latencyCycles: 600 },
    ];
    const open: TrafficSweep = {
      bound,
      points: points.slice(0, 2),
      lastStable: 0.3,
      firstUnstable: undefined,
    };
    const texts = (sweep: TrafficSweep): readonly string[] =>
      sweepFigure(sweep, 400, 300).marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    expect(texts(open)).not.toContain('saturates');
    const closed: TrafficSweep = { bound, points, lastStable: 0.3, firstUnstable: 0.4 };
    expect(texts(closed)).toContain('saturates');
    expect(texts(closed)).toEqual(expect.arrayContaining(['0', '0.1', '0.5', '200', 'ideal']));
    for (const mark of sweepFigure(closed, 400, 300).marks) {
      if (mark.kind !== 'circle') continue;
      expect(mark.x).toBeGreaterThanOrEqual(0);
      expect(mark.x).toBeLessThanOrEqual(400);
      expect(mark.y).toBeGreaterThanOrEqual(0);
      expect(mark.y).toBeLessThanOrEqual(300);
    }
  });
});

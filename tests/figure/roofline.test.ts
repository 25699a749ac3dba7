import { describe, expect, test } from 'vitest';
import {
  formatIntensity,
  layoutRoofline,
  NO_EMPHASIS,
  rooflineFigure,
  rooflineHit,
} from '../../src/figure/roofline-figure.ts';
import { rooflineOf } from '../../src/figure/roofline-model.ts';
import type { RunReport } from '../../src/machine/report.ts';
import { buildFixtureReport } from '../ui/fixture-report.ts';

const report = buildFixtureReport();
const roofline = rooflineOf(report);
const layout = layoutRoofline(roofline, 400, 300);

function opNamed(name: string): number {
  return report.ops.findIndex((op) => op.name === name);
}

describe('rooflineOf', () => {
  test('an op lies at its FLOP per byte and its FLOP/s, sized by all its repetitions', () => {
    const op = opNamed('ffn up fwd');
    const { flops, hbmBytes, alonePs, repeat } = report.ops[op];
    expect(roofline.points.find((point) => point.op === op)).toEqual({
      op,
      name: 'ffn up fwd',
      kind: 'matmul',
      intensity: flops / hbmBytes,
      achievedFlops: flops / (alonePs / 1e12),
      attainableFlops: report.roofs.peakFlops,
      totalPs: alonePs * repeat,
    });
  });

  test('left of the ridge HBM is the roof', () => {
    const point = roofline.points.find((each) => each.op === opNamed('adam update'));
    expect(point?.intensity).toBeLessThan(roofline.ridgeIntensity);
    expect(point?.attainableFlops).toBeCloseTo((point?.intensity ?? 0) * report.roofs.hbmBytesPerSecond, 0);
    expect(roofline.ridgeIntensity).toBeCloseTo(458.752e12 / 2.765e12, 9);
  });

  test('collectives are listed apart, the longest first', () => {
    expect(roofline.points.some((point) => report.ops[point.op].detail.kind === 'collective')).toBe(false);
    const movers = roofline.movers.filter((mover) => mover.kind === 'collective');
    expect(movers).toHaveLength(6);
    expect(movers.map((mover) => mover.totalPs)).toEqual(
      movers.map((mover) => mover.totalPs).toSorted((a, b) => b - a),
    );
  });

  test('an op without HBM traffic is at infinite intensity, and still drawn within the picture', () => {
    const warm: RunReport = { ...report, ops: report.ops.map((op) => ({ ...op, hbmBytes: 0 })) };
    const own = rooflineOf(warm);
    expect(own.points.every((point) => point.intensity === Number.POSITIVE_INFINITY)).toBe(true);
    expect(layoutRoofline(own, 400, 300).dots.every((dot) => dot.x > 0 && dot.x <= 400)).toBe(true);
  });

  test('a program without ops has roofs and no points', () => {
    const own = rooflineOf({ ...report, ops: [] });
    expect(own.points).toEqual([]);
    expect(rooflineFigure(own, layoutRoofline(own, 300, 200)).marks.length).toBeGreaterThan(4);
  });
});

describe('rooflineFigure', () => {
  test('dots lie within the picture, at what they achieve', () => {
    for (const { point, x, y } of layout.dots) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(400);
      expect(y).toBeLessThanOrEqual(300);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(layout.y.value(y) / point.achievedFlops).toBeCloseTo(1, 9);
    }
  });

  test('area stands for time', () => {
    const [largest] = layout.dots;
    const other = layout.dots.find((dot) => dot.radius > 3 && dot.point.totalPs < largest.point.totalPs);
    if (other === undefined) throw new Error('the fixture has ops of different lengths');
    expect((largest.radius / other.radius) ** 2).toBeCloseTo(largest.point.totalPs / other.point.totalPs, 6);
  });

  test('roofs carry their numbers and the ridge its intensity', () => {
    const texts = rooflineFigure(roofline, layout).marks.flatMap((mark) =>
      mark.kind === 'text' ? [mark.text] : [],
    );
    expect(texts).toContain('MXU 459\u2009TFLOP/s');
    expect(texts).toContain('HBM 2.77\u2009TB/s');
    expect(texts).toContain('VMEM 43.0\u2009TB/s');
    expect(texts).toContain('ridge 166');
  });

  test('only the op under the cursor has the accent, and is drawn last', () => {
    const current = opNamed('qkv fwd');
    const accents = (at: number | undefined): number =>
      rooflineFigure(roofline, layout, { ...NO_EMPHASIS, current: at }).marks.filter(
        (mark) => mark.kind === 'circle' && mark.fill === 'accent',
      ).length;
    expect(accents(undefined)).toBe(0);
    expect(accents(current)).toBe(1);
    const { marks } = rooflineFigure(roofline, layout, { ...NO_EMPHASIS, current });
    expect(marks[marks.length - 1]).toMatchObject({ kind: 'circle', stroke: 'accent' });
  });
});

describe('rooflineHit', () => {
  test('a dot is hit at its middle, the smaller one where two overlap', () => {
    for (const dot of layout.dots) {
      const hit = rooflineHit(roofline, layout, dot.x, dot.y);
      expect(hit?.kind).toBe('op');
      const op = hit?.kind === 'op' ? hit.op : -1;
      const found = layout.dots.find((each) => each.point.op === op);
      expect(found?.radius).toBeLessThanOrEqual(dot.radius);
    }
  });

  test('a roof is hit along its line and names the fields that move it', () => {
    const roofAt = (intensity: number, rate: number): string | undefined => {
      const hit = rooflineHit(roofline, layout, layout.x.position(intensity), layout.y.position(rate));
      return hit?.kind === 'roof' ? hit.roof.id : undefined;
    };
    expect(roofAt(10, 10 * report.roofs.hbmBytesPerSecond)).toBe('hbm');
    expect(roofAt(2, 2 * report.roofs.vmemBytesPerSecond)).toBe('vmem');
    expect(roofAt(40, report.roofs.peakFlops)).toBe('mxu');
    expect(roofAt(10, report.roofs.peakFlops / 300)).toBeUndefined();
    expect(roofline.roofs.map((roof) => roof.knobs[0])).toEqual([
      'mxu.rows',
      'hbm.bytesPerSecond',
      'vmem.readBytesPerCycle',
    ]);
  });

  test('intensities read as people write them', () => {
    expect([0.25, 165.9, 1234, Number.POSITIVE_INFINITY].map(formatIntensity)).toEqual([
      '0.25',
      '166',
      '1,234',
      '∞',
    ]);
  });
});

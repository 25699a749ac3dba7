import { describe, expect, test } from 'vitest';
import type { Drawing, Mark } from '../../src/figure/drawing.ts';
import { errorBars, powerText } from '../../src/figure/numerics-bars.ts';
import { growthFigure } from '../../src/figure/numerics-growth.ts';
import { histogramFigure } from '../../src/figure/numerics-histogram.ts';
import { summarizeErrors } from '../../src/numerics/error-analysis.ts';

/** Errors of results that should all be 1: their rms is 1 too. */
function summaryOf(errors: readonly number[]) {
  return summarizeErrors(
    Float64Array.from(errors, (error) => 1 + error),
    new Float64Array(errors.length).fill(1),
  );
}

function ofKind<Kind extends Mark['kind']>(drawing: Drawing, kind: Kind) {
  return drawing.marks.filter((mark): mark is Extract<Mark, { kind: Kind }> => mark.kind === kind);
}

const coarse = summaryOf([0, 0.25, -0.25, 0.375]);
const fine = summaryOf([0, 0, 2 ** -20, 2 ** -20]);

describe('the bars of a histogram', () => {
  test('begin with results without error and end with the largest error that occurs', () => {
    const bars = errorBars(coarse, fine);
    expect(bars[0]).toEqual({ exponent: undefined, shares: [0.25, 0.5] });
    expect(bars[1]).toEqual({ exponent: -20, shares: [0, 0.5] });
    expect(bars.at(-1)).toEqual({ exponent: -2, shares: [0.75, 0] });
    expect(bars).toHaveLength(1 + 19);
  });

  test('hold every finite result once, whatever is infinite or NaN', () => {
    const bars = errorBars(summaryOf([0.5, Number.POSITIVE_INFINITY, Number.NaN, 0]), coarse);
    for (const choice of [0, 1] as const) {
      expect(bars.reduce((total, { shares }) => total + shares[choice], 0)).toBeCloseTo(1, 12);
    }
  });

  test('of equal errors are still several bins wide, and without any error there is one', () => {
    expect(errorBars(summaryOf([0.5]), summaryOf([0.5]))).toHaveLength(1 + 8);
    const none = errorBars(summaryOf([0, 0]), summaryOf([0]));
    expect(none[0]?.shares).toEqual([1, 1]);
    expect(none.slice(1).every(({ shares }) => shares[0] + shares[1] === 0)).toBe(true);
  });
});

describe('the histogram', () => {
  const bars = errorBars(coarse, fine);
  const drawing = histogramFigure(bars, 400, 200);

  test('has a bar of the first choice for each bin, as high as its share', () => {
    const rects = ofKind(drawing, 'rect');
    expect(rects).toHaveLength(bars.length);
    const heights = rects.map(({ height }) => height);
    expect(heights[0]).toBeGreaterThan(0);
    expect((heights.at(-1) ?? 0) / (heights[0] ?? 0)).toBeCloseTo(3, 9);
    expect(rects.every(({ x, width }) => x >= 0 && x + width <= 400)).toBe(true);
  });

  test('outlines the second, on the same scale', () => {
    const [exact] = ofKind(drawing, 'line').filter(({ stroke }) => stroke === 'ink');
    const ys = (exact?.points ?? []).filter((_, index) => index % 2 === 1);
    const [bar] = ofKind(drawing, 'rect');
    expect(Math.max(...ys) - Math.min(...ys)).toBeCloseTo(2 * (bar?.height ?? 0), 9);
  });

  test('names its axes, and its labels do not run into each other', () => {
    const texts = ofKind(drawing, 'text');
    const words = texts.map(({ text }) => text);
    expect(words).toContain('|error| over rms of C');
    expect(words).toContain('share of results');
    expect(words).toContain('2⁻⁸');
    const xs = texts.filter(({ text }) => /^2[⁻⁰-⁹¹²³]|exact/.test(text)).map(({ x }) => x);
    const gaps = xs.toSorted((a, b) => a - b).map((x, index, all) => x - (all[index - 1] ?? x - 100));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(44);
  });

  test('survives having no room', () => {
    for (const mark of ofKind(histogramFigure(bars, 1, 1), 'rect'))
      expect(mark.height).toBeGreaterThanOrEqual(0);
  });
});

describe('growth with k', () => {
  const first = [64, 128, 256].map((k, index) => ({ k, relativeRms: 1e-7 * 2 ** index }));
  const second = first.map(({ k }) => ({ k, relativeRms: 2e-2 }));

  test('has a point for each length, equal factors taking equal heights', () => {
    const discs = ofKind(growthFigure(first, second, 300, 200), 'circle').filter(
      ({ fill }) => fill === 'unit-mxu',
    );
    const ys = discs.map(({ y }) => y);
    expect(ys).toHaveLength(3);
    const [a = 0, b = 0, c = 0] = ys;
    expect(a - b).toBeCloseTo(b - c, 9);
    expect(a).toBeGreaterThan(c);
    const xs = discs.map(({ x }) => x);
    expect((xs[1] ?? 0) - (xs[0] ?? 0)).toBeCloseTo((xs[2] ?? 0) - (xs[1] ?? 0), 9);
  });

  test('leaves out what has no error, and has axes even if nothing has', () => {
    const none = first.map(({ k }) => ({ k, relativeRms: 0 }));
    expect(ofKind(growthFigure(none, second, 300, 200), 'circle')).toHaveLength(3);
    const empty = growthFigure(none, none, 300, 200);
    expect(ofKind(empty, 'circle')).toHaveLength(0);
    expect(ofKind(empty, 'text').map(({ text }) => text)).toContain('128');
  });

  test('draws a single length in the middle', () => {
    const one = growthFigure(first.slice(0, 1), second.slice(0, 1), 300, 200);
    expect(ofKind(one, 'circle')).toHaveLength(2);
    expect(ofKind(one, 'circle').every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true);
  });
});

test('powers are written with raised figures', () => {
  expect(powerText(2, -12)).toBe('2⁻¹²');
  expect(powerText(10, 0)).toBe('10⁰');
});

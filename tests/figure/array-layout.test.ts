import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayFigure, arrayHighlight } from '../../src/figure/array-figure.ts';
import {
  type ArrayLayout,
  layoutArray,
  peAt,
  rectOfPe,
  revealPe,
  WHOLE_ARRAY,
  zoomArray,
} from '../../src/figure/array-layout.ts';

function layout(
  rows: number,
  columns: number,
  width: number,
  height: number,
  zoom = WHOLE_ARRAY,
): ArrayLayout {
  return layoutArray(rows, columns, width, height, zoom, 1);
}

describe('layoutArray', () => {
  test('field and strips lie within the picture and do not overlap', () => {
    const sizes = fc.integer({ min: 120, max: 900 });
    const extents = fc.constantFrom(1, 4, 8, 128, 256);
    fc.assert(
      fc.property(extents, extents, sizes, sizes, (rows, columns, width, height) => {
        const { field, left, top, bottom, cell } = layout(rows, columns, width, height);
        expect(cell).toBeGreaterThan(0);
        expect(left.x + left.width).toBeLessThan(field.x);
        expect(top.y + top.height).toBeLessThan(field.y);
        expect(bottom.y).toBeGreaterThan(field.y + field.height);
        expect(field.x + field.width).toBeLessThanOrEqual(width + 1e-6);
        expect(bottom.y + bottom.height).toBeLessThanOrEqual(height + 1e-6);
        expect(field.width / columns).toBeCloseTo(field.height / rows, 9);
      }),
    );
  });

  test('PEs take whole device pixels where that costs little, else what there is room for', () => {
    expect(layout(128, 128, 500, 468).cell).toBe(3);
    const tight = layout(128, 128, 500, 400).cell;
    expect(tight).toBeGreaterThan(2.5);
    expect(tight).toBeLessThan(2.7);
  });

  test('every PE is found at its own middle, and nothing outside of the field', () => {
    const at = layout(128, 64, 640, 480);
    const places = fc.record({
      row: fc.integer({ min: 0, max: 127 }),
      column: fc.integer({ min: 0, max: 63 }),
    });
    fc.assert(
      fc.property(places, fc.integer({ min: 1, max: 40 }), (place, scale) => {
        const zoomed = layout(128, 64, 640, 480, { scale, row: place.row - 0.3, column: place.column - 0.2 });
        const rect = rectOfPe(zoomed, place);
        expect(peAt(zoomed, rect.x + rect.width / 2, rect.y + rect.height / 2)).toEqual(place);
      }),
    );
    expect(peAt(at, at.field.x - 1, at.field.y + 5)).toBeUndefined();
    expect(peAt(at, at.field.x + 5, at.field.y + at.field.height)).toBeUndefined();
  });
});

describe('zoom', () => {
  test('the PE under the pointer stays under it', () => {
    const whole = layout(128, 128, 500, 468);
    const [x, y] = [whole.field.x + 200, whole.field.y + 90];
    const zoom = zoomArray(whole, WHOLE_ARRAY, 7, x, y);
    const zoomed = layout(128, 128, 500, 468, zoom);
    expect(zoomed.cell).toBeCloseTo(21, 9);
    expect(peAt(zoomed, x, y)).toEqual(peAt(whole, x, y));
    const back = zoomArray(zoomed, zoom, 1 / 100, x, y);
    expect(layout(128, 128, 500, 468, back).crop).toEqual(whole.crop);
  });

  test('a crop never leaves the array', () => {
    const zoomed = layout(128, 128, 500, 468, { scale: 4, row: 1e9, column: -5 });
    expect(zoomed.crop.x).toBe(0);
    expect(zoomed.crop.y + zoomed.crop.height).toBeCloseTo(128, 9);
  });

  test('revealing moves no further than needed', () => {
    const zoom = { scale: 8, row: 40, column: 40 };
    const zoomed = layout(128, 128, 500, 468, zoom);
    expect(revealPe(zoomed, zoom, 45, 45)).toEqual(zoom);
    expect(revealPe(zoomed, zoom, 10, 45)).toEqual({ scale: 8, row: 10, column: 40 });
    expect(revealPe(zoomed, zoom, 45, 100).column).toBeCloseTo(101 - zoomed.crop.width, 9);
  });
});

describe('figures', () => {
  const pixels = { rows: 8, columns: 8, words: new Uint32Array(64) };
  const strip = (columns: number, rows: number) => ({
    rows,
    columns,
    words: new Uint32Array(rows * columns),
  });

  test('gutters appear when PEs are large enough, strips only while something runs', () => {
    const small = layout(128, 128, 400, 400);
    const large = layout(8, 8, 400, 400);
    const big = { rows: 128, columns: 128, words: new Uint32Array(128 * 128) };
    const lines = (marks: readonly { kind: string }[]): number =>
      marks.filter((mark) => mark.kind === 'line').length;
    expect(lines(arrayFigure(small, big, undefined, 400, 400).marks)).toBe(0);
    expect(lines(arrayFigure(large, pixels, undefined, 400, 400).marks)).toBe(18);
    const edges = { left: strip(2, 8), top: strip(8, 2), bottom: strip(8, 2) };
    expect(
      arrayFigure(large, pixels, edges, 400, 400).marks.filter((mark) => mark.kind === 'image'),
    ).toHaveLength(4);
    expect(
      arrayFigure(large, pixels, undefined, 400, 400).marks.filter((mark) => mark.kind === 'image'),
    ).toHaveLength(1);
  });

  test('pins have the accent, the pointer has not; what is scrolled away has no frame', () => {
    const zoomed = layout(128, 128, 500, 468, { scale: 8, row: 0, column: 0 });
    const strokes = (row: number): unknown[] =>
      arrayHighlight(zoomed, undefined, [{ row, column: 2 }], 500, 468).marks.map((mark) =>
        'stroke' in mark ? mark.stroke : undefined,
      );
    expect(strokes(3)).toContain('accent');
    expect(strokes(120)).toEqual([]);
    const hovered = arrayHighlight(zoomed, { row: 3, column: 2 }, [], 500, 468).marks;
    expect(hovered.some((mark) => 'stroke' in mark && mark.stroke === 'accent')).toBe(false);
    expect(hovered.filter((mark) => mark.kind === 'line')).toHaveLength(2);
  });
});

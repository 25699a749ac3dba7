import { clamp } from '../base/integers.ts';
import type { Crop } from './drawing.ts';

/** What of the array fills the picture. `scale` 1 shows all of it; `row` and `column` are at the top left. */
export interface ArrayZoom {
  readonly scale: number;
  readonly row: number;
  readonly column: number;
}

export const WHOLE_ARRAY: ArrayZoom = { scale: 1, row: 0, column: 0 };

/** Where the array and its edge strips are, in CSS pixels. */
export interface ArrayLayout {
  readonly rows: number;
  readonly columns: number;
  /** Side of a PE. */
  readonly cell: number;
  readonly field: Rect;
  readonly left: Rect;
  readonly top: Rect;
  readonly bottom: Rect;
  /** Cycles that the strips show. */
  readonly edgeCycles: number;
  /** The PEs that show, fractions at the rim. */
  readonly crop: Crop;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Cells of at least this size have gutters, and of this one, values. */
export const GUTTER_CELL = 12;
export const VALUE_CELL = 46;

const MAX_CELL = 96;
/** Also room for the strips' names at the corners. */
const STRIP_PX = 30;
const GAP_PX = 4;

/** A PE of a whole number of device pixels may make the array smaller by at most this share. */
const MAX_ROUNDING_LOSS = 0.08;

/** The whole array as large as fits, every PE a whole number of device pixels where that costs little. */
export function layoutArray(
  rows: number,
  columns: number,
  width: number,
  height: number,
  zoom: ArrayZoom,
  pixelRatio: number,
): ArrayLayout {
  const fits = (cell: number): boolean =>
    STRIP_PX + GAP_PX + columns * cell <= width && 2 * (STRIP_PX + GAP_PX) + rows * cell <= height;
  let low = 0.05;
  let high = 200;
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2;
    if (fits(middle)) low = middle;
    else high = middle;
  }
  const rounded = Math.floor(low * pixelRatio) / pixelRatio;
  const whole = rounded >= low * (1 - MAX_ROUNDING_LOSS) ? rounded : low;

  const field: Rect = {
    x: STRIP_PX + GAP_PX,
    y: STRIP_PX + GAP_PX,
    width: columns * whole,
    height: rows * whole,
  };
  const cell = whole * clampScale(zoom.scale, whole);
  const crop: Crop = {
    width: field.width / cell,
    height: field.height / cell,
    x: clamp(zoom.column, 0, columns - field.width / cell),
    y: clamp(zoom.row, 0, rows - field.height / cell),
  };
  return {
    rows,
    columns,
    cell,
    field,
    edgeCycles: Math.ceil(STRIP_PX / cell),
    left: { x: 0, y: field.y, width: STRIP_PX, height: field.height },
    top: { x: field.x, y: 0, width: field.width, height: STRIP_PX },
    bottom: { x: field.x, y: field.y + field.height + GAP_PX, width: field.width, height: STRIP_PX },
    crop,
  };
}

/** `zoom` made `factor` times larger; the PE at (x, y) keeps its place on the screen. */
export function zoomArray(
  layout: ArrayLayout,
  zoom: ArrayZoom,
  factor: number,
  x: number,
  y: number,
): ArrayZoom {
  const whole = layout.field.width / layout.columns;
  const scale = clampScale(zoom.scale * factor, whole);
  const cell = whole * scale;
  const across = clamp(x - layout.field.x, 0, layout.field.width);
  const down = clamp(y - layout.field.y, 0, layout.field.height);
  return {
    scale,
    column: Math.max(0, layout.crop.x + across / layout.cell - across / cell),
    row: Math.max(0, layout.crop.y + down / layout.cell - down / cell),
  };
}

/** Zoomed no more than needed so that the PE lies inside the picture. */
export function revealPe(layout: ArrayLayout, zoom: ArrayZoom, row: number, column: number): ArrayZoom {
  const inside = (first: number, count: number, at: number): number =>
    at < first ? at : at + 1 > first + count ? at + 1 - count : first;
  return {
    scale: zoom.scale,
    row: inside(layout.crop.y, layout.crop.height, row),
    column: inside(layout.crop.x, layout.crop.width, column),
  };
}

export interface PePlace {
  readonly row: number;
  readonly column: number;
}

export function peAt(
  { field, cell, crop, rows, columns }: ArrayLayout,
  x: number,
  y: number,
): PePlace | undefined {
  const inside = x >= field.x && y >= field.y && x < field.x + field.width && y < field.y + field.height;
  if (!inside) return undefined;
  return {
    row: clamp(Math.floor(crop.y + (y - field.y) / cell), 0, rows - 1),
    column: clamp(Math.floor(crop.x + (x - field.x) / cell), 0, columns - 1),
  };
}

/** The square of one PE, which may lie outside of the field. */
export function rectOfPe({ field, cell, crop }: ArrayLayout, { row, column }: PePlace): Rect {
  return {
    x: field.x + (column - crop.x) * cell,
    y: field.y + (row - crop.y) * cell,
    width: cell,
    height: cell,
  };
}

function clampScale(scale: number, whole: number): number {
  return clamp(scale, 1, Math.max(1, MAX_CELL / whole));
}

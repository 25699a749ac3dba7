import type { ArrayEdges } from './array-edges.ts';
import { type ArrayLayout, GUTTER_CELL, type PePlace, rectOfPe, VALUE_CELL } from './array-layout.ts';
import type { Drawing, Mark, Paint, Pixels } from './drawing.ts';

/** The array and its edge strips at one cycle; without pixels, the field stays open for what lies below. */
export function arrayFigure(
  layout: ArrayLayout,
  pixels: Pixels | undefined,
  edges: ArrayEdges | undefined,
  width: number,
  height: number,
): Drawing {
  const { field, left, top, bottom, crop, cell } = layout;
  const marks: Mark[] = [];
  if (edges !== undefined) {
    const depth = left.width / cell;
    marks.push(
      {
        kind: 'image',
        ...left,
        pixels: edges.left,
        crop: { x: edges.left.columns - depth, y: crop.y, width: depth, height: crop.height },
      },
      {
        kind: 'image',
        ...top,
        pixels: edges.top,
        crop: { x: crop.x, y: edges.top.rows - depth, width: crop.width, height: depth },
      },
      {
        kind: 'image',
        ...bottom,
        pixels: edges.bottom,
        crop: { x: crop.x, y: 0, width: crop.width, height: depth },
      },
    );
  }
  if (pixels !== undefined) marks.push({ kind: 'image', ...field, pixels, crop });
  if (cell >= GUTTER_CELL) marks.push(...gutters(layout));
  return { width, height, marks };
}

function gutters({ field, crop, cell }: ArrayLayout): Mark[] {
  const lineWidth = cell >= VALUE_CELL ? 2 : 1;
  const marks: Mark[] = [];
  for (let column = Math.ceil(crop.x); column <= crop.x + crop.width; column += 1) {
    const x = field.x + (column - crop.x) * cell;
    marks.push({
      kind: 'line',
      points: [x, field.y, x, field.y + field.height],
      stroke: 'ground',
      lineWidth,
    });
  }
  for (let row = Math.ceil(crop.y); row <= crop.y + crop.height; row += 1) {
    const y = field.y + (row - crop.y) * cell;
    marks.push({ kind: 'line', points: [field.x, y, field.x + field.width, y], stroke: 'ground', lineWidth });
  }
  return marks;
}

/**
 * What the pointer and the pins single out: the PE, and along its row and column the way its operand and
 * its sum have come.
 */
export function arrayHighlight(
  layout: ArrayLayout,
  hovered: PePlace | undefined,
  pinned: readonly PePlace[],
  width: number,
  height: number,
): Drawing {
  const marks: Mark[] = [];
  if (hovered !== undefined) {
    const { field } = layout;
    const at = rectOfPe(layout, hovered);
    // Over numbers it would strike them out: there the rims alone tell row and column.
    const reach = layout.cell >= VALUE_CELL ? 0 : 1;
    const middleX = at.x + at.width / 2;
    const middleY = at.y + at.height / 2;
    const path = { stroke: 'ink' as Paint, lineWidth: 1, dash: [2, 3] };
    marks.push(
      {
        kind: 'line',
        points: [layout.left.x, middleY, field.x + reach * Math.max(0, at.x - field.x), middleY],
        ...path,
      },
      {
        kind: 'line',
        points: [middleX, layout.top.y, middleX, field.y + reach * Math.max(0, at.y - field.y)],
        ...path,
      },
      ...outline(layout, hovered, 'ink'),
    );
  }
  for (const place of pinned) marks.push(...outline(layout, place, 'accent'));
  return { width, height, marks };
}

/** A frame at least 7 px wide with a rim of ground, so that one PE of 256 x 256 is found on any colour. */
function outline(layout: ArrayLayout, place: PePlace, paint: Paint): Mark[] {
  const rect = rectOfPe(layout, place);
  const side = Math.max(7, rect.width);
  const x = rect.x + rect.width / 2 - side / 2;
  const y = rect.y + rect.height / 2 - side / 2;
  const { field } = layout;
  const visible =
    x + side > field.x && y + side > field.y && x < field.x + field.width && y < field.y + field.height;
  if (!visible) return [];
  return [
    { kind: 'rect', x: x - 1, y: y - 1, width: side + 2, height: side + 2, stroke: 'ground', lineWidth: 4 },
    { kind: 'rect', x: x - 1, y: y - 1, width: side + 2, height: side + 2, stroke: paint, lineWidth: 2 },
  ];
}

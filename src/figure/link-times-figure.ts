import type { Torus } from '../ici/topology.ts';
import { type ColorScale, stepAt } from './color-scales.ts';
import type { Drawing, Mark, Pixels } from './drawing.ts';
import { linkLabel } from './torus-figure.ts';

export const LINK_ROW_PX = 16;
/** Room for a link's name, as in `(15,23,23) → +x`. */
export const LINK_NAME_PX = 118;

/** Links over time, rows from the worst down: shares of a rate in `[links, count]`. */
export interface LinkRows {
  readonly links: Int32Array;
  readonly count: number;
  readonly shares: Float32Array;
}

/** The part of the heat map that `height` CSS pixels show after `scrollPx` have been scrolled away. */
export function linkTimesFigure(
  torus: Torus,
  rows: LinkRows,
  scale: ColorScale,
  width: number,
  height: number,
  scrollPx: number,
): Drawing {
  const first = Math.max(0, Math.floor(scrollPx / LINK_ROW_PX));
  const last = Math.min(rows.links.length, Math.ceil((scrollPx + height) / LINK_ROW_PX));
  if (last <= first) return { width, height, marks: [] };
  const top = first * LINK_ROW_PX - scrollPx;
  const marks: Mark[] = [
    {
      kind: 'image',
      x: LINK_NAME_PX,
      y: top,
      width: Math.max(1, width - LINK_NAME_PX),
      height: (last - first) * LINK_ROW_PX,
      pixels: rowPixels(rows, scale, first, last),
    },
  ];
  for (let row = first; row < last; row += 1) {
    const y = row * LINK_ROW_PX - scrollPx;
    marks.push(
      { kind: 'line', points: [LINK_NAME_PX, y, width, y], stroke: 'ground', lineWidth: 2 },
      {
        kind: 'text',
        x: LINK_NAME_PX - 8,
        y: y + LINK_ROW_PX / 2 + 1,
        text: linkLabel(torus, rows.links[row]),
        fill: 'ink-quiet',
        size: 12,
        font: 'numbers',
        align: 'end',
        middle: true,
      },
    );
  }
  return { width, height, marks };
}

/** A row that is singled out, all of it or a part of its time, in shares of the whole. */
export interface MarkedRow {
  readonly row: number;
  readonly paint: 'accent' | 'ink';
  readonly span?: readonly [from: number, to: number];
}

/** A span of a row is at least this wide, to be found. */
const MIN_SPAN_PX = 4;

/** Outlines of the rows that are singled out. */
export function linkRowsHighlight(
  rows: readonly MarkedRow[],
  width: number,
  height: number,
  scrollPx: number,
): Drawing {
  const plot = Math.max(0, width - LINK_NAME_PX);
  const marks = rows.flatMap(({ row, paint, span }): readonly Mark[] => {
    const y = row * LINK_ROW_PX - scrollPx + 0.5;
    const box = { kind: 'rect', y, height: LINK_ROW_PX, radius: 3, stroke: paint } as const;
    if (span === undefined) return [{ ...box, x: 1, width: width - 2, lineWidth: 1.5 }];
    const [from, to] = span;
    const part = { ...box, x: LINK_NAME_PX + from * plot, width: Math.max(MIN_SPAN_PX, (to - from) * plot) };
    return [
      { ...part, stroke: 'ground', lineWidth: 5 },
      { ...part, lineWidth: 2.5 },
    ];
  });
  return { width, height, marks };
}

/** The row under a point, if there is one. */
export function linkRowAt(rows: LinkRows, y: number, scrollPx: number): number | undefined {
  const row = Math.floor((y + scrollPx) / LINK_ROW_PX);
  return row >= 0 && row < rows.links.length ? row : undefined;
}

function rowPixels({ count, shares }: LinkRows, scale: ColorScale, first: number, last: number): Pixels {
  const words = Uint32Array.from(
    shares.subarray(first * count, last * count),
    (share) => scale.pixels[stepAt(share)],
  );
  return { columns: count, rows: last - first, words };
}

import type { ArraySchedule } from '../array/schedule.ts';
import { tileOfFold } from '../array/schedule.ts';
import { clamp } from '../base/integers.ts';
import { foldAtTile } from './array-words.ts';
import { mix, pixelOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import type { Drawing, Pixels } from './drawing.ts';

/** More tiles than this make no picture. */
const MAX_TILES = 65_536;

/** The tiles of one GEMM, a square each: down the array's rows, across its columns. */
export interface FoldMap {
  readonly schedule: ArraySchedule;
  readonly cell: number;
  readonly width: number;
  readonly height: number;
}

export function layoutFoldMap(schedule: ArraySchedule, width: number, height: number): FoldMap | undefined {
  const { tilesDown, tilesAcross, folds } = schedule;
  if (folds > MAX_TILES || folds < 2) return undefined;
  const cell = Math.min(width / tilesAcross, height / tilesDown, 14);
  const whole = cell >= 2 ? Math.floor(cell) : cell;
  return { schedule, cell: whole, width: tilesAcross * whole, height: tilesDown * whole };
}

/** Finished tiles, the one that streams, and those to come. */
export function foldMapFigure(map: FoldMap, current: number, palette: Palette): Drawing {
  const { schedule, width, height, cell } = map;
  const { tilesDown: rows, tilesAcross: columns, folds } = schedule;
  const { colors } = palette;
  const done = pixelOf(mix(colors['state-working'], colors.ground, 0.35));
  const toCome = pixelOf(colors['state-idle']);
  const words = new Uint32Array(rows * columns);
  for (let fold = 0; fold < folds; fold += 1) {
    const { down, across } = tileOfFold(schedule, fold);
    words[down * columns + across] = fold < current ? done : toCome;
  }
  const { down, across } = tileOfFold(schedule, current);
  const pixels: Pixels = { rows, columns, words };
  const side = Math.max(4, cell);
  return {
    width,
    height,
    marks: [
      { kind: 'image', x: 0, y: 0, width, height, pixels },
      {
        kind: 'rect',
        x: clamp(across * cell, 0, Math.max(0, width - side)),
        y: clamp(down * cell, 0, Math.max(0, height - side)),
        width: side,
        height: side,
        fill: 'accent',
      },
    ],
  };
}

export function foldAtPoint(map: FoldMap, x: number, y: number): number {
  const { schedule, cell } = map;
  return foldAtTile(
    schedule,
    clamp(Math.floor(y / cell), 0, schedule.tilesDown - 1),
    clamp(Math.floor(x / cell), 0, schedule.tilesAcross - 1),
  );
}

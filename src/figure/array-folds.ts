import type { ArraySchedule } from '../array/schedule.ts';
import { tileOfFold } from '../array/schedule.ts';
import { clamp } from '../base/integers.ts';
import { foldAtTile } from './array-words.ts';
import { mix, pixelOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import type { Drawing, Pixels } from './drawing.ts';

/** More tiles than this make no picture. */
const MAX_TILES = 65_536;
const MAX_TILE_PX = 14;
/** The present tile is found however small the tiles are. */
const MIN_MARK_PX = 4;

/** The tiles of one GEMM, a square each: down the array's rows, across its columns. */
export interface FoldMap {
  readonly schedule: ArraySchedule;
  /** Of one tile. */
  readonly cellWidth: number;
  readonly cellHeight: number;
  readonly width: number;
  readonly height: number;
}

export function layoutFoldMap(schedule: ArraySchedule, width: number, height: number): FoldMap | undefined {
  const { tilesDown, tilesAcross, folds } = schedule;
  if (folds > MAX_TILES || folds < 2) return undefined;
  const side = (room: number, tiles: number): number => {
    const exact = Math.min(room / tiles, MAX_TILE_PX);
    return exact >= 2 ? Math.floor(exact) : exact;
  };
  const cellWidth = side(width, tilesAcross);
  const cellHeight = side(height, tilesDown);
  return { schedule, cellWidth, cellHeight, width: tilesAcross * cellWidth, height: tilesDown * cellHeight };
}

/** Finished tiles, the one that streams, and those to come. */
export function foldMapFigure(map: FoldMap, current: number, palette: Palette): Drawing {
  const { schedule, width, height, cellWidth, cellHeight } = map;
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
  const markWidth = Math.max(MIN_MARK_PX, cellWidth);
  const markHeight = Math.max(MIN_MARK_PX, cellHeight);
  return {
    width,
    height,
    marks: [
      { kind: 'image', x: 0, y: 0, width, height, pixels },
      {
        kind: 'rect',
        x: clamp(across * cellWidth, 0, Math.max(0, width - markWidth)),
        y: clamp(down * cellHeight, 0, Math.max(0, height - markHeight)),
        width: markWidth,
        height: markHeight,
        fill: 'accent',
      },
    ],
  };
}

export function foldAtPoint(map: FoldMap, x: number, y: number): number {
  const { schedule, cellWidth, cellHeight } = map;
  return foldAtTile(
    schedule,
    clamp(Math.floor(y / cellHeight), 0, schedule.tilesDown - 1),
    clamp(Math.floor(x / cellWidth), 0, schedule.tilesAcross - 1),
  );
}

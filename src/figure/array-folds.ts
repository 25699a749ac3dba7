import type { ArraySchedule } from '../array/schedule.ts';
import { tileOfFold } from '../array/schedule.ts';
import { clamp } from '../base/integers.ts';
import { foldAtTile } from './array-words.ts';
import { mix, pixelOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import type { Drawing, Pixels } from './drawing.ts';

/** More tiles than this make no picture. */
const MAX_TILES = 65_536;
const MAX_TILE_PX = 18;
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
  const { tilesDown, tilesAcross, foldsPerGemm } = schedule;
  if (foldsPerGemm > MAX_TILES || foldsPerGemm < 2) return undefined;
  const side = (room: number, tiles: number): number => {
    const exact = Math.min(room / tiles, MAX_TILE_PX);
    return exact >= 2 ? Math.floor(exact) : exact;
  };
  const cellWidth = side(width, tilesAcross);
  const cellHeight = side(height, tilesDown);
  return { schedule, cellWidth, cellHeight, width: tilesAcross * cellWidth, height: tilesDown * cellHeight };
}

/** Finished tiles of the GEMM that streams, the present one, and those to come. */
export function foldMapFigure(map: FoldMap, current: number, palette: Palette): Drawing {
  const { schedule, width, height, cellWidth, cellHeight } = map;
  const { tilesDown: rows, tilesAcross: columns, foldsPerGemm } = schedule;
  const { colors } = palette;
  const done = pixelOf(mix(colors['state-working'], colors.ground, 0.35));
  const toCome = pixelOf(colors['state-idle']);
  const words = new Uint32Array(rows * columns);
  const present = current % foldsPerGemm;
  for (let tile = 0; tile < foldsPerGemm; tile += 1) {
    const { down, across } = tileOfFold(schedule, tile);
    words[down * columns + across] = tile < present ? done : toCome;
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

/** The fold under a point, of GEMM number `repeat`. */
export function foldAtPoint(map: FoldMap, repeat: number, x: number, y: number): number {
  const { schedule, cellWidth, cellHeight } = map;
  return foldAtTile(schedule, {
    repeat,
    down: clamp(Math.floor(y / cellHeight), 0, schedule.tilesDown - 1),
    across: clamp(Math.floor(x / cellWidth), 0, schedule.tilesAcross - 1),
  });
}

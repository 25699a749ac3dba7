import type { Token } from './color-palette.ts';

/**
 * A figure as a list of marks, in order of painting: what a canvas, an SVG file and a test all read. Lengths
 * are CSS pixels, y runs down, colours are names of the theme or literal `#rrggbb` of a data scale.
 */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
}

export type Paint = Token | `#${string}`;

export type Mark = RectMark | LineMark | CircleMark | TextMark | ImageMark;

interface Painted {
  readonly fill?: Paint;
  readonly stroke?: Paint;
  readonly lineWidth?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

interface RectMark extends Painted {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
}

/** An open polyline through `points`, as x0, y0, x1, y1, … */
interface LineMark {
  readonly kind: 'line';
  readonly points: readonly number[];
  readonly stroke: Paint;
  readonly lineWidth: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

interface CircleMark extends Painted {
  readonly kind: 'circle';
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

type FontSize = 12 | 14 | 18 | 28;

export interface TextMark {
  readonly kind: 'text';
  readonly x: number;
  /** Of the baseline, or of the middle of the line with `middle`. */
  readonly y: number;
  readonly text: string;
  readonly fill: Paint;
  readonly size: FontSize;
  readonly font: 'words' | 'numbers';
  readonly bold?: boolean;
  readonly align?: 'start' | 'middle' | 'end';
  readonly middle?: boolean;
  /** Outline in this colour, so that the text reads on top of lines. */
  readonly halo?: Paint;
  /** Degrees, clockwise, about (x, y). */
  readonly rotate?: number;
}

/** Square pixels stretched over a rectangle, never smoothed. */
export interface ImageMark {
  readonly kind: 'image';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly pixels: Pixels;
  /** The part of `pixels` that fills the rectangle, in pixels, fractions allowed; all of it if left out. */
  readonly crop?: Crop;
}

export interface Crop {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** RGBA bytes, row by row from the top, seen as one little-endian word a pixel: [rows, columns]. */
export interface Pixels {
  readonly columns: number;
  readonly rows: number;
  readonly words: Uint32Array;
}

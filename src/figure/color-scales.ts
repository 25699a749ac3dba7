import { clamp } from '../base/integers.ts';
import { hexOf, mix, pixelOf, type Rgb, rgbFromOklch } from './color.ts';
import type { Scheme } from './color-palette.ts';

export const SCALE_STEPS = 256;

/** A colour for every share in [0, 1], in `SCALE_STEPS` steps. */
export interface ColorScale {
  readonly name: string;
  readonly colors: readonly Rgb[];
  /** The same colours as pixels for a `Uint32Array` view of RGBA bytes, [SCALE_STEPS]. */
  readonly pixels: Uint32Array;
}

export function colorAt(scale: ColorScale, fraction: number): Rgb {
  return scale.colors[stepAt(fraction)];
}

export function hexAt(scale: ColorScale, fraction: number): `#${string}` {
  return hexOf(colorAt(scale, fraction)) as `#${string}`;
}

/** Index into `colors` and `pixels`; what is not a number counts as 0. */
export function stepAt(fraction: number): number {
  return Math.round(clamp(Number.isNaN(fraction) ? 0 : fraction, 0, 1) * (SCALE_STEPS - 1));
}

/**
 * How much of a rate is used. Cividis (Nunez, Anderton, Renslow, "Optimizing colormaps with consideration for
 * color vision deficiency", PLOS ONE 13(7) 2018), polynomial fit of d3-scale-chromatic. The loud end stands
 * out from the ground: on a light one the scale runs the other way, its quiet end paled.
 */
export function utilizationScale(scheme: Scheme): ColorScale {
  return SCALES[scheme].utilization();
}

/** How long something waits: purple to pink, so that it can't be taken for utilisation. */
export function waitingScale(scheme: Scheme): ColorScale {
  return SCALES[scheme].waiting();
}

/** Differences: blue is less, orange is more, and the middle is the ground's own grey. */
export function differenceScale(scheme: Scheme): ColorScale {
  return SCALES[scheme].difference();
}

const cividis = (): Rgb[] =>
  Array.from({ length: SCALE_STEPS }, (_, step) => cividisColor(step / (SCALE_STEPS - 1)));

/** Up to this share the yellow end of the reversed scale is mixed with paper. */
const PALED = 0.55;
const paper = rgbFromOklch(0.93, 0.012, 95);
const paledCividis = (): Rgb[] =>
  cividis()
    .reverse()
    .map((color, step) => {
      const share = step / (SCALE_STEPS - 1);
      return mix(paper, color, share >= PALED ? 1 : 0.12 + (0.88 * share) / PALED);
    });

/** A page that opens needs one of them, and making all takes it some ten milliseconds. */
const SCALES = {
  dark: {
    utilization: once(() => scaleOf('utilisation', cividis())),
    waiting: once(() =>
      scaleOf('waiting', [
        ...ramp(rgbFromOklch(0.24, 0.07, 300), rgbFromOklch(0.58, 0.21, 345), SCALE_STEPS / 2),
        ...ramp(rgbFromOklch(0.582, 0.21, 345.2), rgbFromOklch(0.9, 0.075, 5), SCALE_STEPS / 2),
      ]),
    ),
    difference: once(() => differences(rgbFromOklch(0.34, 0.012, 258), 0.78)),
  },
  light: {
    utilization: once(() => scaleOf('utilisation', paledCividis())),
    waiting: once(() =>
      scaleOf('waiting', [
        ...ramp(rgbFromOklch(0.93, 0.04, 5), rgbFromOklch(0.6, 0.21, 345), SCALE_STEPS / 2),
        ...ramp(rgbFromOklch(0.598, 0.21, 344.8), rgbFromOklch(0.26, 0.09, 300), SCALE_STEPS / 2),
      ]),
    ),
    difference: once(() => differences(rgbFromOklch(0.9, 0.006, 85), 0.5)),
  },
} as const;

function once(make: () => ColorScale): () => ColorScale {
  let made: ColorScale | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function scaleOf(name: string, colors: readonly Rgb[]): ColorScale {
  return { name, colors, pixels: Uint32Array.from(colors, pixelOf) };
}

function ramp(from: Rgb, to: Rgb, steps: number): Rgb[] {
  return Array.from({ length: steps }, (_, step) => mix(from, to, step / (steps - 1)));
}

function differences(middle: Rgb, endLightness: number): ColorScale {
  const less = rgbFromOklch(endLightness, 0.14, 245);
  const more = rgbFromOklch(endLightness, 0.14, 55);
  return scaleOf('difference', [
    ...ramp(less, middle, SCALE_STEPS / 2),
    ...ramp(middle, more, SCALE_STEPS / 2),
  ]);
}

function cividisColor(t: number): Rgb {
  return {
    red: channel(-4.54 - t * (35.34 - t * (2381.73 - t * (6402.7 - t * (7024.72 - t * 2710.57))))),
    green: channel(32.49 + t * (170.73 + t * (52.82 - t * (131.46 - t * (176.58 - t * 67.37))))),
    blue: channel(81.24 + t * (442.36 - t * (2482.43 - t * (6167.24 - t * (6614.94 - t * 2475.67))))),
  };
}

function channel(value: number): number {
  return clamp(Math.round(value), 0, 255);
}

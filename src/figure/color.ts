import { clamp } from '../base/integers.ts';

/** An sRGB colour, each channel in [0, 255]. */
export interface Rgb {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** OKLab (Ottosson, "A perceptual color space for image processing", 2020): lightness in [0, 1], two opponents. */
export interface Oklab {
  readonly lightness: number;
  readonly greenRed: number;
  readonly blueYellow: number;
}

/** `oklch(L C H)` as in CSS, lightness in [0, 1], hue in degrees; channels outside sRGB are clipped. */
export function rgbFromOklch(lightness: number, chroma: number, hueDegrees: number): Rgb {
  const hue = (hueDegrees * Math.PI) / 180;
  return rgbFromOklab({
    lightness,
    greenRed: chroma * Math.cos(hue),
    blueYellow: chroma * Math.sin(hue),
  });
}

/** Matrices of https://bottosson.github.io/posts/oklab/. */
export function rgbFromOklab({ lightness, greenRed, blueYellow }: Oklab): Rgb {
  const long = (lightness + 0.3963377774 * greenRed + 0.2158037573 * blueYellow) ** 3;
  const medium = (lightness - 0.1055613458 * greenRed - 0.0638541728 * blueYellow) ** 3;
  const short = (lightness - 0.0894841775 * greenRed - 1.291485548 * blueYellow) ** 3;
  return {
    red: encodeChannel(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    green: encodeChannel(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    blue: encodeChannel(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  };
}

export function oklabFromRgb({ red, green, blue }: Rgb): Oklab {
  const [r, g, b] = [decodeChannel(red), decodeChannel(green), decodeChannel(blue)];
  const long = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const medium = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const short = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {
    lightness: 0.2104542553 * long + 0.793617785 * medium - 0.0040720468 * short,
    greenRed: 1.9779984951 * long - 2.428592205 * medium + 0.4505937099 * short,
    blueYellow: 0.0259040371 * long + 0.7827717662 * medium - 0.808675766 * short,
  };
}

/** `from` at 0, `to` at 1, straight through OKLab, so that steps look even. */
export function mix(from: Rgb, to: Rgb, fraction: number): Rgb {
  const start = oklabFromRgb(from);
  const end = oklabFromRgb(to);
  return rgbFromOklab({
    lightness: start.lightness + (end.lightness - start.lightness) * fraction,
    greenRed: start.greenRed + (end.greenRed - start.greenRed) * fraction,
    blueYellow: start.blueYellow + (end.blueYellow - start.blueYellow) * fraction,
  });
}

/** `#rrggbb`. */
export function hexOf({ red, green, blue }: Rgb): string {
  return `#${((1 << 24) | (red << 16) | (green << 8) | blue).toString(16).slice(1)}`;
}

/** Opaque pixel as a `Uint32Array` view of RGBA bytes holds it on a little-endian machine. */
export function pixelOf({ red, green, blue }: Rgb): number {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/** Relative luminance of WCAG 2, in [0, 1]. */
export function luminance({ red, green, blue }: Rgb): number {
  return 0.2126 * decodeChannel(red) + 0.7152 * decodeChannel(green) + 0.0722 * decodeChannel(blue);
}

/** Contrast ratio of WCAG 2, from 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function encodeChannel(linear: number): number {
  const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.round(clamp(value, 0, 1) * 255);
}

function decodeChannel(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

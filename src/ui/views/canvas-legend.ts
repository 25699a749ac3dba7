import { type ColorScale, hexAt } from '../../figure/color-scales.ts';

const STOPS = 16;

/** CSS for a bar that runs through a colour scale. */
export function rampStyle(scale: ColorScale): string {
  const stops = Array.from({ length: STOPS + 1 }, (_, stop) => hexAt(scale, stop / STOPS));
  return `background:linear-gradient(to right, ${stops.join(', ')})`;
}

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  contrast,
  hexOf,
  mix,
  oklabFromRgb,
  pixelOf,
  rgbFromOklab,
  rgbFromOklch,
} from '../../src/figure/color.ts';
import { PALETTES, type Scheme, TOKENS } from '../../src/figure/color-palette.ts';
import {
  type ColorScale,
  colorAt,
  differenceScale,
  SCALE_STEPS,
  stepAt,
  utilizationScale,
  waitingScale,
} from '../../src/figure/color-scales.ts';

const SCHEMES: readonly Scheme[] = ['dark', 'light'];

function lightnesses(scale: ColorScale): number[] {
  return scale.colors.map((color) => oklabFromRgb(color).lightness);
}

/** Largest step against the direction of the scale: 8-bit channels make steps of a fraction of a per cent. */
function worstReversal(values: readonly number[], direction: 1 | -1): number {
  return Math.max(0, ...values.slice(1).map((value, index) => -direction * (value - values[index])));
}

describe('scales', () => {
  test.each(SCHEMES)('%s: utilisation and waiting only ever get louder', (scheme) => {
    const direction = scheme === 'dark' ? 1 : -1;
    for (const scale of [utilizationScale(scheme), waitingScale(scheme)]) {
      const values = lightnesses(scale);
      expect(values).toHaveLength(SCALE_STEPS);
      expect(worstReversal(values, direction)).toBeLessThan(0.005);
      expect(direction * (values[SCALE_STEPS - 1] - values[0])).toBeGreaterThan(0.5);
    }
  });

  test.each(SCHEMES)('%s: a difference has a neutral middle and ends of the same lightness', (scheme) => {
    const scale = differenceScale(scheme);
    const values = lightnesses(scale);
    const half = SCALE_STEPS / 2;
    const outward = scheme === 'dark' ? 1 : -1;
    expect(worstReversal(values.slice(0, half), outward === 1 ? -1 : 1)).toBeLessThan(0.005);
    expect(worstReversal(values.slice(half), outward)).toBeLessThan(0.005);
    expect(Math.abs(values[0] - values[SCALE_STEPS - 1])).toBeLessThan(0.03);
    const { greenRed, blueYellow } = oklabFromRgb(scale.colors[half]);
    expect(Math.hypot(greenRed, blueYellow)).toBeLessThan(0.02);
  });

  test.each(SCHEMES)('%s: waiting cannot be taken for utilisation at any step', (scheme) => {
    const waiting = waitingScale(scheme);
    utilizationScale(scheme).colors.forEach((color, step) => {
      // The quietest eighth of both is nearly the ground.
      if (step < SCALE_STEPS / 8) return;
      const [a, b] = [oklabFromRgb(color), oklabFromRgb(waiting.colors[step])];
      expect(Math.hypot(a.greenRed - b.greenRed, a.blueYellow - b.blueYellow)).toBeGreaterThan(0.05);
    });
  });

  test('the dark utilisation scale is cividis, as matplotlib tabulates it', () => {
    const scale = utilizationScale('dark');
    const published = [
      [0, 0x00, 0x22, 0x4e],
      [0.5, 0x7c, 0x7b, 0x78],
      [1, 0xfe, 0xe8, 0x38],
    ] as const;
    for (const [share, red, green, blue] of published) {
      const color = colorAt(scale, share);
      // A polynomial fit: within a few steps of 255.
      expect(Math.abs(color.red - red)).toBeLessThanOrEqual(6);
      expect(Math.abs(color.green - green)).toBeLessThanOrEqual(6);
      expect(Math.abs(color.blue - blue)).toBeLessThanOrEqual(16);
    }
  });

  test('shares outside [0, 1] take the ends, what is no number the quiet one', () => {
    expect([-1, 0, 1, 2, Number.NaN].map(stepAt)).toEqual([0, 0, 255, 255, 0]);
  });
});

describe('colours', () => {
  test('OKLab and sRGB are each other’s inverse', () => {
    for (const color of [
      { red: 0, green: 0, blue: 0 },
      { red: 255, green: 255, blue: 255 },
      { red: 12, green: 200, blue: 90 },
      { red: 255, green: 0, blue: 255 },
    ]) {
      expect(rgbFromOklab(oklabFromRgb(color))).toEqual(color);
    }
  });

  test('a mix runs from one colour to the other', () => {
    const [a, b] = [rgbFromOklch(0.3, 0.1, 250), rgbFromOklch(0.8, 0.1, 80)];
    expect(mix(a, b, 0)).toEqual(a);
    expect(mix(a, b, 1)).toEqual(b);
    expect(oklabFromRgb(mix(a, b, 0.5)).lightness).toBeCloseTo(0.55, 2);
  });

  test('hex and pixel words carry the channels in their places', () => {
    expect(hexOf({ red: 1, green: 2, blue: 255 })).toBe('#0102ff');
    expect(pixelOf({ red: 1, green: 2, blue: 255 })).toBe(0xffff0201);
  });

  test('black on white is 21 to 1', () => {
    expect(contrast({ red: 0, green: 0, blue: 0 }, { red: 255, green: 255, blue: 255 })).toBeCloseTo(21, 5);
  });
});

describe('palettes', () => {
  test.each(SCHEMES)('%s: text reads on every ground, the accent shows', (scheme) => {
    const { colors } = PALETTES[scheme];
    for (const ground of ['ground', 'surface', 'raised'] as const) {
      expect(contrast(colors.ink, colors[ground])).toBeGreaterThan(7);
      expect(contrast(colors['ink-quiet'], colors[ground])).toBeGreaterThan(4.5);
    }
    expect(contrast(colors.accent, colors.ground)).toBeGreaterThan(3);
  });

  test.each(SCHEMES)('%s: the theme of the page has the same values', (scheme) => {
    const css = readFileSync(new URL('../../src/ui/theme.css', import.meta.url), 'utf8');
    const start = scheme === 'light' ? css.indexOf(':root {') : css.indexOf(":root[data-theme='dark'] {");
    const rules = css.slice(start, css.indexOf('}', start));
    for (const token of TOKENS) {
      const found = new RegExp(`--${token}: oklch\\(([\\d.]+)% ([\\d.]+) ([\\d.]+)\\)`).exec(rules);
      expect(found, `--${token} in theme.css`).not.toBeNull();
      const [lightness, chroma, hue] = (found ?? []).slice(1).map(Number);
      expect(hexOf(PALETTES[scheme].colors[token]), token).toBe(
        hexOf(rgbFromOklch(lightness / 100, chroma, hue)),
      );
    }
  });
});

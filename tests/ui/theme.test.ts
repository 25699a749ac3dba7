import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { contrast, rgbFromOklch } from '../../src/figure/color.ts';
import { PALETTES, type Scheme, TOKENS } from '../../src/figure/color-palette.ts';

const css = readFileSync(new URL('../../src/ui/theme.css', import.meta.url), 'utf8');

/** The custom properties of every rule whose selector matches, each with its oklch colour. */
function colorsOf(selector: string): ReadonlyMap<string, readonly [number, number, number]> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  const found = block.matchAll(/--([\w-]+): oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\);/g);
  return new Map([...found].map(([, name = '', l, c, h]) => [name, [Number(l) / 100, Number(c), Number(h)]]));
}

const themes: Readonly<Record<Scheme, ReturnType<typeof colorsOf>>> = {
  light: colorsOf(':root'),
  dark: colorsOf(":root[data-theme='dark']"),
};

describe('theme', () => {
  for (const scheme of ['light', 'dark'] as const) {
    it(`${scheme}: the page and the figures have the same colours`, () => {
      for (const token of TOKENS) {
        const [l, c, h] = themes[scheme].get(token) ?? [Number.NaN, 0, 0];
        expect(PALETTES[scheme].colors[token], `--${token}`).toEqual(rgbFromOklch(l, c, h));
      }
    });

    it(`${scheme}: text reads on every ground`, () => {
      const colorOf = (token: string) => {
        const [l, c, h] = themes[scheme].get(token) ?? [Number.NaN, 0, 0];
        return rgbFromOklch(l, c, h);
      };
      for (const ground of ['ground', 'surface', 'raised']) {
        for (const ink of ['ink', 'ink-quiet', 'warn']) {
          expect(contrast(colorOf(ink), colorOf(ground)), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
      expect(contrast(colorOf('on-accent'), colorOf('accent'))).toBeGreaterThanOrEqual(4.5);
      expect(contrast(colorOf('accent'), colorOf('ground'))).toBeGreaterThanOrEqual(3);
    });
  }

  it('the system theme in the dark is the dark theme', () => {
    expect([...colorsOf(':root:not([data-theme])')]).toEqual([...themes.dark]);
  });
});

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { luminance, type Rgb } from '../../figure/color.ts';
import { PALETTES, type Palette, TOKENS, type Token } from '../../figure/color-palette.ts';

/** Colours of the page's theme as numbers, for what is drawn on a canvas; the host follows a change of theme. */
export class PaletteController implements ReactiveController {
  palette: Palette = PALETTES.dark;
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  readonly #observer = new MutationObserver(() => this.#refresh());
  readonly #refresh = (): void => {
    this.palette = readPalette(this.#element);
    this.#host.requestUpdate();
  };
  readonly #host: ReactiveControllerHost;
  readonly #element: Element;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    this.#element = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.palette = readPalette(this.#element);
    this.#observer.observe(document.documentElement, { attributeFilter: ['data-theme', 'style', 'class'] });
    this.#system.addEventListener('change', this.#refresh);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    this.#system.removeEventListener('change', this.#refresh);
  }
}

/** Palettes by the text of their tokens: a page has two or three, and reading pixels back is slow. */
const known = new Map<string, Palette>();

/** The theme's colours as they hold for `element`; where the page defines none, those of the figures. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const values = TOKENS.map((token) => style.getPropertyValue(`--${token}`).trim());
  const key = values.join('|');
  let palette = known.get(key);
  if (palette === undefined) {
    palette = parsePalette(values);
    known.set(key, palette);
  }
  return palette;
}

/** Colours of all tokens, drawn side by side and read back at once. */
function parsePalette(values: readonly string[]): Palette {
  const canvas = document.createElement('canvas');
  canvas.width = TOKENS.length;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return PALETTES.dark;
  values.forEach((value, x) => {
    // The canvas knows every colour syntax of CSS; what it does not know leaves the colour as it was.
    context.fillStyle = '#000';
    context.fillStyle = value;
    context.fillRect(x, 0, 1, 1);
  });
  const { data } = context.getImageData(0, 0, TOKENS.length, 1);
  const read = (index: number): Rgb | undefined =>
    values[index] === ''
      ? undefined
      : { red: data[4 * index], green: data[4 * index + 1], blue: data[4 * index + 2] };
  const ground = read(TOKENS.indexOf('ground')) ?? PALETTES.dark.colors.ground;
  const scheme = luminance(ground) > 0.4 ? 'light' : 'dark';
  const fallback = PALETTES[scheme].colors;
  const colors = Object.fromEntries(TOKENS.map((token, index) => [token, read(index) ?? fallback[token]]));
  return { scheme, colors: colors as Record<Token, Rgb> };
}

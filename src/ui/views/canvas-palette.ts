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

/** The theme's colours as they hold for `element`; where the page defines none, those of the figures. */
export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const read = (token: Token, otherwise: Rgb): Rgb => {
    const value = style.getPropertyValue(`--${token}`).trim();
    if (context === null || value === '') return otherwise;
    // The canvas knows every colour syntax of CSS; what it does not know leaves the colour as it was.
    context.fillStyle = '#000';
    context.fillStyle = value;
    context.fillRect(0, 0, 1, 1);
    const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
    return { red, green, blue };
  };
  const scheme = luminance(read('ground', PALETTES.dark.colors.ground)) > 0.4 ? 'light' : 'dark';
  const fallback = PALETTES[scheme].colors;
  const colors = Object.fromEntries(TOKENS.map((token) => [token, read(token, fallback[token])]));
  return { scheme, colors: colors as Record<Token, Rgb> };
}

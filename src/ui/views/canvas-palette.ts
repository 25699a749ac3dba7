import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PALETTES, type Palette, type Scheme } from '../../figure/color-palette.ts';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

/**
 * The colours of the page's theme as numbers. A test holds them to the custom properties: to read those of an
 * element makes the browser compute the styles of the page, each time anew while it is being built.
 */
export function pagePalette(): Palette {
  const { theme } = document.documentElement.dataset;
  const system: Scheme = systemIsDark.matches ? 'dark' : 'light';
  return PALETTES[theme === 'light' || theme === 'dark' ? theme : system];
}

/** Colours for what is drawn on a canvas; the host follows a change of theme. */
export class PaletteController implements ReactiveController {
  palette = pagePalette();
  readonly #host: ReactiveControllerHost;
  readonly #refresh = (): void => {
    const now = pagePalette();
    if (now === this.palette) return;
    this.palette = now;
    this.#host.requestUpdate();
  };
  readonly #observer = new MutationObserver(this.#refresh);

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.palette = pagePalette();
    this.#observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    systemIsDark.addEventListener('change', this.#refresh);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    systemIsDark.removeEventListener('change', this.#refresh);
  }
}

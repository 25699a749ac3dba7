import type { Fonts } from './canvas-draw.ts';

/** The same in every theme. Asking for them at each painting would make the page compute its styles each time. */
let fonts: Fonts | undefined;

/** Fonts of the page for what is drawn on a canvas. */
export function pageFonts(): Fonts {
  if (fonts === undefined) {
    const style = getComputedStyle(document.documentElement);
    fonts = {
      words: style.getPropertyValue('--font-words') || 'system-ui, sans-serif',
      numbers: style.getPropertyValue('--font-numbers') || 'ui-monospace, monospace',
    };
  }
  return fonts;
}

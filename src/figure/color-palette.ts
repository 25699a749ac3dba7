import { type Rgb, rgbFromOklch } from './color.ts';

export type Scheme = 'dark' | 'light';

/** Names of the page's colours, as its custom properties have them. A figure names these and no others. */
export const TOKENS = [
  'ground',
  'surface',
  'raised',
  'line',
  'ink',
  'ink-quiet',
  'accent',
  'warn',
  'unit-mxu',
  'unit-vpu',
  'unit-hbm',
  'unit-vmem',
  'unit-ici',
  'unit-host',
  'state-working',
  'state-loading',
  'state-draining',
  'state-padding',
  'state-idle',
] as const;
export type Token = (typeof TOKENS)[number];

export interface Palette {
  readonly scheme: Scheme;
  readonly colors: Readonly<Record<Token, Rgb>>;
}

/** What a figure is drawn with where there is no page: the command line, a file. Same values as the theme. */
export const PALETTES: Readonly<Record<Scheme, Palette>> = {
  dark: {
    scheme: 'dark',
    colors: {
      ground: rgbFromOklch(0.172, 0.012, 258),
      surface: rgbFromOklch(0.192, 0.012, 258),
      raised: rgbFromOklch(0.245, 0.015, 258),
      line: rgbFromOklch(0.32, 0.016, 258),
      ink: rgbFromOklch(0.945, 0.006, 258),
      'ink-quiet': rgbFromOklch(0.71, 0.014, 258),
      accent: rgbFromOklch(0.79, 0.155, 74),
      warn: rgbFromOklch(0.75, 0.155, 27),
      'unit-mxu': rgbFromOklch(0.7, 0.13, 258),
      'unit-vpu': rgbFromOklch(0.72, 0.12, 160),
      'unit-hbm': rgbFromOklch(0.74, 0.135, 35),
      'unit-vmem': rgbFromOklch(0.76, 0.1, 205),
      'unit-ici': rgbFromOklch(0.7, 0.155, 318),
      'unit-host': rgbFromOklch(0.67, 0.025, 250),
      'state-working': rgbFromOklch(0.68, 0.135, 262),
      'state-loading': rgbFromOklch(0.79, 0.125, 78),
      'state-draining': rgbFromOklch(0.7, 0.1, 175),
      'state-padding': rgbFromOklch(0.52, 0.05, 320),
      'state-idle': rgbFromOklch(0.3, 0.018, 255),
    },
  },
  light: {
    scheme: 'light',
    colors: {
      ground: rgbFromOklch(0.974, 0.006, 85),
      surface: rgbFromOklch(0.988, 0.004, 85),
      raised: rgbFromOklch(0.942, 0.007, 85),
      line: rgbFromOklch(0.865, 0.009, 85),
      ink: rgbFromOklch(0.24, 0.012, 75),
      'ink-quiet': rgbFromOklch(0.46, 0.014, 75),
      accent: rgbFromOklch(0.63, 0.185, 48),
      warn: rgbFromOklch(0.5, 0.19, 27),
      'unit-mxu': rgbFromOklch(0.57, 0.155, 258),
      'unit-vpu': rgbFromOklch(0.58, 0.125, 160),
      'unit-hbm': rgbFromOklch(0.64, 0.165, 32),
      'unit-vmem': rgbFromOklch(0.62, 0.1, 205),
      'unit-ici': rgbFromOklch(0.56, 0.175, 318),
      'unit-host': rgbFromOklch(0.55, 0.025, 250),
      'state-working': rgbFromOklch(0.57, 0.155, 258),
      'state-loading': rgbFromOklch(0.74, 0.14, 75),
      'state-draining': rgbFromOklch(0.6, 0.11, 175),
      'state-padding': rgbFromOklch(0.58, 0.045, 320),
      'state-idle': rgbFromOklch(0.885, 0.008, 250),
    },
  },
};

import { formatCount } from '../base/format-quantity.ts';
import type { Drawing, Mark, Paint } from './drawing.ts';
import { powerText } from './numerics-bars.ts';
import { axisTitle } from './numerics-histogram.ts';
import { linearScale, logScale, type Scale } from './scale.ts';

/** The error of the tile's first k products. */
export interface GrowthMark {
  readonly k: number;
  readonly relativeRms: number;
}

const MARGIN = { left: 42, right: 16, top: 26, bottom: 38 } as const;

/**
 * Error against k, both logarithmic: the first choice as a solid line with discs, the second dashed with
 * rings. Points without error, which no logarithm has a place for, are left out.
 */
export function growthFigure(
  first: readonly GrowthMark[],
  second: readonly GrowthMark[],
  width: number,
  height: number,
): Drawing {
  const bottom = Math.max(height - MARGIN.bottom, MARGIN.top + 1);
  const right = Math.max(width - MARGIN.right, MARGIN.left + 1);
  const lengths = first.map(({ k }) => k);
  const errors = [...first, ...second].map(({ relativeRms }) => relativeRms).filter((error) => error > 0);
  const [low, high] = decades(errors);
  const across = lengthScale(lengths, right);
  const up = logScale([10 ** low, 10 ** high], [bottom, MARGIN.top]);
  return {
    width,
    height,
    marks: [
      ...errorAxis(low, high, up, right),
      axisTitle('rms error over rms of C'),
      ...lengthAxis(lengths, across, bottom, right),
      ...line(first, across, up, 'unit-mxu', 'disc'),
      ...line(second, across, up, 'ink', 'ring'),
    ],
  };
}

/** Whole decades around the errors, as exponents. */
function decades(errors: readonly number[]): readonly [number, number] {
  if (errors.length === 0) return [-8, -7];
  const low = Math.floor(Math.log10(Math.min(...errors)));
  return [low, Math.max(low + 1, Math.ceil(Math.log10(Math.max(...errors))))];
}

/** Lengths double from one to the next, so that their places are as even as their logarithms. */
function lengthScale(lengths: readonly number[], right: number): (k: number) => number {
  const scale: Scale = linearScale([0, Math.max(1, lengths.length - 1)], [MARGIN.left + 18, right - 18]);
  return (k) => scale.position(lengths.indexOf(k));
}

function line(
  points: readonly GrowthMark[],
  across: (k: number) => number,
  up: Scale,
  paint: Paint,
  shape: 'disc' | 'ring',
): Mark[] {
  const places = points
    .filter(({ relativeRms }) => relativeRms > 0)
    .map(({ k, relativeRms }) => [across(k), up.position(relativeRms)] as const);
  const marks: Mark[] = [];
  if (places.length > 1) {
    const dash = shape === 'ring' ? { dash: [5, 4] } : {};
    marks.push({ kind: 'line', points: places.flat(), stroke: paint, lineWidth: 1.5, ...dash });
  }
  for (const [x, y] of places) {
    marks.push(
      shape === 'disc'
        ? { kind: 'circle', x, y, radius: 4, fill: paint }
        : { kind: 'circle', x, y, radius: 4, fill: 'surface', stroke: paint, lineWidth: 1.5 },
    );
  }
  return marks;
}

function errorAxis(low: number, high: number, up: Scale, right: number): Mark[] {
  const stride = Math.max(1, Math.ceil((high - low) / 5));
  const exponents = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return exponents
    .filter((exponent) => (exponent - low) % stride === 0)
    .flatMap((exponent): Mark[] => {
      const y = up.position(10 ** exponent);
      return [
        { kind: 'line', points: [MARGIN.left, y, right, y], stroke: 'line', lineWidth: 1 },
        {
          kind: 'text',
          x: MARGIN.left - 6,
          y,
          text: powerText(10, exponent),
          fill: 'ink-quiet',
          size: 12,
          font: 'words',
          align: 'end',
          middle: true,
        },
      ];
    });
}

function lengthAxis(
  lengths: readonly number[],
  across: (k: number) => number,
  bottom: number,
  right: number,
): Mark[] {
  const words = { kind: 'text', fill: 'ink-quiet', size: 12 } as const;
  return [
    ...lengths.flatMap((k): Mark[] => [
      {
        kind: 'line',
        points: [across(k), bottom, across(k), bottom + 4],
        stroke: 'ink-quiet',
        lineWidth: 1,
      },
      { ...words, x: across(k), y: bottom + 17, text: formatCount(k), font: 'numbers', align: 'middle' },
    ]),
    { ...words, x: right, y: bottom + 33, text: 'k', font: 'words', align: 'end' },
  ];
}

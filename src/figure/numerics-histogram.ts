import { formatPercent } from '../base/format-quantity.ts';
import type { Drawing, Mark } from './drawing.ts';
import { type ErrorBar, powerText } from './numerics-bars.ts';
import { linearScale } from './scale.ts';

const MARGIN = { left: 42, right: 8, top: 26, bottom: 38 } as const;
/** Between the results without error and the axis of errors. */
const GAP_PX = 14;
const LABEL_PX = 44;
/** Tops of the axis: the lowest one that holds every bar. */
const TOPS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1] as const;

/** Errors of two choices over one axis: the first as filled bars, the second as an outline in front. */
export function histogramFigure(bars: readonly ErrorBar[], width: number, height: number): Drawing {
  const bottom = Math.max(height - MARGIN.bottom, MARGIN.top + 1);
  const right = Math.max(width - MARGIN.right, MARGIN.left + GAP_PX + bars.length);
  const barWidth = (right - MARGIN.left - GAP_PX) / bars.length;
  const top = TOPS.find((each) => bars.every(({ shares }) => Math.max(...shares) <= each)) ?? 1;
  const y = linearScale([0, top], [bottom, MARGIN.top]);
  const left = (index: number): number => MARGIN.left + index * barWidth + (index > 0 ? GAP_PX : 0);
  return {
    width,
    height,
    marks: [
      ...shareAxis(top, y.position, right),
      axisTitle('share of results'),
      ...bars.map(
        ({ shares: [share] }, index): Mark => ({
          kind: 'rect',
          x: left(index) + 1,
          y: y.position(share),
          width: Math.max(1, barWidth - 2),
          height: bottom - y.position(share),
          fill: 'unit-mxu',
        }),
      ),
      outline(bars.slice(0, 1), barWidth, left, y.position, 0),
      outline(bars.slice(1), barWidth, left, y.position, 1),
      ...errorAxis(bars, barWidth, left, bottom, right),
    ],
  };
}

/** What the vertical axis counts, above it. */
export function axisTitle(text: string): Mark {
  return { kind: 'text', x: 0, y: 12, text, fill: 'ink-quiet', size: 12, font: 'words' };
}

function outline(
  bars: readonly ErrorBar[],
  barWidth: number,
  left: (index: number) => number,
  position: (share: number) => number,
  firstIndex: number,
): Mark {
  const steps = bars.flatMap(({ shares: [, share] }, index) => {
    const x = left(firstIndex + index);
    return [x, position(share), x + barWidth, position(share)];
  });
  const end = left(firstIndex + bars.length - 1) + barWidth;
  return {
    kind: 'line',
    points: [left(firstIndex), position(0), ...steps, end, position(0)],
    stroke: 'ink',
    lineWidth: 1.5,
  };
}

function shareAxis(top: number, position: (share: number) => number, right: number): Mark[] {
  return [0, top / 2, top].flatMap((share): Mark[] => [
    {
      kind: 'line',
      points: [MARGIN.left, position(share), right, position(share)],
      stroke: 'line',
      lineWidth: 1,
    },
    {
      kind: 'text',
      x: MARGIN.left - 6,
      y: position(share),
      text: formatPercent(share, 2),
      fill: 'ink-quiet',
      size: 12,
      font: 'numbers',
      align: 'end',
      middle: true,
    },
  ]);
}

function errorAxis(
  bars: readonly ErrorBar[],
  barWidth: number,
  left: (index: number) => number,
  bottom: number,
  right: number,
): Mark[] {
  const words = { kind: 'text', fill: 'ink-quiet', size: 12 } as const;
  const exactX = left(0) + barWidth / 2;
  const stride = [1, 2, 4, 8].find((each) => each * barWidth >= LABEL_PX) ?? 16;
  const ticks = bars.flatMap(({ exponent }, index): Mark[] => {
    // A bin begins at its tick; labels keep clear of the column of exact results.
    if (exponent === undefined || exponent % stride !== 0 || left(index) - exactX < LABEL_PX) return [];
    const x = left(index);
    return [
      { kind: 'line', points: [x, bottom, x, bottom + 4], stroke: 'ink-quiet', lineWidth: 1 },
      { ...words, x, y: bottom + 17, text: powerText(2, exponent), font: 'words', align: 'middle' },
    ];
  });
  return [
    ...ticks,
    {
      ...words,
      x: exactX,
      y: bottom + 17,
      text: 'exact',
      font: 'words',
      align: 'middle',
    },
    { ...words, x: right, y: bottom + 33, text: '|error| over rms of C', font: 'words', align: 'end' },
  ];
}

import { formatSi } from '../base/format-quantity.ts';
import { clamp } from '../base/integers.ts';
import type { Stage } from '../ici/transfer-story.ts';
import type { Drawing, Mark } from './drawing.ts';

/** What a strip shows of a transfer. */
export interface StripSubject {
  readonly stages: readonly Stage[];
  readonly begun: number;
  readonly arrived: number;
  readonly linkBytesPerSecond: number;
}

const TEXT_PX = 15;
/** Of the time that it moves, what is shown of the wait before. */
const BEFORE = 0.3;

/**
 * The rate of a transfer over its time, as a share of a link's: bars while it moves, dashes while it waits and
 * while the last byte is on its way. `now` is the playhead, in seconds.
 */
export function transferStrip(
  { stages, begun, arrived, linkBytesPerSecond }: StripSubject,
  width: number,
  height: number,
  now: number | undefined,
): Drawing {
  const from = Math.max(0, begun - BEFORE * (arrived - begun));
  const xOf = (seconds: number): number =>
    arrived === from ? 0 : clamp((seconds - from) / (arrived - from), 0, 1) * width;
  const floor = height - TEXT_PX;
  const marks: Mark[] = [
    { kind: 'line', points: [0, 0.5, width, 0.5], stroke: 'line', lineWidth: 1 },
    { kind: 'line', points: [0, floor, width, floor], stroke: 'ink-quiet', lineWidth: 1 },
  ];
  for (const stage of stages) {
    const [x0, x1] = [xOf(stage.from), xOf(stage.to)];
    if (x1 <= x0) continue;
    if (stage.kind === 'moves') {
      const bar = clamp(stage.bytesPerSecond / linkBytesPerSecond, 0, 1) * floor;
      marks.push({ kind: 'rect', x: x0, y: floor - bar, width: x1 - x0, height: bar, fill: 'unit-ici' });
    } else {
      const y = floor - 3;
      marks.push({ kind: 'line', points: [x0, y, x1, y], stroke: 'ink-quiet', lineWidth: 1.5, dash: [2, 3] });
    }
  }
  const text = { kind: 'text', y: height - 3, fill: 'ink-quiet', size: 12, font: 'numbers' } as const;
  marks.push(
    { ...text, x: 0, text: formatSi(from, 's') },
    { ...text, x: width, text: formatSi(arrived, 's'), align: 'end' },
  );
  if (now !== undefined && now >= from && now <= arrived) {
    marks.push({ kind: 'line', points: [xOf(now), 0, xOf(now), floor], stroke: 'accent', lineWidth: 1.5 });
  }
  return { width, height, marks };
}

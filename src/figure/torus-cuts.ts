import type { Torus } from '../ici/topology.ts';
import type { Mark } from './drawing.ts';
import type { TorusPlan } from './torus-plan.ts';

/** More than these go without the word beside their cross. */
const MAX_WORDS = 24;
/** Neighbours must be this far apart for the word to fit. */
const MIN_WORD_PITCH = 34;

/** Chip at the far end of a link, of a cut one too; -1 where there never was one. */
export function farEnd(torus: Torus, link: number): number {
  return torus.missingLinks.has(link) ? torus.linkSource(torus.reverseLink(link)) : torus.targets[link];
}

/** Cables that are out of order: dashed, crossed out, and named so. */
export function cutMarks(plan: TorusPlan): readonly Mark[] {
  const { torus, pitch } = plan;
  const up = [...torus.missingLinks].filter((link) => torus.linkDirection(link) === 0);
  const named = up.length <= MAX_WORDS && pitch >= MIN_WORD_PITCH;
  return up.flatMap((link) => {
    const there = plan.linkShapes(link);
    const back = plan.linkShapes(torus.reverseLink(link));
    const wires = [...there, ...back].map(
      (points): Mark => ({ kind: 'line', points, stroke: 'ink-quiet', lineWidth: 1, dash: [2, 3] }),
    );
    const crosses = there.flatMap((points, index): readonly Mark[] => {
      const other = back[back.length - 1 - index] ?? points;
      const [ax, ay] = middleOf(points);
      const [bx, by] = middleOf(other);
      return cross((ax + bx) / 2, (ay + by) / 2, Math.min(8, Math.max(4, pitch * 0.16)), named);
    });
    return [...wires, ...crosses];
  });
}

function cross(x: number, y: number, reach: number, named: boolean): readonly Mark[] {
  const stroke = (points: readonly number[]): readonly Mark[] => [
    { kind: 'line', points, stroke: 'ground', lineWidth: 5 },
    { kind: 'line', points, stroke: 'warn', lineWidth: 2.25 },
  ];
  const word: Mark = {
    kind: 'text',
    text: 'cut',
    x: x + reach + 3,
    y: y - reach - 2,
    fill: 'warn',
    size: 12,
    font: 'words',
    bold: true,
    halo: 'ground',
  };
  return [
    ...stroke([x - reach, y - reach, x + reach, y + reach]),
    ...stroke([x - reach, y + reach, x + reach, y - reach]),
    ...(named ? [word] : []),
  ];
}

/** Half way along a lane or a stub. */
export function middleOf(points: readonly number[]): readonly [x: number, y: number] {
  if (points.length === 4) return [(points[0] + points[2]) / 2, (points[1] + points[3]) / 2];
  const middle = 2 * Math.floor(points.length / 4);
  return [points[middle], points[middle + 1]];
}

import { describe, expect, it } from 'vitest';
import type { Mark } from '../../src/figure/drawing.ts';
import { pathMarks } from '../../src/figure/torus-path.ts';
import { unrolledPlan } from '../../src/figure/torus-plan.ts';
import { DEFAULT_ORIENTATION, solidPlan } from '../../src/figure/torus-solid.ts';
import { transferStrip } from '../../src/figure/transfer-strip.ts';
import { Torus } from '../../src/ici/topology.ts';

const torus = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });
/** From (2,0,0) upwards along x, round the end, then one step along y. */
const path = {
  links: [torus.link(2, 0, 0), torus.link(3, 0, 0), torus.link(0, 1, 0)],
  source: 2,
  target: 4,
};

const accents = (marks: readonly Mark[]): readonly Mark[] =>
  marks.filter((mark) => mark.kind !== 'image' && mark.kind !== 'text' && mark.stroke === 'accent');

describe('the way of a transfer on the torus', () => {
  it.each([
    ['2-D', unrolledPlan(torus, 600, 500)],
    ['3-D', solidPlan(torus, 600, 500, DEFAULT_ORIENTATION)],
  ])(
    '%s: every link with its direction, both stubs of a wraparound one, and the chips at its ends',
    (_, plan) => {
      const shapes = path.links.flatMap((link) => plan.linkShapes(link));
      expect(shapes).toHaveLength(4);
      const marks = accents(pathMarks(plan, path));
      for (const points of shapes) {
        expect(marks.some((mark) => mark.kind === 'line' && mark.points.join() === points.join())).toBe(true);
        const end = points.slice(-2);
        const heads = marks.filter(
          (mark) => mark.kind === 'line' && mark.points.length === 6 && mark.points[2] === end[0],
        );
        expect(heads.length).toBeGreaterThan(0);
      }
      const chips = marks.flatMap((mark) =>
        mark.kind === 'rect' ? [[mark.x + mark.width / 2, mark.fill]] : [],
      );
      expect(chips).toEqual([
        [plan.nodePosition(2)[0], 'ground'],
        [plan.nodePosition(4)[0], 'accent'],
      ]);
      const words = pathMarks(plan, path).flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
      expect(words).toEqual(['from', 'to']);
    },
  );
});

describe('the rate of a transfer over time', () => {
  const needed = { transfer: 0, needs: 'data', seconds: 3 } as const;
  const subject = {
    begun: 3,
    arrived: 8,
    linkBytesPerSecond: 10,
    stages: [
      { kind: 'waits', from: 0, to: 3, for: needed },
      { kind: 'moves', from: 3, to: 5, bytesPerSecond: 5, bottleneck: 0, others: 1 },
      { kind: 'moves', from: 5, to: 7, bytesPerSecond: 10, bottleneck: 0, others: 0 },
      { kind: 'flies', from: 7, to: 8 },
    ],
  } as const;

  it('is bars as high as the share of a link, dashes where nothing is sent, and the playhead', () => {
    // From 1.5 s on: 30 % of five seconds before it begins.
    const { marks } = transferStrip(subject, 650, 55, 4.5);
    const bars = marks.flatMap((mark) => (mark.kind === 'rect' ? [[mark.x, mark.width, mark.height]] : []));
    expect(bars).toEqual([
      [150, 200, 20],
      [350, 200, 40],
    ]);
    const dashes = marks.filter((mark) => mark.kind === 'line' && mark.dash !== undefined);
    expect(dashes).toHaveLength(2);
    expect(accents(marks)).toMatchObject([{ points: [300, 0, 300, 40] }]);
    expect(accents(transferStrip(subject, 650, 55, undefined).marks)).toEqual([]);
    expect(accents(transferStrip(subject, 650, 55, 1).marks)).toEqual([]);
  });
});

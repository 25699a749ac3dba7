import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PALETTES } from '../../src/figure/color-palette.ts';
import { utilizationScale } from '../../src/figure/color-scales.ts';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import {
  hasMarks,
  linkLabel,
  linkNear,
  rateLabel,
  torusFigure,
  torusHighlight,
} from '../../src/figure/torus-figure.ts';
import {
  busiestLinks,
  bytesOver,
  collectivesAt,
  type LoadPart,
  quietestAxis,
  sumLoads,
} from '../../src/figure/torus-load.ts';
import { torusPixels } from '../../src/figure/torus-pixels.ts';
import { type TorusPlan, unrolledPlan } from '../../src/figure/torus-plan.ts';
import { DEFAULT_ORIENTATION, solidPlan } from '../../src/figure/torus-solid.ts';
import { wrapNote } from '../../src/figure/torus-wraps.ts';
import { Torus } from '../../src/ici/topology.ts';
import { buildFixtureReport, repeatedBlock } from '../ui/fixture-report.ts';

const cube = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });
const mesh = new Torus({ shape: [4, 4], wraps: [false, false] });

function linksOf(torus: Torus): number[] {
  return [...torus.targets.keys()].filter((link) => torus.targets[link] >= 0);
}

function middle(points: readonly number[]): readonly [number, number] {
  if (points.length === 4) return [(points[0] + points[2]) / 2, (points[1] + points[3]) / 2];
  const at = 2 * Math.floor(points.length / 4);
  return [points[at], points[at + 1]];
}

describe('unrolledPlan', () => {
  const plan = unrolledPlan(cube, 520, 400);

  test('links within a plane are one line, links that leave it or close a ring are a stub at either end', () => {
    for (const link of linksOf(cube)) {
      const isInner = cube.linkAxis(link) < 2 && !cube.isWrapLink(link);
      expect(plan.linkShapes(link), linkLabel(cube, link)).toHaveLength(isInner ? 1 : 2);
    }
  });

  test('stubs of rings are curved, others straight', () => {
    for (const link of linksOf(cube)) {
      for (const points of plan.linkShapes(link)) {
        expect(points.length > 4).toBe(cube.isWrapLink(link));
      }
    }
  });

  test('a stub begins at its source and the other ends at its target', () => {
    const reach = plan.nodeSize / 2 + plan.laneWidth + 2;
    for (const link of linksOf(cube)) {
      const shapes = plan.linkShapes(link);
      const first = shapes[0];
      const last = shapes[shapes.length - 1];
      const [sx, sy] = plan.nodePosition(cube.linkSource(link));
      const [tx, ty] = plan.nodePosition(cube.targets[link]);
      expect(Math.hypot(first[0] - sx, first[1] - sy)).toBeLessThan(reach);
      expect(Math.hypot(last[last.length - 2] - tx, last[last.length - 1] - ty)).toBeLessThan(reach);
    }
  });

  test('everything lies within the picture, whatever the slice and the room', () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 });
    const sizes = fc.integer({ min: 300, max: 900 });
    fc.assert(
      fc.property(shapes, sizes, sizes, fc.boolean(), (shape, width, height, wraps) => {
        const torus = new Torus({ shape, wraps: shape.map(() => wraps) });
        const own = unrolledPlan(torus, width, height);
        for (const link of linksOf(torus)) {
          for (const points of own.linkShapes(link)) {
            for (let at = 0; at < points.length; at += 2) {
              expect(points[at]).toBeGreaterThanOrEqual(-1);
              expect(points[at]).toBeLessThanOrEqual(width + 1);
              expect(points[at + 1]).toBeGreaterThanOrEqual(-1);
              expect(points[at + 1]).toBeLessThanOrEqual(height + 1);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('planes do not overlap and are labelled', () => {
    expect(plan.labels.map((label) => label.text)).toEqual(['z = 0', 'z = 1', 'z = 2', 'z = 3', 'x → y ↓']);
    const boxes = [0, 1, 2, 3].map((z) => {
      const [x0, y0] = plan.nodePosition(16 * z);
      const [x1, y1] = plan.nodePosition(16 * z + 15);
      return { x0, y0, x1, y1 };
    });
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        expect(a.x1 < b.x0 || b.x1 < a.x0 || a.y1 < b.y0 || b.y1 < a.y0).toBe(true);
      }
    });
    expect(unrolledPlan(mesh, 500, 400).labels).toEqual([]);
  });

  test.each([
    ['unrolled', (torus: Torus): TorusPlan => unrolledPlan(torus, 620, 520)],
    ['solid', (torus: Torus): TorusPlan => solidPlan(torus, 620, 520, DEFAULT_ORIENTATION)],
  ] as const)('%s: the two directions of a cable run side by side, not on top of each other', (_, planOf) => {
    const own = planOf(new Torus({ shape: [3, 3, 2], wraps: [true, true, false] }));
    for (const link of linksOf(own.torus)) {
      const there = middle(own.linkShapes(link)[0]);
      const back = own.linkShapes(own.torus.reverseLink(link));
      const here = middle(back[back.length - 1]);
      expect(Math.hypot(there[0] - here[0], there[1] - here[1])).toBeGreaterThan(own.laneWidth * 0.9);
    }
  });

  test('every link of a plane is under its own middle', () => {
    for (const torus of [cube, mesh]) {
      const own = unrolledPlan(torus, 700, 560);
      expect(hasMarks(own)).toBe(true);
      for (const link of linksOf(torus)) {
        for (const points of own.linkShapes(link)) {
          const [x, y] = middle(points);
          expect(linkNear(own, x, y)).toBe(link);
        }
      }
    }
    expect(linkNear(unrolledPlan(mesh, 700, 560), 5, 5)).toBeUndefined();
  });

  test.each([0, 1, 2])('cut along axis %i, the other two run within planes', (out) => {
    const own = unrolledPlan(new Torus({ shape: [2, 3, 4], wraps: [false, false, false] }), 700, 560, out);
    expect(own.axes[2]).toBe(out);
    expect(own.labels[0].text).toBe(`${'xyz'.charAt(out)} = 0`);
    const positions = new Set<string>();
    for (const link of linksOf(own.torus)) {
      const [x, y] = own.nodePosition(own.torus.linkSource(link));
      positions.add(`${x},${y}`);
      expect(own.linkShapes(link)).toHaveLength(own.torus.linkAxis(link) === out ? 2 : 1);
      const [mx, my] = middle(own.linkShapes(link)[0]);
      expect(linkNear(own, mx, my)).toBe(link);
    }
    expect(positions.size).toBe(24);
  });

  test('a twisted wrap link lights the chips it really joins', () => {
    const twisted = new Torus({ shape: [2, 2, 4], wraps: [true, true, true], twisted: true });
    const own = unrolledPlan(twisted, 600, 400);
    const link = linksOf(twisted).find((each) => {
      const from = twisted.coordinates(twisted.linkSource(each));
      const to = twisted.coordinates(twisted.targets[each]);
      return twisted.linkAxis(each) === 0 && from[2] !== to[2];
    });
    if (link === undefined) throw new Error('a twisted torus has links that shift');
    const arriving = own.linkShapes(link)[1];
    const [tx, ty] = own.nodePosition(twisted.targets[link]);
    expect(Math.hypot(arriving[arriving.length - 2] - tx, arriving[arriving.length - 1] - ty)).toBeLessThan(
      own.nodeSize,
    );
  });
});

describe('figures', () => {
  const scale = utilizationScale('dark');

  test('a link has the colour of its load, an idle one that of lines', () => {
    const load = new Float32Array(cube.linkSlots);
    load[5] = 1;
    const plan = unrolledPlan(cube, 520, 400);
    const lines = torusFigure(plan, load, scale).marks.filter((mark) => mark.kind === 'line');
    expect(lines).toHaveLength(
      linksOf(cube).reduce((count, link) => count + plan.linkShapes(link).length, 0),
    );
    const lit = lines.filter((mark) => mark.stroke !== 'line');
    expect(lit).toHaveLength(plan.linkShapes(5).length);
    // Loud links are painted last.
    expect(lines.slice(-lit.length)).toEqual(lit);
  });

  test('missing chips and links are not drawn', () => {
    const holed = new Torus({ shape: [3, 3], wraps: [true, true], missingChips: new Set([4]) });
    const { marks } = torusFigure(unrolledPlan(holed, 300, 300), new Float32Array(holed.linkSlots), scale);
    expect(marks.filter((mark) => mark.kind === 'rect')).toHaveLength(8);
  });

  test('a highlight rings both ends of a wrap link', () => {
    const link = linksOf(cube).find((each) => cube.isWrapLink(each)) ?? 0;
    const { marks } = torusHighlight(unrolledPlan(cube, 520, 400), [{ link, paint: 'accent' }], 3);
    expect(marks.filter((mark) => mark.kind === 'circle')).toHaveLength(2);
    expect(marks.filter((mark) => mark.kind === 'rect')).toHaveLength(1);
  });

  test('a pod of 9,216 chips becomes pixels: every loaded link shows', () => {
    const pod = new Torus({ shape: [16, 24, 24], wraps: [true, true, true] });
    const plan = unrolledPlan(pod, 520, 400);
    expect(hasMarks(plan)).toBe(false);
    // Marks would fit here, but there would be 55,296 of them.
    expect(hasMarks(solidPlan(pod, 900, 900, DEFAULT_ORIENTATION))).toBe(false);
    const idle = torusPixels(plan, new Float32Array(pod.linkSlots), scale, PALETTES.dark, 2);
    const load = new Float32Array(pod.linkSlots);
    const loaded = [0, 2, 5_001, 20_002, 55_290].map((link) => (pod.linkAxis(link) < 2 ? link : link - 2));
    for (const link of loaded) {
      load.fill(0);
      load[link] = 1;
      const lit = torusPixels(plan, load, scale, PALETTES.dark, 2);
      expect(lit.words.some((word, index) => word !== idle.words[index])).toBe(true);
      expect(lit.words).toContain(scale.pixels[255]);
    }
    expect(idle.words).not.toContain(scale.pixels[255]);
  });

  test('labels say where a link starts, which way it goes, and its share of which rate', () => {
    expect(linkLabel(cube, cube.link(cube.nodeAt([2, 1, 3]), 1, 0))).toBe('(2,1,3) → +y');
    expect(linkLabel(cube, cube.link(0, 2, 1))).toBe('(0,0,0) → −z');
    expect(rateLabel(0.99, 90e9)).toBe('89.1\u2009GB/s of 90.0\u2009GB/s · 99.0\u2009%');
  });
});

describe('wrapNote', () => {
  test('says why an axis does not close, by the generation’s own rule', () => {
    expect(wrapNote(mesh, 'v5e')).toBe('No wraparound on x and y: v5e axes wrap only at 16.');
    expect(wrapNote(mesh, 'mine')).toBe('No wraparound on x and y: the slice is a mesh there.');
    expect(wrapNote(cube, 'v5p')).toBeUndefined();
  });

  test('an axis of one chip has nothing to close', () => {
    expect(wrapNote(new Torus({ shape: [4, 1], wraps: [true, false] }), 'v5p')).toBeUndefined();
  });
});

describe('loads', () => {
  const report = buildFixtureReport({ layers: 4 });
  const index = createTimelineIndex(report);
  const block = repeatedBlock(report);
  const US = 1_000_000;

  test('finds every collective on the links once, in any repetition', () => {
    const at = (us: number, occurrence: number): string[] =>
      collectivesAt(index, block.startPs + us * US + occurrence * block.periodPs).map(
        (each) => each.report.name,
      );
    for (const occurrence of [0, 3]) {
      expect(at(2_700, occurrence)).toEqual(['reduce-scatter tokens fwd', 'gather weights fwd']);
      expect(at(1_000, occurrence)).toEqual(['gather weights fwd']);
      expect(at(4_000, occurrence)).toEqual([]);
    }
  });

  test('a collective that takes longer than alone goes at that much of its pace', () => {
    const [gather] = collectivesAt(index, block.startPs + 1_000 * US);
    expect(gather.pace).toBeCloseTo(gather.report.alonePs / (3_400 * US), 9);
    expect(gather.pace).toBeLessThanOrEqual(1);
  });

  test('parts add up link by link; what is no link stays none', () => {
    const active = collectivesAt(index, block.startPs + 2_700 * US);
    const parts = active.map((collective) => ({
      collective: { ...collective, pace: 0.5 },
      utilization: new Float32Array(mesh.linkSlots).fill(0.4),
    }));
    const load = sumLoads(mesh.targets, parts);
    expect(load.utilization[0]).toBeCloseTo(0.4, 6);
    for (const [link, target] of mesh.targets.entries()) {
      if (target < 0) expect(load.utilization[link]).toBe(-1);
    }
  });

  test('the torus is cut along the quietest axis, along z where two are alike', () => {
    expect(quietestAxis(report)).toBe(0);
    const even = { ...report, units: report.units.map((unit) => ({ ...unit, utilization: 0.3 })) };
    expect(quietestAxis(even)).toBe(2);
    expect(quietestAxis({ ...report, units: [] })).toBe(2);
  });

  test('the worst link and the order of the others', () => {
    const utilization = Float32Array.of(0, 0.5, -1, 0.9, 0.9, 0.1);
    const targets = Int32Array.of(1, 1, -1, 1, 1, 1);
    expect(busiestLinks(utilization, 3)).toEqual([3, 4, 1]);
    expect(busiestLinks(utilization, 100)).toEqual([3, 4, 1, 5]);
    const [collective] = collectivesAt(index, block.startPs + 1_000 * US);
    expect(sumLoads(targets, [{ collective: { ...collective, pace: 1 }, utilization }]).worstLink).toBe(3);
    expect(sumLoads(targets, []).worstLink).toBeUndefined();
    expect(sumLoads(targets, [{ collective: { ...collective, pace: 1 }, utilization }]).worstCount).toBe(2);
    expect(sumLoads(targets, []).worstCount).toBe(0);
  });

  test('of links that flows fill alike at a moment, the worst is the one that is full for longest', () => {
    const [collective] = collectivesAt(index, block.startPs + 1_000 * US);
    const part: LoadPart = {
      collective: { ...collective, pace: 1 },
      utilization: Float32Array.of(1, 0.999, 1, 0.2, -1),
      flows: {
        seconds: 2e-3,
        blocked: Float32Array.of(0, 0, 0, 0.6, -1),
        mean: Float32Array.of(0.5, 0.9, 0.9, 0.1, -1),
      },
    };
    const load = sumLoads(Int32Array.of(1, 1, 1, 1, -1), [part]);
    expect(load).toMatchObject({ worstLink: 1, worstCount: 2 });
    expect([...load.blocked].map((share) => Math.round(share * 10))).toEqual([0, 0, 0, 6, -10]);
    expect(bytesOver(part, 0, 90e9)).toBeCloseTo(0.5 * 90e9 * 2e-3, 0);
  });

  test('bytes over a link: its share of what the rate allows in the time alone', () => {
    const [collective] = collectivesAt(index, block.startPs + 1_000 * US);
    const bytes = bytesOver({ collective, utilization: Float32Array.of(0.5, -1) }, 0, 90e9);
    expect(bytes).toBeCloseTo(0.5 * 90e9 * (collective.report.alonePs / 1e12), 3);
    expect(bytesOver({ collective, utilization: Float32Array.of(0.5, -1) }, 1, 90e9)).toBe(0);
  });
});

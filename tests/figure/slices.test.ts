import { describe, expect, it } from 'vitest';
import { hexAt, utilizationScale } from '../../src/figure/color-scales.ts';
import { dcnAt, slicesFigure } from '../../src/figure/slices-figure.ts';
import { createTimelineIndex } from '../../src/figure/timeline-index.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';

const report = createEvaluator().evaluate({
  ...EMBEDDED_SCENARIO,
  slice: { shape: [4, 4, 4], slices: 4 },
});
const index = createTimelineIndex(report);
const scale = utilizationScale('dark');

describe('slices', () => {
  it('are boxes under the network, which has the colour of its use', () => {
    const { marks, width } = slicesFigure(report.slice, 0.75, scale, 400);
    const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    expect(texts).toEqual(['DCN', '1', '2', '3', '4']);
    const color = hexAt(scale, 0.75);
    expect(marks.filter((mark) => mark.kind === 'line').map((mark) => mark.stroke)).toEqual([
      color,
      color,
      color,
      color,
    ]);
    for (const mark of marks)
      if (mark.kind === 'rect') expect(mark.x + mark.width).toBeLessThanOrEqual(width);
  });

  it.each([60, 200, 700, 3000])('of which there are too many for %d px are counted', (width) => {
    const { marks } = slicesFigure({ ...report.slice, slices: 1024 }, 0, scale, width);
    const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    const shown = texts.length - 2;
    expect(texts.at(-1)).toBe(`+${1024 - shown}`);
    expect(shown).toBeLessThan(40);
  });

  it('exchange what the DCN lane shows at a moment', () => {
    const lane = index.lanes.find(({ lane: id }) => id === 'dcn');
    expect(lane).toBeDefined();
    const busy = report.timeline.flatMap(({ lanes }) =>
      lanes.flatMap(({ lane: id, spans }) =>
        id === 'dcn' ? spans.filter(({ kind }) => kind === 'busy') : [],
      ),
    );
    const [first] = busy;
    const now = dcnAt(index, (first.startPs + first.endPs) / 2);
    expect(report.ops[now?.op ?? -1]?.name).toMatch(/^all-reduce d:/);
    expect(now?.utilization).toBeGreaterThan(0.5);
    expect(dcnAt(index, first.startPs - 1)).toBeUndefined();
  });
});

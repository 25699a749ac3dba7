import { describe, expect, it } from 'vitest';
import { utilizationScale } from '../../src/figure/color-scales.ts';
import {
  LINK_NAME_PX,
  LINK_ROW_PX,
  linkRowAt,
  linkRowsHighlight,
  linkTimesFigure,
} from '../../src/figure/link-times-figure.ts';
import { Torus } from '../../src/ici/topology.ts';

const torus = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });
const scale = utilizationScale('dark');
const rows = {
  links: Int32Array.from({ length: 100 }, (_, row) => 2 * row),
  count: 3,
  shares: Float32Array.from({ length: 300 }, (_, cell) => (cell % 3) / 2),
};
const draw = (height: number, scrollPx: number) => linkTimesFigure(torus, rows, scale, 400, height, scrollPx);

describe('links over time', () => {
  it('draws the rows in sight and no others, each bin in its colour', () => {
    const { marks } = draw(10 * LINK_ROW_PX, 20.5 * LINK_ROW_PX);
    const [image] = marks;
    expect(image).toMatchObject({
      kind: 'image',
      x: LINK_NAME_PX,
      y: -LINK_ROW_PX / 2,
      width: 400 - LINK_NAME_PX,
    });
    if (image.kind !== 'image') throw new Error('pixels first');
    expect(image.pixels).toMatchObject({ columns: 3, rows: 11 });
    expect([...image.pixels.words.subarray(0, 3)]).toEqual([
      scale.pixels[0],
      scale.pixels[128],
      scale.pixels[255],
    ]);
    const names = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    expect(names).toHaveLength(11);
    expect(names[0]).toMatch(/^\(\d,\d,\d\) → \+[xyz]$/);
  });

  it('draws nothing where there are no rows', () => {
    expect(draw(100, 101 * LINK_ROW_PX).marks).toEqual([]);
    expect(linkTimesFigure(torus, { ...rows, links: new Int32Array(0) }, scale, 400, 100, 0).marks).toEqual(
      [],
    );
  });

  it('finds the row under a point, and none beyond the last', () => {
    expect(linkRowAt(rows, 5, 3 * LINK_ROW_PX)).toBe(3);
    expect(linkRowAt(rows, 5, 100 * LINK_ROW_PX)).toBeUndefined();
    expect(linkRowAt(rows, -5, 0)).toBeUndefined();
    const [mark] = linkRowsHighlight([{ row: 3, paint: 'accent' }], 400, 100, LINK_ROW_PX).marks;
    expect(mark).toMatchObject({ kind: 'rect', y: 2 * LINK_ROW_PX + 0.5, stroke: 'accent' });
  });
});

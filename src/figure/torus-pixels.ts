import { pixelOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import { type ColorScale, stepAt } from './color-scales.ts';
import type { Pixels } from './drawing.ts';
import type { TorusPlan } from './torus-plan.ts';

/**
 * The same picture for slices of thousands of chips, where a mark a link would cost more than a frame: links
 * are lines one device pixel wide, a chip is a square in the colour of the busier of its links to other planes.
 *
 * @param pixelRatio device pixels a CSS pixel
 */
export function torusPixels(
  plan: TorusPlan,
  utilization: Float32Array,
  scale: ColorScale,
  palette: Palette,
  pixelRatio: number,
): Pixels {
  const { torus } = plan;
  const columns = Math.max(1, Math.round(plan.width * pixelRatio));
  const rows = Math.max(1, Math.round(plan.height * pixelRatio));
  const words = new Uint32Array(columns * rows);
  const line = (x0: number, y0: number, x1: number, y1: number, word: number): void => {
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    for (let step = 0; step <= steps; step += 1) {
      const x = Math.round(x0 + ((x1 - x0) * step) / steps);
      const y = Math.round(y0 + ((y1 - y0) * step) / steps);
      if (x >= 0 && x < columns && y >= 0 && y < rows) words[y * columns + x] = word;
    }
  };

  const idle = pixelOf(palette.colors.line);
  const inkOf = (share: number): number => (share > 0 ? scale.pixels[stepAt(share)] : idle);
  for (let link = 0; link < torus.linkSlots; link += 1) {
    const target = torus.targets[link];
    if (target < 0) continue;
    const axis = torus.linkAxis(link);
    const role = plan.axes.indexOf(axis);
    if (role === 2 && plan.labels.length > 0) continue;
    const word = inkOf(utilization[link]);
    const reverse = torus.linkDirection(link) === 1 ? 1 : 0;
    if (torus.isWrapLink(link)) {
      for (const points of plan.linkShapes(link)) {
        line(
          points[0] * pixelRatio,
          points[1] * pixelRatio,
          points[points.length - 2] * pixelRatio,
          points[points.length - 1] * pixelRatio,
          word,
        );
      }
      continue;
    }
    const [x0, y0] = plan.nodePosition(torus.linkSource(link));
    const [x1, y1] = plan.nodePosition(target);
    // The two directions side by side: forward right of (or below) the middle, back on the other side.
    const [ox, oy] = role === 0 ? [0, -reverse] : [-reverse, 0];
    line(x0 * pixelRatio + ox, y0 * pixelRatio + oy, x1 * pixelRatio + ox, y1 * pixelRatio + oy, word);
  }

  const side = Math.max(1, Math.round(plan.nodeSize * pixelRatio));
  const plain = pixelOf(palette.colors['ink-quiet']);
  for (let node = 0; node < torus.nodes; node += 1) {
    const [x, y] = plan.nodePosition(node);
    const left = Math.round(x * pixelRatio - side / 2);
    const top = Math.round(y * pixelRatio - side / 2);
    const word = torus.axes > 2 ? inkOf(busierOutward(plan, utilization, node)) : plain;
    for (let row = Math.max(0, top); row < Math.min(rows, top + side); row += 1) {
      words.fill(word, row * columns + Math.max(0, left), row * columns + Math.min(columns, left + side));
    }
  }
  return { columns, rows, words };
}

function busierOutward({ torus, axes }: TorusPlan, utilization: Float32Array, node: number): number {
  const out = axes[2];
  return Math.max(utilization[torus.link(node, out, 0)], utilization[torus.link(node, out, 1)], 0);
}

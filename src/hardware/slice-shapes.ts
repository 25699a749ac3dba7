import { product, sum } from '../base/integers.ts';
import type { IciTopology } from './chip.ts';

export type Torus = Extract<IciTopology, { readonly kind: 'torus' }>;

/** [4, 4, 8] as `4x4x8`. */
export function formatShape(shape: readonly number[]): string {
  return shape.join('x');
}

export function shortAxesFirst(shape: readonly number[]): readonly number[] {
  return [...shape].sort((a, b) => a - b);
}

/** Whether some axis of the slice is shorter than a cube, so that it lies within one. */
export function isSubCube(shape: readonly number[], cube: number): boolean {
  return shape.some((extent) => extent < cube) && shape.every((extent) => extent <= cube);
}

const NEAREST_COUNT = 3;

/** The shapes within `maxChips` that are most like `shape`, for a message that refuses it. */
export function nearestShapes(torus: Torus, shape: readonly number[], maxChips: number): readonly string[] {
  const axes = torus.maxShape.length;
  const padding = Array.from({ length: Math.max(0, axes - shape.length) }, () => 1);
  const wanted = shortAxesFirst([...padding, ...shape]).slice(-axes);
  const distance = (candidate: readonly number[]): number =>
    sum(candidate.map((extent, axis) => Math.abs(extent - (wanted[axis] ?? 1))));
  return candidates(torus, maxChips)
    .map((candidate) => ({ candidate, distance: distance(candidate) }))
    .sort((a, b) => a.distance - b.distance || product(a.candidate) - product(b.candidate))
    .slice(0, NEAREST_COUNT)
    .map((ranked) => formatShape(ranked.candidate));
}

function candidates(torus: Torus, maxChips: number): readonly (readonly number[])[] {
  const offered = (torus.shapes ?? []).map(shortAxesFirst);
  return torus.wrap.kind === 'cube-multiple' ? [...offered, ...cubeShapes(torus, maxChips)] : offered;
}

/** Every shape of whole cubes, short axes first: some hundreds for the pods that exist. */
function cubeShapes(torus: Torus, maxChips: number): readonly (readonly number[])[] {
  if (torus.wrap.kind !== 'cube-multiple') return [];
  const { cube } = torus.wrap;
  let shapes: readonly (readonly number[])[] = [[]];
  for (let axis = 0; axis < torus.maxShape.length; axis++) {
    shapes = shapes.flatMap((shape) => {
      const chips = product(shape);
      const longer: (readonly number[])[] = [];
      for (let extent = shape.at(-1) ?? cube; chips * extent <= maxChips; extent += cube) {
        longer.push([...shape, extent]);
      }
      return longer;
    });
  }
  return shapes;
}

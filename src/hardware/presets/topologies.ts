import type { IciTopology } from '../chip.ts';

/** A square torus of `extent` chips a side, whose slices keep the wraparound links of full axes only. */
export function squarePod(
  extent: number,
  shapes: readonly (readonly number[])[],
  note?: string,
): IciTopology {
  return {
    kind: 'torus',
    maxShape: [extent, extent],
    maxChips: extent * extent,
    wrap: { kind: 'full-axis', extents: [extent, extent] },
    shapes,
    twistable: false,
    ...(note === undefined ? {} : { note }),
  };
}

/** Shapes of the two-axis pods of 256 chips, documented for v5e and v6e. */
export const SQUARE_POD_SHAPES: readonly (readonly number[])[] = [
  [1, 1],
  [2, 2],
  [2, 4],
  [4, 4],
  [4, 8],
  [8, 8],
  [8, 16],
  [16, 16],
];

const CUBE = 4;

/** Shapes smaller than a cube, documented for v5p. */
const SUB_CUBE_SHAPES: readonly (readonly number[])[] = [
  [1, 1, 1],
  [1, 2, 2],
  [2, 2, 2],
  [2, 2, 4],
  [2, 4, 4],
];

/** Cubes of 4x4x4 chips joined by optical switches into any torus whose extents are multiples of 4. */
export function cubeTorus(maxChips: number, note?: string): IciTopology {
  return {
    kind: 'torus',
    maxShape: largestExtents(maxChips),
    maxChips,
    wrap: { kind: 'cube-multiple', cube: CUBE },
    shapes: SUB_CUBE_SHAPES,
    twistable: true,
    ...(note === undefined ? {} : { note }),
  };
}

/** The most that the shortest, the middle and the longest of three axes can measure. */
function largestExtents(maxChips: number): readonly number[] {
  const largest = (chipsAt: (extent: number) => number): number => {
    let extent = CUBE;
    while (chipsAt(extent + CUBE) <= maxChips) extent += CUBE;
    return extent;
  };
  return [
    largest((extent) => extent * extent * extent),
    largest((extent) => CUBE * extent * extent),
    largest((extent) => CUBE * CUBE * extent),
  ];
}

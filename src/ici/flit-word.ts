/**
 * A flit is two 32-bit words: the cycle in which its packet was made, and this one, low bits first: the
 * steps still to make along x, y and z (a signed byte each), then flags.
 */
export const HEAD = 1 << 24;
export const TAIL = 1 << 25;
/** Its packet counts in the measured latency. */
export const MEASURED = 1 << 26;
/** Upper or lower half of the virtual channels of the ring it is in. */
export const UPPER_CLASS = 1 << 27;

/** Steps fit a signed byte, so that no ring may be longer than twice this. */
export const MAX_STEPS = 127;

const BITS_PER_AXIS = 8;
const BYTE = 0xff;

export function packSteps(steps: readonly number[]): number {
  return steps.reduce((word, each, axis) => word | ((each & BYTE) << (BITS_PER_AXIS * axis)), 0);
}

/** Signed steps left along an axis. */
export function stepsAlong(word: number, axis: number): number {
  return (word << (24 - BITS_PER_AXIS * axis)) >> 24;
}

/** The first axis with steps left, or the last of all. */
export function firstAxis(word: number, axes: number): number {
  let axis = 0;
  while (axis + 1 < axes && stepsAlong(word, axis) === 0) axis += 1;
  return axis;
}

/** The word after one step along an axis in the direction it goes. */
export function afterStep(word: number, axis: number): number {
  const steps = stepsAlong(word, axis);
  return withSteps(word, axis, steps > 0 ? steps - 1 : steps + 1);
}

export function withSteps(word: number, axis: number, steps: number): number {
  const shift = BITS_PER_AXIS * axis;
  return (word & ~(BYTE << shift)) | ((steps & BYTE) << shift);
}

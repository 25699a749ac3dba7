const UPPER_BIT = 27;

/**
 * A flit is two 32-bit words: the cycle in which its packet was made, and this one, low bits first: the
 * steps still to make along x, y and z (a signed byte each), then flags.
 */
export const HEAD = 1 << 24;
export const TAIL = 1 << 25;
/** Its packet counts in the measured latency. */
export const MEASURED = 1 << 26;
/** Upper or lower half of the virtual channels of the ring it is in. */
export const UPPER_CLASS = 1 << UPPER_BIT;

/** Steps fit a signed byte, so that no ring may be longer than twice this. */
export const MAX_STEPS = 127;

const BITS_PER_AXIS = 8;
const BYTE = 0xff;
const ALL_STEPS = 0xff_ffff;

export function packSteps(steps: readonly number[]): number {
  return steps.reduce((word, each, axis) => word | ((each & BYTE) << (BITS_PER_AXIS * axis)), 0);
}

/** Signed steps left along an axis. */
export function stepsAlong(word: number, axis: number): number {
  return (word << (24 - BITS_PER_AXIS * axis)) >> 24;
}

/** Whether it has no steps left along any axis. */
export function isAtTarget(word: number): boolean {
  return (word & ALL_STEPS) === 0;
}

/** The first axis with steps left, of a word that has some: that of the lowest bit set. */
export function firstAxis(word: number): number {
  const steps = word & ALL_STEPS;
  return (31 - Math.clz32(steps & -steps)) >> 3;
}

/** The word after one step along an axis in the direction it goes, whose sign says whether to add or take 1. */
export function afterStep(word: number, axis: number): number {
  const steps = stepsAlong(word, axis);
  return withSteps(word, axis, steps - 1 - 2 * (steps >> 31));
}

export function withSteps(word: number, axis: number, steps: number): number {
  const shift = BITS_PER_AXIS * axis;
  return (word & ~(BYTE << shift)) | ((steps & BYTE) << shift);
}

/** 1 in the upper half, else 0. */
export function upperClass(word: number): number {
  return (word >>> UPPER_BIT) & 1;
}

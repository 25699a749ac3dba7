const UPPER_BIT = 27;

/**
 * A flit is two 32-bit words: the cycle in which its packet was made, and this one, low bits first: the
 * steps still to make along x, y and z (a signed byte each), then flags.
 */
export const HEAD = 1 << 24;
export const TAIL = 1 << 25;
/** Its packet counts in the measured latency. */
export const MEASURED = 1 << 26;
/** Upper half of the virtual channels of the rings along x, or lower; y and z have the next two bits. */
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

/** The first axis with steps left, that of the lowest bit set; `axes`, one more than there are, if there are none. */
export function firstAxis(word: number, axes: number): number {
  const steps = (word & ALL_STEPS) | (1 << (BITS_PER_AXIS * axes));
  return (31 - Math.clz32(steps & -steps)) >> 3;
}

/** Along each axis up or down, in the lower class or the upper. */
export const WAYS_PER_AXIS = 4;

/** Which of these a word takes next, [axis, direction, class]. */
export function wayOf(word: number, axes: number): number {
  const axis = firstAxis(word, axes);
  const down = (word >>> (BITS_PER_AXIS * axis + 7)) & 1;
  return 4 * axis + 2 * down + ((word >>> (UPPER_BIT + axis)) & 1);
}

/** The word after one step along an axis, `down` 1 or 0. */
export function afterStep(word: number, axis: number, down: number): number {
  const shift = BITS_PER_AXIS * axis;
  const mask = BYTE << shift;
  return (word & ~mask) | ((word + ((2 * down - 1) << shift)) & mask);
}

export function withSteps(word: number, axis: number, steps: number): number {
  const shift = BITS_PER_AXIS * axis;
  return (word & ~(BYTE << shift)) | ((steps & BYTE) << shift);
}

/** `upper` is 1 or 0. */
export function withUpperClass(word: number, axis: number, upper: number): number {
  return (word & ~(UPPER_CLASS << axis)) | (upper << (UPPER_BIT + axis));
}

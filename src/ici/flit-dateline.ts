import { UPPER_CLASS } from './flit-word.ts';

/*
 * Rings cannot deadlock because packets that pass the wraparound of a ring (its dateline) use another class of
 * virtual channels than those that do not: Dally and Seitz, IEEE ToC C-36(5) 1987. `from` is where a packet
 * stands along an axis of `extent` chips, `steps` what it has left to go there.
 */

/** Whether the steps left along an axis pass its wraparound. */
export function passesDateline(from: number, steps: number, extent: number): boolean {
  const to = from + steps;
  return (to | (extent - 1 - to)) < 0;
}

/**
 * Regular rings fix the class as the packet turns into them: upper means that the place it goes to has the
 * smaller coordinate. Upwards those are the packets that pass the wraparound; downwards they are those that do
 * not, because BookSim (`dor_next_torus`, 28f4329) compares the same way round for both directions. Downwards
 * the classes have thus changed names and nothing else: paths are at most half a ring, so those of either
 * class close no circle.
 */
export function withRingClass(
  word: number,
  from: number,
  steps: number,
  extent: number,
  turning: boolean,
): number {
  if (!turning) return word;
  const to = from + steps;
  const passes = (to | (extent - 1 - to)) >>> 31;
  const down = steps >>> 31;
  return (word & ~UPPER_CLASS) | ((passes ^ down) * UPPER_CLASS);
}

/**
 * On a twisted torus a ring passes several wraparounds and paths may be longer than half of it: there the
 * class begins as the lower one and changes to the upper at the wraparound link.
 */
export function withTwistedClass(
  word: number,
  from: number,
  steps: number,
  extent: number,
  turning: boolean,
): number {
  const wrapsNow = steps > 0 ? from === extent - 1 : from === 0;
  if (wrapsNow) return word | UPPER_CLASS;
  return turning ? word & ~UPPER_CLASS : word;
}

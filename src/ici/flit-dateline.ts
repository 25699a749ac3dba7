/*
 * Rings cannot deadlock because packets that pass the wraparound of a ring (its dateline) use another class of
 * virtual channels than those that do not: Dally and Seitz, IEEE ToC C-36(5) 1987. `from` is where a packet
 * stands along an axis of `extent` chips, `steps` what it has left to go there. Classes are 1 (upper) or 0.
 */

/** 1 if the steps left along an axis pass its wraparound, else 0: without a branch, which nobody could foresee. */
export function passesDateline(from: number, steps: number, extent: number): number {
  const to = from + steps;
  return (to | (extent - 1 - to)) >>> 31;
}

/**
 * Regular rings fix the class before the packet turns into them: upper means that the place it goes to has the
 * smaller coordinate. Upwards those are the packets that pass the wraparound; downwards they are those that do
 * not, because BookSim (`dor_next_torus`, 28f4329) compares the same way round for both directions. Downwards
 * the classes have thus changed names and nothing else: paths are at most half a ring, so those of either
 * class close no circle.
 */
export function ringClass(from: number, steps: number, extent: number): number {
  return passesDateline(from, steps, extent) ^ (steps >>> 31);
}

/**
 * On a twisted torus a ring passes several wraparounds and paths may be longer than half of it: there the
 * class begins as the lower one and changes to the upper for good at the wraparound link.
 */
export function wrapsNow(from: number, steps: number, extent: number): boolean {
  return steps > 0 ? from === extent - 1 : from === 0;
}

/** Events lie at most this far ahead; a power of two. */
const WHEEL_SLOTS = 8;

/** Numbers to work through; never more than fit. */
export class WorkList {
  readonly data: Int32Array;
  count = 0;

  constructor(capacity: number) {
    this.data = new Int32Array(capacity);
  }

  push(item: number): void {
    this.data[this.count++] = item;
  }
}

/** Words that become due in one of the next cycles; never more a cycle than fit. */
export class Wheel {
  readonly data: Int32Array;
  readonly #capacity: number;
  readonly #counts = new Int32Array(WHEEL_SLOTS);
  /** Where the words lie that `take` has counted. */
  start = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.data = new Int32Array(capacity * WHEEL_SLOTS);
  }

  add1(cycle: number, word: number): void {
    const slot = cycle & (WHEEL_SLOTS - 1);
    this.data[slot * this.#capacity + this.#counts[slot]++] = word;
  }

  add3(cycle: number, first: number, second: number, third: number): void {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const at = slot * this.#capacity + this.#counts[slot];
    this.data[at] = first;
    this.data[at + 1] = second;
    this.data[at + 2] = third;
    this.#counts[slot] += 3;
  }

  /** How many words are due in `cycle`; they lie from `start` until a later cycle reuses them. */
  take(cycle: number): number {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const count = this.#counts[slot];
    this.#counts[slot] = 0;
    this.start = slot * this.#capacity;
    return count;
  }
}

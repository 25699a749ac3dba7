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

  /** Few items, by key; those of the same key stay in order. */
  sortBy(key: Int32Array): void {
    const { data } = this;
    for (let index = 1; index < this.count; index++) {
      const item = data[index];
      let place = index;
      for (; place > 0 && key[data[place - 1]] > key[item]; place--) data[place] = data[place - 1];
      data[place] = item;
    }
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

const BITS = 32;

/** Puts the channels due in a cycle, at most one a port, in the order of ports. */
export class PortOrder {
  readonly #portOf: Int32Array;
  /** The channels in that order. */
  readonly sorted: Int32Array;
  readonly #channelOfPort: Int32Array;
  /** A bit for each port that something is due at. */
  readonly #marks: Int32Array;

  /** `portOf` tells the port of a channel. */
  constructor(portOf: Int32Array, ports: number) {
    this.#portOf = portOf;
    this.sorted = new Int32Array(ports);
    this.#channelOfPort = new Int32Array(ports);
    this.#marks = new Int32Array(Math.ceil(ports / BITS));
  }

  sort(wheel: Wheel, due: number): void {
    const marks = this.#marks;
    for (let at = wheel.start; at < wheel.start + due; at++) {
      const channel = wheel.data[at];
      const port = this.#portOf[channel];
      this.#channelOfPort[port] = channel;
      marks[port >> 5] |= 1 << (port & (BITS - 1));
    }
    let count = 0;
    for (let mark = 0; mark < marks.length; mark++) {
      let bits = marks[mark];
      marks[mark] = 0;
      while (bits !== 0) {
        const lowest = BITS - 1 - Math.clz32(bits & -bits);
        this.sorted[count++] = this.#channelOfPort[mark * BITS + lowest];
        bits &= bits - 1;
      }
    }
  }
}

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

/** Flits that become due in one of the next cycles, three words each and at most one a port and cycle. */
export class PortWheel {
  /** The words of port p lie from `start + 3 p`. */
  readonly data: Int32Array;
  start = 0;
  /** Those that `take` has found, in rising order. */
  readonly ports: Int32Array;
  readonly #capacity: number;
  /** A bit for each port that something is due at, by slot. */
  readonly #marks: Int32Array;
  readonly #marksPerSlot: number;

  constructor(ports: number) {
    this.#capacity = 3 * ports;
    this.#marksPerSlot = Math.ceil(ports / BITS);
    this.data = new Int32Array(this.#capacity * WHEEL_SLOTS);
    this.ports = new Int32Array(ports);
    this.#marks = new Int32Array(this.#marksPerSlot * WHEEL_SLOTS);
  }

  put(cycle: number, port: number, first: number, second: number, third: number): void {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const at = slot * this.#capacity + 3 * port;
    this.data[at] = first;
    this.data[at + 1] = second;
    this.data[at + 2] = third;
    this.#marks[slot * this.#marksPerSlot + (port >> 5)] |= 1 << (port & (BITS - 1));
  }

  /** How many ports something is due at in `cycle`; the words stay until a later cycle reuses them. */
  take(cycle: number): number {
    const slot = cycle & (WHEEL_SLOTS - 1);
    const from = slot * this.#marksPerSlot;
    this.start = slot * this.#capacity;
    let count = 0;
    for (let mark = 0; mark < this.#marksPerSlot; mark++) {
      let bits = this.#marks[from + mark];
      if (bits === 0) continue;
      this.#marks[from + mark] = 0;
      while (bits !== 0) {
        this.ports[count++] = mark * BITS + (BITS - 1 - Math.clz32(bits & -bits));
        bits &= bits - 1;
      }
    }
    return count;
  }
}

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

/** What is to be done in this cycle and what in the next. */
export class Relay {
  now: WorkList;
  next: WorkList;

  constructor(capacity: number) {
    this.now = new WorkList(capacity);
    this.next = new WorkList(capacity);
  }

  swap(): void {
    [this.now, this.next] = [this.next, this.now];
  }
}

/** Lists of what becomes due in each of the next cycles. */
export class Wheel {
  readonly #lists: readonly WorkList[];

  /** `capacity` of each cycle. */
  constructor(capacity: number) {
    this.#lists = Array.from({ length: WHEEL_SLOTS }, () => new WorkList(capacity));
  }

  /** What is due in `cycle`; whoever has worked through it sets its count back to 0. */
  at(cycle: number): WorkList {
    return this.#lists[cycle & (WHEEL_SLOTS - 1)];
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

  sort({ data, count: due }: WorkList): void {
    const marks = this.#marks;
    for (let index = 0; index < due; index++) {
      const channel = data[index];
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

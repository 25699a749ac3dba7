/** Numbers to work through, from `start` up to, and without, `end` of `words`; never more than fit there. */
export class WorkList {
  readonly words: Int32Array;
  readonly start: number;
  end: number;

  /** All of an array of its own, or part of a shared one. */
  constructor(words: Int32Array, start = 0) {
    this.words = words;
    this.start = start;
    this.end = start;
  }

  get count(): number {
    return this.end - this.start;
  }

  /** A view of them. */
  get items(): Int32Array {
    return this.words.subarray(this.start, this.end);
  }

  push(item: number): void {
    this.words[this.end++] = item;
  }

  clear(): void {
    this.end = this.start;
  }

  /** For items that are nearly in order; those of which none comes before the other stay as they are. */
  sortBy(comesBefore: (a: number, b: number) => boolean): void {
    const { words, start, end } = this;
    for (let index = start + 1; index < end; index++) {
      const item = words[index];
      let place = index;
      for (; place > start && comesBefore(item, words[place - 1]); place--) words[place] = words[place - 1];
      words[place] = item;
    }
  }
}

/** What is to be done in this cycle and what in the next. */
export class Relay {
  now: WorkList;
  next: WorkList;

  constructor(now: WorkList, next: WorkList) {
    this.now = now;
    this.next = next;
  }

  swap(): void {
    [this.now, this.next] = [this.next, this.now];
  }
}

/** Lists of what becomes due in each of the next cycles. */
export class Wheel {
  /** Events lie less than this far ahead; a power of two. */
  static readonly SLOTS = 8;
  readonly #lists: readonly WorkList[];

  /** `slots` lists of `capacity` each lie one behind the other from `start` on. */
  constructor(words: Int32Array, start: number, capacity: number) {
    this.#lists = Array.from(
      { length: Wheel.SLOTS },
      (_, slot) => new WorkList(words, start + slot * capacity),
    );
  }

  /** What is due in `cycle`; whoever has worked through it clears it. */
  at(cycle: number): WorkList {
    return this.#lists[cycle & (Wheel.SLOTS - 1)];
  }
}

const BITS = 32;

/** Puts the channels due in a cycle, at most one a port, in the order of ports. */
export class PortOrder {
  readonly #portOf: Int32Array;
  readonly #channelOfPort: Int32Array;
  /** A bit for each port that something is due at. */
  readonly #marks: Int32Array;

  /** `portOf` tells the port of a channel. */
  constructor(portOf: Int32Array, ports: number) {
    this.#portOf = portOf;
    this.#channelOfPort = new Int32Array(ports);
    this.#marks = new Int32Array(Math.ceil(ports / BITS));
  }

  sort({ words, start, end }: WorkList): void {
    const marks = this.#marks;
    for (let index = start; index < end; index++) {
      const channel = words[index];
      const port = this.#portOf[channel];
      this.#channelOfPort[port] = channel;
      marks[port >> 5] |= 1 << (port & (BITS - 1));
    }
    let next = start;
    for (let mark = 0; mark < marks.length; mark++) {
      let bits = marks[mark];
      marks[mark] = 0;
      while (bits !== 0) {
        const lowest = BITS - 1 - Math.clz32(bits & -bits);
        words[next++] = this.#channelOfPort[mark * BITS + lowest];
        bits &= bits - 1;
      }
    }
  }
}

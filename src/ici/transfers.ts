/** Transfers over links of a network, flattened: see `TransferList` for how they are made. */
export interface Transfers {
  readonly count: number;
  /** What each one sends, [count]. */
  readonly bytes: Float64Array;
  /** Not before this time, [count]. */
  readonly startSeconds: Float64Array;
  /** From the last byte sent to its arrival, [count]. */
  readonly latencySeconds: Float64Array;
  /** Links of transfer t: `links[linkOffsets[t]]` to `links[linkOffsets[t + 1] - 1]`, [count + 1]. */
  readonly linkOffsets: Int32Array;
  readonly links: Int32Array;
  /** How often each transfer crosses each of its links: more than once where one chip stands for many. */
  readonly crossings: Float64Array;
  /** How many others each one waits for, [count]. */
  readonly waits: Int32Array;
  /** Those that wait for transfer t: from `followerOffsets[t]`, [count + 1]. */
  readonly followerOffsets: Int32Array;
  readonly followers: Int32Array;
  /** 1 where a follower waits for the arrival, 0 where only for the last byte to be sent. */
  readonly followsArrival: Uint8Array;
}

/** Which part of the data of a collective a transfer carries. */
export interface Payload {
  /** Parts, trees or groups that a collective is split into, and chunks of each. */
  readonly part: number;
  readonly chunk: number;
  /** Place in the order of the phases of its part. */
  readonly phase: number;
  /** The chip whose data it is, or, of sums, the chip that they are for. */
  readonly of: number;
  /** Chips of the schedule between which it goes: where one plays the part of another, the other one. */
  readonly from: number;
  readonly to: number;
}

export interface Transfer {
  readonly bytes: number;
  readonly links: readonly number[];
  /** As long as `links`; left out, each is crossed once. */
  readonly crossings?: readonly number[];
  readonly startSeconds?: number;
  readonly latencySeconds: number;
  /** Transfers that must have arrived: their data is what this one sends on. */
  readonly after?: readonly number[];
  /** Transfers that must have been sent: they are ahead in the same queue. */
  readonly behind?: readonly number[];
  readonly payload?: Payload;
}

/** Collects transfers; each may wait for earlier ones, so that no circle can arise. */
export class TransferList {
  readonly #items: Transfer[] = [];

  /** Number of the transfer, counted from 0. */
  add(transfer: Transfer): number {
    this.#items.push(transfer);
    return this.#items.length - 1;
  }

  /**
   * Adds all transfers of another list, none of which starts before `startSeconds` or before the arrival of
   * `gate`, a transfer of this one; their links are numbered from `firstLink`. Returns their numbers.
   */
  append(other: TransferList, startSeconds: number, gate?: number, firstLink = 0): readonly number[] {
    const first = this.#items.length;
    const moved = (numbers: readonly number[] = []): number[] => numbers.map((number) => number + first);
    return other.#items.map((item) => {
      const after = moved(item.after);
      return this.add({
        ...item,
        links: firstLink === 0 ? item.links : item.links.map((link) => link + firstLink),
        startSeconds: (item.startSeconds ?? 0) + startSeconds,
        after: gate === undefined || after.length > 0 ? after : [gate],
        behind: moved(item.behind),
      });
    });
  }

  get items(): readonly Transfer[] {
    return this.#items;
  }

  get count(): number {
    return this.#items.length;
  }

  flatten(): Transfers {
    const items = this.#items;
    const count = items.length;
    const linkOffsets = new Int32Array(count + 1);
    const followerOffsets = new Int32Array(count + 1);
    const waits = new Int32Array(count);
    items.forEach(({ links, after = [], behind = [] }, index) => {
      linkOffsets[index + 1] = linkOffsets[index] + links.length;
      waits[index] = after.length + behind.length;
      for (const other of after) followerOffsets[other + 1] += 1;
      for (const other of behind) followerOffsets[other + 1] += 1;
    });
    for (let index = 0; index < count; index++) followerOffsets[index + 1] += followerOffsets[index];
    const links = new Int32Array(linkOffsets[count]);
    const crossings = new Float64Array(linkOffsets[count]).fill(1);
    const followers = new Int32Array(followerOffsets[count]);
    const followsArrival = new Uint8Array(followerOffsets[count]);
    const filled = followerOffsets.slice();
    items.forEach((item, index) => {
      links.set(item.links, linkOffsets[index]);
      if (item.crossings !== undefined) crossings.set(item.crossings, linkOffsets[index]);
      for (const other of item.after ?? []) {
        followsArrival[filled[other]] = 1;
        followers[filled[other]++] = index;
      }
      for (const other of item.behind ?? []) followers[filled[other]++] = index;
    });
    return {
      count,
      bytes: Float64Array.from(items, (item) => item.bytes),
      startSeconds: Float64Array.from(items, (item) => item.startSeconds ?? 0),
      latencySeconds: Float64Array.from(items, (item) => item.latencySeconds),
      linkOffsets,
      links,
      crossings,
      waits,
      followerOffsets,
      followers,
      followsArrival,
    };
  }
}

import { MinHeap } from './min-heap.ts';
import type { Transfers } from './transfers.ts';

/** A sum of shares may miss zero by rounding: below this part of a link's rate it is full. */
const ROUNDING = 1e-12;

/** Rates that differ by less than this part are the same one. */
const SAME_RATE = 1e-9;

/**
 * Max-min fair rates of the transfers under way (Bertsekas and Gallager, Data Networks, 6.5.2). Progressive
 * filling: the link whose equal share is least fixes the rate of all its transfers; take them out, repeat.
 * Only transfers joined to a changed link by shared links are solved again.
 */
export class FairShares {
  /** Bytes a second of each transfer, [count]; 0 when not under way. */
  readonly rates: Float64Array;
  readonly #capacities: Float64Array;
  readonly #transfers: Transfers;
  /** For each link, the places in `transfers.links` of those under way. */
  readonly #onLink: number[][];
  /** Where each place in `transfers.links` stands in its list. */
  readonly #position: Int32Array;
  readonly #owner: Int32Array;
  /** The link that sets the rate of each transfer, and of how many each link does. */
  readonly #bottleneck: Int32Array;
  readonly #bounded: Int32Array;
  readonly #linkMark: Int32Array;
  readonly #transferMark: Int32Array;
  readonly #residual: Float64Array;
  readonly #weight: Float64Array;
  readonly #heap = new MinHeap();
  #mark = 0;
  #floor = 0;

  /** `capacities`: bytes a second of each link. */
  constructor(capacities: Float64Array, transfers: Transfers) {
    this.#capacities = capacities;
    this.#transfers = transfers;
    this.rates = new Float64Array(transfers.count);
    this.#onLink = Array.from(capacities, () => []);
    this.#position = new Int32Array(transfers.links.length);
    this.#owner = new Int32Array(transfers.links.length);
    for (let transfer = 0; transfer < transfers.count; transfer++) {
      this.#owner.fill(transfer, transfers.linkOffsets[transfer], transfers.linkOffsets[transfer + 1]);
    }
    this.#bottleneck = new Int32Array(transfers.count).fill(-1);
    this.#bounded = new Int32Array(capacities.length);
    this.#linkMark = new Int32Array(capacities.length);
    this.#transferMark = new Int32Array(transfers.count);
    this.#residual = new Float64Array(capacities.length);
    this.#weight = new Float64Array(capacities.length);
  }

  add(transfer: number): void {
    const { linkOffsets, links } = this.#transfers;
    for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++) {
      const list = this.#onLink[links[place]];
      this.#position[place] = list.length;
      list.push(place);
    }
  }

  remove(transfer: number): void {
    const { linkOffsets, links } = this.#transfers;
    for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++) {
      const list = this.#onLink[links[place]];
      const last = list.pop() as number;
      if (last === place) continue;
      list[this.#position[place]] = last;
      this.#position[last] = this.#position[place];
    }
    this.rates[transfer] = 0;
    this.#bounded[this.#bottleneck[transfer]] -= 1;
  }

  /**
   * Whether a link holds back some transfer under way. Where it does not, nobody gains when a transfer leaves
   * it: all others still have their own full link on which nobody is faster.
   */
  holdsBack(link: number): boolean {
    return this.#bounded[link] > 0;
  }

  /** The link that sets the rate of a transfer under way, once solved. */
  bottleneckOf(transfer: number): number {
    return this.#bottleneck[transfer];
  }

  /** Bytes a second that all transfers on a link send together. */
  linkRate(link: number): number {
    let total = 0;
    for (const place of this.#onLink[link]) {
      total += this.rates[this.#owner[place]] * this.#transfers.crossings[place];
    }
    return total;
  }

  /**
   * Solves what hangs together with `changed` links and returns its links and transfers. Where the only change
   * is that transfers left which were at least `atLeast` fast, slower ones keep their rates and are not solved
   * again: filling up to there goes as it went before.
   */
  solve(
    changed: readonly number[],
    atLeast = 0,
  ): {
    readonly links: readonly number[];
    readonly transfers: readonly number[];
  } {
    const mark = ++this.#mark;
    this.#floor = atLeast * (1 - SAME_RATE);
    const component: number[] = [];
    const links: number[] = [];
    for (const link of changed) this.#reach(link, mark, links);
    // `links` grows while it is walked.
    for (let index = 0; index < links.length; index++) this.#spread(links[index], mark, links, component);
    this.#fill(links, component.length, mark);
    return { links, transfers: component };
  }

  #reach(link: number, mark: number, links: number[]): void {
    if (this.#linkMark[link] === mark) return;
    this.#linkMark[link] = mark;
    links.push(link);
  }

  #spread(link: number, mark: number, links: number[], component: number[]): void {
    const { linkOffsets, links: linksOf } = this.#transfers;
    for (const place of this.#onLink[link]) {
      const transfer = this.#owner[place];
      if (this.#transferMark[transfer] === mark || this.rates[transfer] < this.#floor) continue;
      this.#transferMark[transfer] = mark;
      component.push(transfer);
      for (let each = linkOffsets[transfer]; each < linkOffsets[transfer + 1]; each++) {
        this.#reach(linksOf[each], mark, links);
      }
    }
  }

  /** Progressive filling of marked links; a transfer is open until its mark is made negative. */
  #fill(links: readonly number[], transfers: number, mark: number): void {
    const { linkOffsets, links: linksOf, crossings } = this.#transfers;
    const heap = this.#heap;
    const residual = this.#residual;
    const weight = this.#weight;
    heap.clear();
    for (const link of links) {
      let total = 0;
      let taken = 0;
      for (const place of this.#onLink[link]) {
        const kept = this.rates[this.#owner[place]];
        if (kept < this.#floor) taken += kept * crossings[place];
        else total += crossings[place];
      }
      residual[link] = this.#capacities[link] - taken;
      weight[link] = total;
      if (total > 0) heap.push(residual[link] / total, link);
    }
    let open = transfers;
    let share = 0;
    while (open > 0) {
      const known = heap.leastKey;
      const link = heap.pop();
      if (weight[link] <= ROUNDING) continue;
      // Shares only grow while others are taken out: an old key is too small, never too large.
      const equal = residual[link] / weight[link];
      if (equal > known * (1 + ROUNDING)) {
        heap.push(equal, link);
        continue;
      }
      share = Math.max(share, equal);
      for (const place of this.#onLink[link]) {
        const transfer = this.#owner[place];
        if (this.#transferMark[transfer] !== mark) continue;
        this.#transferMark[transfer] = -1;
        this.rates[transfer] = share;
        if (this.#bottleneck[transfer] >= 0) this.#bounded[this.#bottleneck[transfer]] -= 1;
        this.#bottleneck[transfer] = link;
        this.#bounded[link] += 1;
        open -= 1;
        for (let each = linkOffsets[transfer]; each < linkOffsets[transfer + 1]; each++) {
          residual[linksOf[each]] -= share * crossings[each];
          weight[linksOf[each]] -= crossings[each];
        }
      }
      weight[link] = 0;
    }
  }
}

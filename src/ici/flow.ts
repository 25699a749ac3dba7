import { assert } from '../base/assert.ts';
import { FairShares } from './fair-shares.ts';
import { MinHeap } from './min-heap.ts';
import { NO_RATES, RateRecorder, type TransferRates } from './transfer-rates.ts';
import type { Transfers } from './transfers.ts';

/** When each transfer began to send, had sent and had arrived, in seconds, [count]. */
export interface FlowResult {
  readonly begun: Float64Array;
  readonly sent: Float64Array;
  readonly arrived: Float64Array;
  /** The last arrival. */
  readonly seconds: number;
  /** Rate of links at each change, in the order of time; empty unless asked for. */
  readonly changes: readonly RateChange[];
  /** The same of each transfer; empty unless asked for. */
  readonly rates: TransferRates;
}

/** From `seconds` on, the transfers on `link` together send at this rate. */
export interface RateChange {
  readonly seconds: number;
  readonly link: number;
  readonly bytesPerSecond: number;
}

/** Events closer than this part of the time are one event: sums of shares differ in the last bits. */
const SAME_TIME = 1e-12;

/**
 * Runs transfers that share links max-min fairly, from event to event: between two of them every rate is
 * constant, so that times are exact for this model. A transfer of no bytes or over no link only waits.
 * Throws an `InputError` when changes are asked for and are too many to keep.
 */
export function runFlows(
  capacities: Float64Array,
  transfers: Transfers,
  options: { readonly recordChanges?: boolean } = {},
): FlowResult {
  return new FlowRun(capacities, transfers, options.recordChanges === true).run();
}

class FlowRun {
  readonly #shares: FairShares;
  readonly #transfers: Transfers;
  readonly #recorder: RateRecorder | undefined;
  readonly #remaining: Float64Array;
  /** Time up to which `#remaining` accounts. */
  readonly #since: Float64Array;
  readonly #rate: Float64Array;
  readonly #finish: Float64Array;
  readonly #waits: Int32Array;
  readonly #ready: Float64Array;
  readonly #begun: Float64Array;
  readonly #sent: Float64Array;
  readonly #arrived: Float64Array;
  readonly #starts = new MinHeap();
  readonly #finishes = new MinHeap();
  readonly #changes: RateChange[] = [];
  readonly #linkRate: Float64Array;
  #done = 0;

  constructor(capacities: Float64Array, transfers: Transfers, record: boolean) {
    const { count } = transfers;
    this.#shares = new FairShares(capacities, transfers);
    this.#transfers = transfers;
    this.#recorder = record ? new RateRecorder(count) : undefined;
    this.#remaining = transfers.bytes.slice();
    this.#since = new Float64Array(count);
    this.#rate = new Float64Array(count);
    this.#finish = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
    this.#waits = transfers.waits.slice();
    this.#ready = transfers.startSeconds.slice();
    this.#begun = new Float64Array(count);
    this.#sent = new Float64Array(count);
    this.#arrived = new Float64Array(count);
    this.#linkRate = new Float64Array(capacities.length);
  }

  run(): FlowResult {
    const { count } = this.#transfers;
    for (let transfer = 0; transfer < count; transfer++) {
      if (this.#waits[transfer] === 0) this.#starts.push(this.#ready[transfer], transfer);
    }
    while (this.#done < count) {
      const now = Math.min(this.#starts.leastKey, this.#finishes.leastKey);
      assert(Number.isFinite(now), 'some transfer can always go on');
      this.#step(now);
    }
    const seconds = this.#arrived.reduce((latest, each) => Math.max(latest, each), 0);
    return {
      begun: this.#begun,
      sent: this.#sent,
      arrived: this.#arrived,
      seconds,
      changes: this.#changes,
      rates: this.#recorder?.finish() ?? NO_RATES,
    };
  }

  #step(now: number): void {
    const horizon = now * (1 + SAME_TIME);
    const freed: number[] = [];
    let slowest = Number.POSITIVE_INFINITY;
    while (this.#finishes.leastKey <= horizon) {
      const key = this.#finishes.leastKey;
      const transfer = this.#finishes.pop();
      // An entry whose transfer has got another rate since is not its finish any more.
      if (key !== this.#finish[transfer]) continue;
      this.#finish[transfer] = Number.POSITIVE_INFINITY;
      slowest = Math.min(slowest, this.#shares.rates[transfer]);
      this.#shares.remove(transfer);
      this.#rate[transfer] = 0;
      this.#noteLinks(transfer, freed);
      this.#end(transfer, now);
    }
    const changed = freed.filter((link) => this.#shares.holdsBack(link));
    while (this.#starts.leastKey <= horizon) {
      const transfer = this.#starts.pop();
      this.#begun[transfer] = now;
      const { linkOffsets, bytes } = this.#transfers;
      if (bytes[transfer] === 0 || linkOffsets[transfer] === linkOffsets[transfer + 1]) {
        this.#end(transfer, now);
        continue;
      }
      this.#since[transfer] = now;
      slowest = 0;
      this.#shares.add(transfer);
      this.#noteLinks(transfer, changed);
    }
    if (changed.length > 0) {
      const { links, transfers } = this.#shares.solve(changed, slowest);
      for (const transfer of transfers) this.#setRate(transfer, now);
      if (this.#recorder !== undefined) {
        for (const transfer of transfers) this.#recordTransfer(this.#recorder, transfer, now);
        this.#recordRates(links, now);
      }
    }
    if (this.#recorder !== undefined) this.#recordRates(freed, now);
  }

  #noteLinks(transfer: number, changed: number[]): void {
    const { linkOffsets, links } = this.#transfers;
    for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++)
      changed.push(links[place]);
  }

  #setRate(transfer: number, now: number): void {
    const rate = this.#shares.rates[transfer];
    const old = this.#rate[transfer];
    if (rate === old) return;
    this.#remaining[transfer] -= old * (now - this.#since[transfer]);
    this.#since[transfer] = now;
    this.#rate[transfer] = rate;
    this.#finish[transfer] = now + Math.max(0, this.#remaining[transfer]) / rate;
    this.#finishes.push(this.#finish[transfer], transfer);
  }

  #end(transfer: number, now: number): void {
    const { latencySeconds, followerOffsets, followers, followsArrival } = this.#transfers;
    this.#done += 1;
    this.#sent[transfer] = now;
    this.#arrived[transfer] = now + latencySeconds[transfer];
    for (let place = followerOffsets[transfer]; place < followerOffsets[transfer + 1]; place++) {
      const follower = followers[place];
      const from = followsArrival[place] === 1 ? this.#arrived[transfer] : now;
      this.#ready[follower] = Math.max(this.#ready[follower], from);
      this.#waits[follower] -= 1;
      if (this.#waits[follower] === 0) this.#starts.push(this.#ready[follower], follower);
    }
  }

  #recordTransfer(recorder: RateRecorder, transfer: number, now: number): void {
    recorder.note(transfer, now, this.#shares.rates[transfer], this.#shares.bottleneckOf(transfer));
  }

  #recordRates(links: readonly number[], now: number): void {
    for (const link of links) {
      const rate = this.#shares.linkRate(link);
      if (rate === this.#linkRate[link]) continue;
      this.#linkRate[link] = rate;
      this.#changes.push({ seconds: now, link, bytesPerSecond: rate });
    }
  }
}

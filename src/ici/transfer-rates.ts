import { InputError } from '../base/result.ts';

/** 128 MiB of spans. */
const MAX_SPANS = 4 * 1024 * 1024;

/** How fast each transfer went over time, and which link set its rate. */
export interface TransferRates {
  /** Spans of transfer t: from `offsets[t]` to `offsets[t + 1] - 1`, in the order of time, [count + 1]. */
  readonly offsets: Int32Array;
  /** When each span begins; it ends with the next one, the last one with the transfer. */
  readonly seconds: Float64Array;
  readonly bytesPerSecond: Float64Array;
  /** The full link on which nobody is faster. */
  readonly bottlenecks: Int32Array;
}

/** Of a run whose changes nobody asked for. */
export const NO_RATES: TransferRates = {
  offsets: new Int32Array(0),
  seconds: new Float64Array(0),
  bytesPerSecond: new Float64Array(0),
  bottlenecks: new Int32Array(0),
};

/** Collects spans in the order of time, whichever transfer they are of. */
export class RateRecorder {
  readonly #count: number;
  /** The newest span of each transfer, -1 before it has one. */
  readonly #newest: Int32Array;
  #length = 0;
  #transfers = new Int32Array(1024);
  #seconds = new Float64Array(1024);
  #rates = new Float64Array(1024);
  #bottlenecks = new Int32Array(1024);

  constructor(count: number) {
    this.#count = count;
    this.#newest = new Int32Array(count).fill(-1);
  }

  /** Throws an `InputError` when there are more changes than can be kept. */
  note(transfer: number, seconds: number, bytesPerSecond: number, bottleneck: number): void {
    const before = this.#newest[transfer];
    if (before >= 0) {
      if (this.#rates[before] === bytesPerSecond && this.#bottlenecks[before] === bottleneck) return;
      // Solved twice at one moment: the second time counts.
      if (this.#seconds[before] === seconds) {
        this.#rates[before] = bytesPerSecond;
        this.#bottlenecks[before] = bottleneck;
        return;
      }
    }
    if (this.#length === this.#transfers.length) this.#grow();
    const at = this.#length++;
    this.#newest[transfer] = at;
    this.#transfers[at] = transfer;
    this.#seconds[at] = seconds;
    this.#rates[at] = bytesPerSecond;
    this.#bottlenecks[at] = bottleneck;
  }

  finish(): TransferRates {
    const offsets = new Int32Array(this.#count + 1);
    for (let at = 0; at < this.#length; at++) offsets[this.#transfers[at] + 1] += 1;
    for (let transfer = 0; transfer < this.#count; transfer++) offsets[transfer + 1] += offsets[transfer];
    const seconds = new Float64Array(this.#length);
    const bytesPerSecond = new Float64Array(this.#length);
    const bottlenecks = new Int32Array(this.#length);
    const filled = offsets.slice();
    for (let at = 0; at < this.#length; at++) {
      const place = filled[this.#transfers[at]]++;
      seconds[place] = this.#seconds[at];
      bytesPerSecond[place] = this.#rates[at];
      bottlenecks[place] = this.#bottlenecks[at];
    }
    return { offsets, seconds, bytesPerSecond, bottlenecks };
  }

  #grow(): void {
    if (this.#length >= MAX_SPANS) {
      throw new InputError('transfers', `rates change more than ${MAX_SPANS} times, too often to keep`);
    }
    const grown = <T extends Int32Array | Float64Array>(old: T, larger: T): T => {
      larger.set(old);
      return larger;
    };
    const length = 2 * this.#length;
    this.#transfers = grown(this.#transfers, new Int32Array(length));
    this.#seconds = grown(this.#seconds, new Float64Array(length));
    this.#rates = grown(this.#rates, new Float64Array(length));
    this.#bottlenecks = grown(this.#bottlenecks, new Int32Array(length));
  }
}

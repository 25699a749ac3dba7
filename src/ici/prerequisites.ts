import type { FlowResult } from './flow.ts';
import type { Transfers } from './transfers.ts';

/** What a transfer needs of another before it can begin. */
export interface Prerequisite {
  readonly transfer: number;
  /** Its data, or its end on the link where both stand in a queue. */
  readonly needs: 'data' | 'turn';
  /** When it had that. */
  readonly seconds: number;
}

/** The edges of `transfers`, by who waits instead of by who is waited for. */
export class Prerequisites {
  readonly #offsets: Int32Array;
  readonly #others: Int32Array;
  readonly #needsData: Uint8Array;
  readonly #result: FlowResult;

  constructor(transfers: Transfers, result: FlowResult) {
    const { count, waits, followerOffsets, followers, followsArrival } = transfers;
    this.#result = result;
    this.#offsets = new Int32Array(count + 1);
    for (let transfer = 0; transfer < count; transfer++) {
      this.#offsets[transfer + 1] = this.#offsets[transfer] + waits[transfer];
    }
    this.#others = new Int32Array(this.#offsets[count]);
    this.#needsData = new Uint8Array(this.#offsets[count]);
    const filled = this.#offsets.slice();
    for (let other = 0; other < count; other++) {
      for (let place = followerOffsets[other]; place < followerOffsets[other + 1]; place++) {
        const at = filled[followers[place]]++;
        this.#others[at] = other;
        this.#needsData[at] = followsArrival[place];
      }
    }
  }

  /** All that a transfer waits for, in the order in which it gets it. */
  of(transfer: number): readonly Prerequisite[] {
    const { sent, arrived } = this.#result;
    const found: Prerequisite[] = [];
    for (let place = this.#offsets[transfer]; place < this.#offsets[transfer + 1]; place++) {
      const other = this.#others[place];
      const needs = this.#needsData[place] === 1 ? 'data' : 'turn';
      found.push({ transfer: other, needs, seconds: needs === 'data' ? arrived[other] : sent[other] });
    }
    return found.sort((a, b) => a.seconds - b.seconds || a.transfer - b.transfer);
  }
}

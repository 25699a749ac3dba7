import type { CollectiveReport } from './request.ts';
import type { Torus } from './topology.ts';

/** A way to do a collective and what it costs. */
export interface Candidate extends LinkLoads {
  readonly seconds: number;
  readonly algorithm: string;
  readonly reason: string;
  /** Hops that follow one another. */
  readonly steps: number;
  readonly chipBytes: CollectiveReport['chipBytes'];
}

export interface LinkLoads {
  /** Bytes on the busiest link. */
  readonly largestLinkBytes: number;
  /** Bytes on all links of one group together. */
  readonly groupLinkBytes: number;
  /** Bytes on every directed link of the whole torus, [linkSlots]. */
  linkBytes(torus: Torus): Float64Array;
}

import { cycleDice, drawn, nodeDice } from './counter-random.ts';
import { laggedFractions, laggedIntegers } from './lagged-fibonacci.ts';
import type { Torus } from './topology.ts';
import { destinations, type TrafficPattern } from './traffic-pattern.ts';

export const RANDOM_STREAMS = ['counter', 'booksim'] as const;
/**
 * Where the dice come from:
 * - counter: each throw depends on the seed, the node and the cycle alone, so that a GPU throws the same;
 * - booksim: one after the other, the numbers of BookSim 2 for the same seed in the order in which it draws them.
 */
export type RandomStream = (typeof RANDOM_STREAMS)[number];

/** The dice of one run. Sources ask node by node in each cycle, before the routers do. */
export interface TrafficStream {
  /** How many cycles' dice a source may throw at a time: 1 where nodes share a stream, so that order matters. */
  readonly cyclesAhead: number;
  /** The first cycle from `cycle` on in which a node makes a packet, or `end` if none before it. */
  next(node: number, cycle: number, end: number): number;
  /** Where the packet goes to that `next` has just found. */
  target(node: number): number;
  /** Which ways round it takes where both are as short, a bit an axis, if its source is to know. */
  ties(): number;
  /** The same for one axis if its routers are to know, as it turns into that axis: 1 is upwards. */
  readonly coin?: () => number;
}

export interface StreamRequest {
  readonly pattern: TrafficPattern;
  readonly rate: number;
  readonly packetFlits: number;
  readonly seed: number;
  readonly random?: RandomStream;
}

const TWO_TO_32 = 2 ** 32;
/** A bit for each of three axes. */
const TIE_BITS = 7;

export function trafficStream(torus: Torus, request: StreamRequest): TrafficStream {
  return request.random === 'booksim' ? bookSimStream(torus, request) : counterStream(torus, request);
}

/** A source makes a packet in a cycle where a random 32-bit word is below this. */
export function packetThreshold({ rate, packetFlits }: StreamRequest): number {
  return Math.round((rate / packetFlits) * TWO_TO_32);
}

function counterStream(torus: Torus, request: StreamRequest): TrafficStream {
  const { seed, pattern } = request;
  const threshold = packetThreshold(request);
  const targets = destinations(torus, pattern);
  const nodes = Int32Array.from({ length: torus.nodes }, (_, node) => nodeDice(seed, node));
  // Those of the node and cycle last looked at.
  let dice = 0;
  return {
    cyclesAhead: 256,
    next: (node, cycle, end) => {
      const ofNode = nodes[node];
      for (let at = cycle; at < end; at++) {
        dice = cycleDice(ofNode, at);
        if (drawn(dice, 0) < threshold) return at;
      }
      return end;
    },
    target: (node) => (targets === undefined ? drawn(dice, 1) % torus.nodes : targets[node]),
    ties: () => drawn(dice, 2) & TIE_BITS,
  };
}

/**
 * BookSim 2 (Jiang et al., ISPASS 2013; https://github.com/booksim/booksim2 at 28f4329) has two generators. A
 * fraction decides whether a packet is made. Whole numbers choose the destination of uniform traffic, then
 * which of its one subnetworks a packet uses (a number that changes nothing but is drawn), and at the router
 * where a packet enters a ring half of which it has to go, which way.
 */
function bookSimStream(torus: Torus, { seed, pattern, rate, packetFlits }: StreamRequest): TrafficStream {
  const fraction = laggedFractions(seed);
  const integer = laggedIntegers(seed);
  const packetRate = rate / packetFlits;
  const targets = destinations(torus, pattern);
  return {
    cyclesAhead: 1,
    next: (_, cycle, end) => {
      let at = cycle;
      while (at < end && fraction() >= packetRate) at += 1;
      return at;
    },
    target: (node) => {
      const target = targets?.[node] ?? integer() % torus.nodes;
      integer();
      return target;
    },
    ties: () => integer() & TIE_BITS,
    coin: () => integer() & 1,
  };
}

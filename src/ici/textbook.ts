import { planAcrossSlices } from './across-slices.ts';
import { planCollective } from './collective.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import { Torus } from './topology.ts';

/**
 * Worked answers of "How to Scale Your Model" (jax-ml/scaling-book, sharding and TPU chapters) in the book's
 * own convention: V / W with the two-way rate of each axis, max with a microsecond a hop, meshes at one way.
 * The modelled value stands beside each, and what makes the two differ.
 */
export interface TextbookCase {
  readonly id: string;
  readonly chapter: TextbookChapter;
  readonly question: string;
  /** `s`, the width D of a layer from which one strategy wins, or the tokens from which arithmetic decides. */
  readonly unit: 's' | 'features' | 'tokens';
  /** As printed; where the book's own numbers give something else, `corrected` says what. */
  readonly printed: number;
  readonly corrected?: number;
  /** The book's formula worked out. */
  readonly textbook: number;
  readonly modelled: number;
  readonly difference: string;
}

/** Chapters of the book that the questions are from, and where each can be read. */
export const TEXTBOOK_CHAPTERS = {
  sharding: {
    title: 'How to Scale Your Model, sharded matrices',
    url: 'https://jax-ml.github.io/scaling-book/sharding/',
  },
  tpus: { title: 'How to Scale Your Model, TPUs', url: 'https://jax-ml.github.io/scaling-book/tpus/' },
  training: {
    title: 'How to Scale Your Model, training',
    url: 'https://jax-ml.github.io/scaling-book/training/',
  },
} as const;
export type TextbookChapter = keyof typeof TEXTBOOK_CHAPTERS;

/** Printed answers are rounded to two or three figures: this part of them is the most that may be off. */
export const TEXTBOOK_TOLERANCE = 0.02;

/** How far the formula is from the answer in print, or from the corrected one, as a part of it. */
export function textbookDeviation({ printed, corrected, textbook }: TextbookCase): number {
  return textbook / (corrected ?? printed) - 1;
}

const MICROSECOND = 1e-6;
/** One way of one link: 45 GB/s on v4 and v5e, as the book has it. */
const ONE_WAY = 4.5e10;
const BOTH_WAYS = 2 * ONE_WAY;

/** bf16 of v5p, and both ways of one of its links. */
const V5P_PEAK = 4.59e14;
const V5P_BOTH_WAYS = 1.8e11;

/** Into the data-centre network: a quarter of its host's 25 GB/s. */
const V5P_PORT = 2.5e10 / 4;

const RATES: LinkRates = {
  linkBytesPerSecond: ONE_WAY,
  physicalLinkBytesPerSecond: 5e10,
  hopLatencySeconds: MICROSECOND,
};

/** All-gather or reduce-scatter over `axes` rings: V / (W axes), not faster than half the chips in hops. */
function textbookGather(bytes: number, ringChips: readonly number[]): number {
  const hops = ringChips.reduce((total, chips) => total + chips, 0) / 2;
  return Math.max(bytes / (BOTH_WAYS * ringChips.length), hops * MICROSECOND);
}

/** All-gather on an axis that does not wrap: shards hop by hop at one way. */
function textbookLineGather(bytes: number, chips: number): number {
  return (chips - 1) * Math.max(bytes / chips / ONE_WAY, MICROSECOND);
}

/** All-reduce is a reduce-scatter and an all-gather, all-to-all on a ring a quarter of an all-gather. */
function textbookAllReduce(bytes: number, ringChips: readonly number[]): number {
  return 2 * textbookGather(bytes, ringChips);
}

function textbookAllToAll(bytes: number): number {
  return bytes / BOTH_WAYS / 4;
}

/** Point to point: the first byte takes a hop's latency each, the last follows over both ways of a corner. */
function textbookSend(bytes: number, hops: number): number {
  return hops * MICROSECOND + bytes / BOTH_WAYS;
}

const NO_WRAP = 'a mesh sends one way only at its ends, in the book and here';
const EXACT_RING = 'an exact ring carries (n-1)/n of the array, the book all of it';
const HOPS = 'hops decide';

/** S1 to S6 and T5 of the book, in its order, and data parallelism over pods. */
export function textbookCases(): readonly TextbookCase[] {
  const v5eMesh = mesh(8, 4);
  const v5eCorner = mesh(4, 4);
  const v4 = wrapped(4, 4, 4);
  const ring = wrapped(8);
  const large = 2048 * 8192 * 2;
  const rowShard = (1024 * 4096 * 2) / 4;
  return [
    {
      id: 'S1',
      chapter: 'sharding',
      question: 'all-gather of bf16[2048, 8192] along y of v5e 8x4, if y wrapped',
      unit: 's',
      printed: 377e-6,
      textbook: textbookGather(large, [4]),
      modelled: modelled(wrapped(8, 4), { kind: 'all-gather', axes: [1], bytes: large }),
      difference: EXACT_RING,
    },
    {
      id: 'S1b',
      chapter: 'sharding',
      question: 'the same on the real v5e 8x4, whose y does not wrap',
      unit: 's',
      printed: 560e-6,
      textbook: textbookLineGather(large, 4),
      modelled: modelled(v5eMesh, { kind: 'all-gather', axes: [1], bytes: large }),
      difference: NO_WRAP,
    },
    {
      id: 'S2',
      chapter: 'sharding',
      question: 'all-gather of bf16[256, 256] along y of v5e 8x4',
      unit: 's',
      printed: 3e-6,
      textbook: textbookLineGather(256 * 256 * 2, 4),
      modelled: modelled(v5eMesh, { kind: 'all-gather', axes: [1], bytes: 256 * 256 * 2 }),
      difference: HOPS,
    },
    {
      id: 'S3a',
      chapter: 'sharding',
      question: 'v4 4x4x4: all-gather over x of bf16[1024 by x, 4096 by y]',
      unit: 's',
      printed: 23e-6,
      textbook: textbookGather(rowShard, [4]),
      modelled: modelled(v4, { kind: 'all-gather', axes: [0], bytes: rowShard }),
      difference: EXACT_RING,
    },
    {
      id: 'S3b',
      chapter: 'sharding',
      question: 'v4 4x4x4: all-gather over x and y of bf16[1024 by x, 4096 by y]',
      unit: 's',
      printed: 46e-6,
      textbook: textbookGather(4 * rowShard, [4, 4]),
      modelled: modelled(v4, { kind: 'all-gather', axes: [0, 1], bytes: 4 * rowShard }),
      difference: EXACT_RING,
    },
    {
      id: 'S3c',
      chapter: 'sharding',
      question: 'v4 4x4x4: all-reduce over z of bf16[1024 by x, 4096 by y]',
      unit: 's',
      printed: 190e-6,
      // 1024 x 4096 x 2 / 16 bytes a chip: the printed time is that of the array without its sharding.
      corrected: 11.7e-6,
      textbook: textbookAllReduce(rowShard / 4, [4]),
      modelled: modelled(v4, { kind: 'all-reduce', axes: [2], bytes: rowShard / 4 }),
      difference: `${EXACT_RING}; the printed time leaves out the sharding that the question states`,
    },
    {
      id: 'S4',
      chapter: 'sharding',
      question: 'v4 4x4x4: all-gather over x of 128 bf16 values',
      unit: 's',
      printed: 2e-6,
      textbook: textbookGather(256, [4]),
      modelled: modelled(v4, { kind: 'all-gather', axes: [0], bytes: 256 }),
      difference: HOPS,
    },
    {
      id: 'S5',
      chapter: 'sharding',
      question:
        '[B, D] x [D by x, F] on a ring of 16 v5p: least D where partial products are all-reduced, not D gathered',
      unit: 'features',
      printed: 5100,
      // 2 B D F / peak against 4 B F / W: D = 2 peak / W.
      textbook: (2 * V5P_PEAK) / V5P_BOTH_WAYS,
      modelled: V5P_PEAK * allReduceSecondsPerByte(16),
      difference: EXACT_RING,
    },
    {
      id: 'S6a',
      chapter: 'sharding',
      question: 'ring of 8 v5e: all-gather of bf16[2048, 8192]',
      unit: 's',
      printed: 373e-6,
      textbook: textbookGather(large, [8]),
      modelled: modelled(ring, { kind: 'all-gather', axes: [0], bytes: large }),
      difference: EXACT_RING,
    },
    {
      id: 'S6b',
      chapter: 'sharding',
      question: 'ring of 8 v5e: all-reduce of bf16[2048, 8192]',
      unit: 's',
      printed: 746e-6,
      textbook: textbookAllReduce(large, [8]),
      modelled: modelled(ring, { kind: 'all-reduce', axes: [0], bytes: large }),
      difference: EXACT_RING,
    },
    {
      id: 'S6c',
      chapter: 'sharding',
      question: 'ring of 8 v5e: all-to-all of bf16[2048, 8192], 4,194,304 bytes a chip',
      unit: 's',
      printed: 93.2e-6,
      textbook: textbookAllToAll(large),
      modelled: modelled(ring, { kind: 'all-to-all', axes: [0], bytes: large / 8 }),
      difference: 'none: the mean way on an even ring is a quarter of it',
    },
    {
      id: 'T5',
      chapter: 'tpus',
      question: 'v5e 4x4: bf16[8, 128, 8192] from chip (0,0) to chip (3,3)',
      unit: 's',
      printed: 194e-6,
      textbook: textbookSend(8 * 128 * 8192 * 2, 6),
      modelled: modelled(v5eCorner, {
        kind: 'collective-permute',
        axes: [0, 1],
        bytes: 8 * 128 * 8192 * 2,
        pairs: [[0, 15]],
      }),
      difference: 'both links of each corner carry half over paths that share no link, in the book and here',
    },
    {
      id: 'P4',
      chapter: 'training',
      question:
        'v5p pods joined at 25 GB/s a host of four: least tokens a pod so that gradients between pods hide behind the backward pass',
      unit: 'tokens',
      printed: 76_000,
      // 4.59e14 FLOP/s over 6.25e9 B/s; MaxText's notes on the same chip say 73,000.
      corrected: 73_440,
      textbook: V5P_PEAK / V5P_PORT,
      modelled: (V5P_PEAK * podAllReduceSecondsPerByte(8)) / 2,
      difference: 'eight pods exchange 7/8 of the gradients each way, the book all; its answer is rounded up',
    },
  ];
}

/** Modelled seconds of a large all-reduce on a ring of v5p chips, for each byte of bf16 result. */
function allReduceSecondsPerByte(chips: number): number {
  const bytes = 2 ** 34;
  const rates = { ...RATES, linkBytesPerSecond: V5P_BOTH_WAYS / 2, physicalLinkBytesPerSecond: 1e11 };
  return (
    planCollective(wrapped(chips), { kind: 'all-reduce', axes: [0], bytes }, rates, 'closed-form').seconds /
    bytes
  );
}

/** Modelled seconds of a large all-reduce between pods, each chip with its own part, for each byte of it. */
function podAllReduceSecondsPerByte(pods: number): number {
  const bytes = 2 ** 34;
  const port = { bytesPerSecond: V5P_PORT, latencySeconds: 10 * MICROSECOND, limitedBy: 'dcn' } as const;
  const request = { kind: 'all-reduce', axes: [], bytes } as const;
  const { seconds } = planAcrossSlices(wrapped(4), request, RATES, { slices: pods, port }, 'closed-form');
  return seconds / bytes;
}

function wrapped(...shape: number[]): Torus {
  return new Torus({ shape, wraps: shape.map(() => true) });
}

function mesh(...shape: number[]): Torus {
  return new Torus({ shape, wraps: shape.map(() => false) });
}

function modelled(torus: Torus, request: CollectiveRequest): number {
  return planCollective(torus, request, RATES, 'closed-form').seconds;
}

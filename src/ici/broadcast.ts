import { largestOf } from '../base/integers.ts';
import { narrowestPorts } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { separateLinks } from './folded-torus.ts';
import type { Group } from './group.ts';
import type { LinkRates } from './request.ts';
import { scatterAndGather } from './scatter-gather.ts';
import { type SpanningTrees, spanningTrees, type TreeFamily } from './spanning-trees.ts';
import { axisName, type Torus } from './topology.ts';

/** A message in equal parts down trees that share no link, each part in chunks that follow one another. */
export interface TreePlan {
  readonly family: TreeFamily;
  readonly trees: SpanningTrees;
  readonly chunks: number;
  readonly seconds: number;
}

/** The first chip of each group sends one message to all others. */
export function broadcast(group: Group, bytes: number, rates: LinkRates): Candidate {
  const whole = downTrees(group, fastestTreePlan(group, bytes, rates), bytes);
  const pieces = scatterAndGather(group, bytes, rates);
  return whole.seconds <= pieces.seconds ? whole : pieces;
}

/** Of the trees there are, those down which the message arrives first. */
export function fastestTreePlan(
  group: Group,
  bytes: number,
  rates: LinkRates,
  model: 'closed-form' | 'flow' = 'closed-form',
): TreePlan {
  const planOf = model === 'flow' ? flowPlan : closedPlan;
  const plans = (['one', 'outward', 'round'] as const).flatMap((family) => {
    const trees = spanningTrees(group.torus, family);
    if (trees === undefined) return [];
    const partSeconds = bytes / trees.count / rates.linkBytesPerSecond;
    return [{ family, trees, ...planOf(trees.depth, partSeconds, rates.hopLatencySeconds) }];
  });
  return plans.reduce((best, plan) => (plan.seconds < best.seconds ? plan : best));
}

/** Where hops cost nothing, chunks could be as small as one likes. */
const MAX_CHUNKS = 65_536;

/** As many chunks as make each take `seconds`, at least one. */
function chunksOf(partSeconds: number, seconds: number): number {
  return Math.max(1, Math.floor(partSeconds / Math.max(seconds, partSeconds / MAX_CHUNKS)));
}

/** Chunks that flows send while one makes a hop. */
export const FLOW_CHUNKS_A_HOP = 8;

type Pipeline = Pick<TreePlan, 'chunks' | 'seconds'>;

/**
 * Chunks follow each other down a tree of depth h like through a pipeline: (chunks + h - 1) hops of
 * max(latency, chunk / rate). That is least where a chunk takes as long as a hop's latency.
 */
function closedPlan(depth: number, partSeconds: number, latency: number): Pipeline {
  const seconds = (chunks: number): number => (chunks + depth - 1) * Math.max(latency, partSeconds / chunks);
  const even = chunksOf(partSeconds, latency);
  const chunks = seconds(even + 1) < seconds(even) ? even + 1 : even;
  return { chunks, seconds: seconds(chunks) };
}

/** In flows a hop's latency comes on top of its bytes: chunks of an eighth of it cost next to nothing. */
function flowPlan(depth: number, partSeconds: number, latency: number): Pipeline {
  const chunks = chunksOf(partSeconds, latency / FLOW_CHUNKS_A_HOP);
  return { chunks, seconds: partSeconds + ((depth - 1) * partSeconds) / chunks + depth * latency };
}

/** What a plan costs: in closed form, unless `seconds` says otherwise. */
export function downTrees(
  group: Group,
  { family, trees, chunks, seconds }: TreePlan,
  bytes: number,
): Candidate {
  const { count, inLinks, depth } = trees;
  const part = bytes / count;
  return {
    seconds,
    algorithm: `down ${treeWords(group, count)}${chunks === 1 ? '' : `, in ${chunks} chunks`}`,
    reason: reasonOf(group, family, count),
    steps: depth,
    chipBytes: { sent: mostSent(group.torus, inLinks) * part, received: bytes, reduced: 0 },
    largestLinkBytes: part,
    groupLinkBytes: (group.torus.nodes - 1) * bytes,
    linkBytes: (torus) => {
      const used = new Uint8Array(group.torus.linkSlots);
      for (const link of inLinks) if (link >= 0) used[link] = 1;
      const own = separateLinks(group).classOfLinks(torus);
      return Float64Array.from(own, (link) => (link >= 0 && used[link] === 1 ? part : 0));
    },
  };
}

function reasonOf({ torus }: Group, family: TreeFamily, count: number): string {
  switch (family) {
    case 'one':
      return narrowestPorts(torus) === 1
        ? 'the first chip has one link, and one tree keeps it busy'
        : 'so small that hops cost more than bytes: one tree has the fewest';
    case 'outward':
      return `${count} trees leave the first chip along ${count} axes and reach all in few hops`;
    case 'round':
      return `so large that bytes decide: the first chip feeds ${count} trees by a link each, and no link works for two`;
  }
}

function treeWords(group: Group, count: number): string {
  if (count === 1) return 'one tree of shortest ways';
  const names = group.axes.map(axisName);
  const axes = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${count} trees without a common link along ${axes}`;
}

/** Parts of the message that the busiest chip sends on. */
function mostSent(torus: Torus, inLinks: Int32Array): number {
  const sent = new Int32Array(torus.nodes);
  for (const link of inLinks) if (link >= 0) sent[torus.linkSource(link)] += 1;
  return largestOf(sent);
}

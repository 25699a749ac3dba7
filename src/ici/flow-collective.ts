import { assert } from '../base/assert.ts';
import { largestOf } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { boundOf, boundSeconds } from './bounds.ts';
import { downTrees, fastestTreePlan } from './broadcast.ts';
import { spanningEdges, streamedTransfers } from './broadcast-transfers.ts';
import type { Candidate, LinkLoads } from './candidate.ts';
import { closedForm, exchangesWhole } from './closed-form.ts';
import { runFlows } from './flow.ts';
import { flowRounds } from './flow-rounds.ts';
import { allToAllTransfers, ringParts, ringTransferCount, ringTransfers } from './flow-schedules.ts';
import { FoldedTorus, type LinkClasses, separateLinks } from './folded-torus.ts';
import type { Group } from './group.ts';
import type { Path } from './permute.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import { fastestRingPlan, type RingPlan, wholeLanes } from './ring-plan.ts';
import type { RingKind } from './streamed-form.ts';
import type { Torus } from './topology.ts';
import { TransferList, type Transfers } from './transfers.ts';

/** Above this the flow model of one collective would take more than some seconds. */
const MAX_TRANSFERS = 1_000_000;

/** The more chunks the better axes overlap: tried while these are quickly run and there is something to gain. */
const CHUNK_COUNTS = [1, 4, 16, 32, 128];
/** Where several phases overlap a few chunks are mostly enough, and one seldom is. */
const CHUNK_COUNTS_OF_PHASES = [4, 1, 16, 32, 128];
const MANY_TRANSFERS = 20_000;
const NEAR_BOUND = 1.002;

/** A collective by max-min fair flows, done in the way that the closed form prefers. */
export function flowCollective(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate {
  const base = closedForm(kind, group, bytes, rates);
  const latency = rates.hopLatencySeconds;
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-reduce':
      return ringFlow(kind, base, group, bytes, rates);
    case 'all-to-all': {
      const folded = new FoldedTorus(group);
      checkCount(folded.chips * group.torus.nodes);
      return flowPlan(base, allToAllTransfers(group, folded, bytes, latency), folded, rates);
    }
    case 'broadcast':
      return broadcastFlow(group, bytes, rates);
  }
}

/** Down trees, whatever the closed form prefers: the latency of a hop comes on top of its bytes here. */
function broadcastFlow(group: Group, bytes: number, rates: LinkRates): Candidate {
  const plan = fastestTreePlan(group, bytes, rates, 'flow');
  const { trees, chunks } = plan;
  checkCount(2 * trees.count * group.torus.nodes);
  const edges = spanningEdges(trees, group.torus);
  const list = streamedTransfers(edges, bytes, chunks, rates.hopLatencySeconds);
  return flowPlan(downTrees(group, plan, bytes), list, separateLinks(group), rates);
}

/**
 * A permute by max-min fair flows along `paths`. Where messages go in parts, each chip sends every part at the
 * steady rate that has all of them end together: no link is asked for more than its rate, so that these are the
 * rates of the flows. Left to themselves, short parts would crowd the long ones for a while.
 */
export function flowPermute(
  base: Candidate,
  torus: Torus,
  paths: readonly Path[],
  bytes: number,
  rates: LinkRates,
): Candidate {
  const latency = rates.hopLatencySeconds;
  if (paths.some(({ share }) => share < 1)) {
    const sending = base.largestLinkBytes / rates.linkBytesPerSecond;
    return { ...base, seconds: sending + base.steps * latency };
  }
  const list = new TransferList();
  for (const { links, share } of paths) {
    list.add({ bytes: bytes * share, links, latencySeconds: links.length * latency });
  }
  const capacities = new Float64Array(torus.linkSlots).fill(rates.linkBytesPerSecond);
  return { ...base, seconds: runFlows(capacities, list.flatten()).seconds };
}

function ringFlow(kind: RingKind, base: Candidate, group: Group, bytes: number, rates: LinkRates): Candidate {
  const folded = new FoldedTorus(group);
  const parts =
    kind === 'all-reduce' && exchangesWhole(group, bytes, rates)
      ? [{ bytes, phases: wholeLanes(group).map((lane) => ({ ...lane, direction: 'gather' as const })) }]
      : ringParts(kind, streamedOrders(kind, group, bytes, rates), bytes);
  const perChunk = ringTransferCount(folded, parts);
  checkCount(perChunk);
  const inChunks = (chunks: number): Candidate => {
    const algorithm = chunks === 1 ? base.algorithm : `${base.algorithm}, ${chunks} chunks streamed`;
    const list = ringTransfers(folded, parts, chunks, rates.hopLatencySeconds);
    return flowPlan({ ...base, algorithm }, list, folded, rates);
  };
  const enough = NEAR_BOUND * boundSeconds(boundOf(kind, group), bytes, rates).effective;
  const phases = parts[0].phases.length;
  let best: Candidate | undefined;
  for (const chunks of phases === 1 ? CHUNK_COUNTS : CHUNK_COUNTS_OF_PHASES) {
    const isFew = chunks === 1 || (chunks === 4 && folded.chips === 1);
    if (!isFew && chunks * perChunk > MANY_TRANSFERS) continue;
    const plan = inChunks(chunks);
    if (best === undefined || plan.seconds < best.seconds) best = plan;
    if (best.seconds <= enough) return best;
  }
  assert(best !== undefined, 'all at once is always tried');
  if (2 * phases * perChunk > MAX_TRANSFERS) return best;
  const rounds = flowRounds(folded, parts, rates);
  if (rounds === undefined || rounds.seconds >= best.seconds) return best;
  const algorithm = `${base.algorithm}, ${rounds.chunks} chunks in step`;
  return { ...best, seconds: rounds.seconds, algorithm };
}

/** Where all axes work at once their shares are those that suit streaming. */
export function streamedOrders(
  kind: RingKind,
  group: Group,
  bytes: number,
  rates: LinkRates,
): RingPlan['parts'] {
  const { parts } = fastestRingPlan(group, bytes, rates);
  if (parts.length === 1) return parts;
  const shares = kind === 'all-reduce' ? group.reducedShares : group.streamedShares;
  return group.orders.flatMap((order, index) => {
    const share = shares[index];
    return share > 0 ? [{ order, share }] : [];
  });
}

function flowPlan(base: Candidate, list: TransferList, classes: LinkClasses, rates: LinkRates): Candidate {
  const transfers = list.flatten();
  const capacities = new Float64Array(classes.linkSlots).fill(rates.linkBytesPerSecond);
  const { seconds } = runFlows(capacities, transfers);
  return { ...base, seconds, ...flowLinks(transfers, classes) };
}

function flowLinks(transfers: Transfers, classes: LinkClasses): LinkLoads {
  const perClass = new Float64Array(classes.linkSlots);
  for (let transfer = 0; transfer < transfers.count; transfer++) {
    for (let place = transfers.linkOffsets[transfer]; place < transfers.linkOffsets[transfer + 1]; place++) {
      perClass[transfers.links[place]] += transfers.bytes[transfer] * transfers.crossings[place];
    }
  }
  return {
    largestLinkBytes: largestOf(perClass),
    groupLinkBytes: perClass.reduce((total, bytes, link) => total + bytes * classes.copies(link), 0),
    linkBytes: (torus) =>
      Float64Array.from(classes.classOfLinks(torus), (link) => (link < 0 ? 0 : perClass[link])),
  };
}

function checkCount(transfers: number): void {
  if (transfers <= MAX_TRANSFERS) return;
  throw new InputError(
    'model',
    `flow follows at most ${MAX_TRANSFERS} transfers, this collective has ${transfers}`,
  );
}

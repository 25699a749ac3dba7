import { assertNotBelowBound } from '../base/assert.ts';
import { largestOf, sum } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { DcnPort } from '../hardware/dcn.ts';
import { planCollective } from './collective.ts';
import { survivingGroups } from './degraded.ts';
import { groupOf } from './group.ts';
import {
  type CollectiveModel,
  type CollectiveReport,
  type CollectiveRequest,
  checkRequest,
  type LinkRates,
} from './request.ts';
import { boundAcross, type SliceBound } from './slice-bounds.ts';
import { flowAcross } from './slice-flow.ts';
import { waysAcross } from './slice-ways.ts';
import {
  chunkOf,
  type IciStage,
  pipelineSeconds,
  resourceOf,
  type Stage,
  type StageTime,
  type Way,
} from './stages.ts';
import type { Torus } from './topology.ts';

const CHUNK_COUNTS = [1, 2, 4, 8, 16, 32, 64];

/** Slices that a collective spans, and what joins them. */
export interface SliceNetwork {
  readonly slices: number;
  readonly port: DcnPort;
}

interface Costed {
  readonly way: Way;
  readonly chunks: number;
  readonly seconds: number;
}

/**
 * One collective over `slices` equal slices: its groups span `request.axes` (none: single chips) in each of
 * them, and chips of equal place belong together. The data-centre network blocks nowhere but at the ports, one
 * for every chip. Bytes count as in a request over one slice; `linkBytes` are those of one slice, of a
 * broadcast the one it starts in. A collective-permute sends to the next slice and has no axes inside. Never
 * below its bound, which is asserted. Throws an `InputError` as `planCollective` does.
 */
export function planAcrossSlices(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
  network: SliceNetwork,
  model: CollectiveModel,
): CollectiveReport {
  const { slices, port } = network;
  if (slices === 1) return planCollective(torus, request, rates, model);
  checkAcross(torus, request, model);
  const { kind, bytes, axes } = request;
  const group = groupOf(torus, axes);
  const iciPlan = (stage: IciStage): CollectiveReport =>
    planCollective(torus, { kind: stage.kind, axes, bytes: stage.bytes }, rates, 'closed-form');
  const sizes = groupSizes(torus, axes);
  if (sizes.length === 0) return planCollective(torus, request, rates, 'closed-form');
  // Where chips are missing, all wait for the group with the fewest ports.
  const chips = Math.min(...sizes);
  const ways = waysAcross(kind, bytes, slices, chips, Math.max(...sizes) === 1);
  const best = fastest(ways, iciPlan, port);
  const bound = boundAcross({ kind, group, chips, slices, bytes }, rates, port);
  if (bytes === 0)
    return reportOf({ torus, best: { ...best, seconds: 0 }, bound: NOTHING, iciPlan, network, rates });
  const seconds =
    model === 'flow' ? flowAcross(torus, group, best.way, best.chunks, rates, port) : best.seconds;
  assertNotBelowBound(seconds, bound.effective, `time of ${kind} over ${slices} slices`);
  return reportOf({ torus, best: { ...best, seconds }, bound, iciPlan, network, rates });
}

/** Chips that are there of each group that has some; 1 where there is no group at all. */
function groupSizes(torus: Torus, axes: readonly number[]): readonly number[] {
  if (torus.intact) return [groupOf(torus, axes)?.torus.nodes ?? 1];
  return survivingGroups(torus, axes).map((chips) => chips.length);
}

const NOTHING: SliceBound = { effective: 0, physical: 0, portSeconds: 0 };

function checkAcross(torus: Torus, request: CollectiveRequest, model: CollectiveModel): void {
  checkRequest(torus, request);
  if (request.groups !== undefined || request.pairs !== undefined) {
    throw new InputError('slices', 'groups and pairs of chips are for one slice');
  }
  if (model === 'flit') throw new InputError('model', 'flit is for one slice');
  if (request.kind === 'collective-permute' && request.axes.length > 0) {
    throw new InputError('axes', 'a collective-permute over slices is along dcn alone');
  }
}

/** The fewest chunks of those as fast as the fastest: more are only more latencies. */
function fastest(
  ways: readonly Way[],
  iciPlan: (stage: IciStage) => CollectiveReport,
  port: DcnPort,
): Costed {
  const costed = ways.flatMap((way) =>
    (way.atOnce ? [1] : CHUNK_COUNTS).map((chunks): Costed => {
      const times = way.stages.map((stage) => timeOf(stage, chunks, iciPlan, port));
      const seconds = way.atOnce
        ? Math.max(...times.map((time) => pipelineSeconds([time], 1)))
        : pipelineSeconds(times, chunks);
      return { way, chunks, seconds };
    }),
  );
  return costed.reduce((best, each) => (each.seconds < best.seconds ? each : best));
}

function timeOf(
  stage: Stage,
  chunks: number,
  iciPlan: (stage: IciStage) => CollectiveReport,
  port: DcnPort,
): StageTime {
  const chunk = chunkOf(stage, chunks);
  const resource = resourceOf(stage);
  return chunk.network === 'ici'
    ? { resource, seconds: iciPlan(chunk).seconds, latencySeconds: 0 }
    : { resource, seconds: chunk.bytes / port.bytesPerSecond, latencySeconds: port.latencySeconds };
}

interface Planned {
  readonly torus: Torus;
  readonly best: Costed;
  readonly bound: SliceBound;
  readonly iciPlan: (stage: IciStage) => CollectiveReport;
  readonly network: SliceNetwork;
  readonly rates: LinkRates;
}

function reportOf({ torus, best, bound, iciPlan, network, rates }: Planned): CollectiveReport {
  const { way, chunks, seconds } = best;
  const { slices, port } = network;
  const plans = way.stages.flatMap((stage) =>
    stage.network === 'ici' ? [{ stage, plan: iciPlan(stage) }] : [],
  );
  const here = plans.filter(({ stage }) => stage.where !== 'other slices').map(({ plan }) => plan);
  const between = way.stages.flatMap((stage) => (stage.network === 'dcn' ? [stage] : []));
  const secondsOver = (own: Stage['network']): number => {
    const stages = way.stages.filter(({ network: other }) => other === own);
    return pipelineSeconds(
      stages.map((stage) => timeOf(stage, chunks, iciPlan, port)),
      chunks,
    );
  };
  const [iciSeconds, dcnSeconds] = [secondsOver('ici'), secondsOver('dcn')];
  const ownPort = between.filter(({ hop = 0 }) => hop === 0);
  const portBytes = sum(ownPort.map((stage) => stage.bytes));
  const linkBytes = (): Float64Array => {
    const total = new Float64Array(torus.linkSlots);
    for (const plan of here)
      plan.linkBytes().forEach((each, link) => {
        total[link] += each;
      });
    return total;
  };
  const largestLinkBytes = here.length === 0 ? 0 : largestOf(linkBytes());
  const capacity = rates.linkBytesPerSecond * seconds;
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  const insideWords = here[0] === undefined ? '' : `; inside: ${here[0].algorithm}`;
  const chunkWords = chunks === 1 ? '' : `, ${chunks} chunks streamed`;
  return {
    seconds,
    lowerBoundSeconds: bound.effective,
    physicalLowerBoundSeconds: bound.physical,
    algorithm: `${way.algorithm}${chunkWords}${insideWords}`,
    reason: way.reason,
    steps: sum(here.map((plan) => plan.steps)) + between.length,
    chipBytes: {
      sent: sum(here.map((plan) => plan.chipBytes.sent)) + portBytes,
      received: sum(here.map((plan) => plan.chipBytes.received)) + portBytes,
      reduced: sum(here.map((plan) => plan.chipBytes.reduced)) + sum(ownPort.map((stage) => stage.reduced)),
    },
    linkCount: torus.linkCount,
    largestLinkBytes,
    maxUtilization: share(largestLinkBytes, capacity),
    meanUtilization: share(
      linkBytes().reduce((total, each) => total + each, 0),
      torus.linkCount * capacity,
    ),
    linkBytes,
    dcn: {
      slices,
      bottleneck: dcnSeconds >= iciSeconds ? 'dcn' : 'ici',
      iciSeconds: seconds === 0 ? 0 : iciSeconds,
      dcnSeconds: seconds === 0 ? 0 : dcnSeconds,
      chunks,
      portBytes,
      portUtilization: share(portBytes, port.bytesPerSecond * seconds),
      portLowerBoundSeconds: bound.portSeconds,
    },
  };
}

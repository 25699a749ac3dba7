import { canonicalJson } from '../base/canonical-json.ts';
import { InputError, unwrap } from '../base/result.ts';
import { planCollective } from '../ici/collective.ts';
import { flitBytesOf, flitCollective } from '../ici/flit-collective.ts';
import { MAX_FLIT_CHIPS } from '../ici/flit-config.ts';
import { FlitRecorder, type FlitRecording, type RecordedCycles } from '../ici/flit-recording.ts';
import { groupOf } from '../ici/group.ts';
import { linkRates } from '../ici/request.ts';
import { Torus } from '../ici/topology.ts';
import { type TrafficBound, trafficBound } from '../ici/traffic-bound.ts';
import type { TrafficRequest } from '../ici/traffic-request.ts';
import { TrafficRun } from '../ici/traffic-run.ts';
import { sweepTraffic, type TrafficSweep } from '../ici/traffic-sweep.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import { resolveTorus } from '../study/resolve-torus.ts';
import type { Scenario } from '../study/scenario.ts';
import type { CollectiveWanted } from './engine-api.ts';
import { type Outcome, outcomeOf, type ProgressListener } from './outcome.ts';

/** Synthetic traffic on a torus whose axes all close. */
export interface TrafficWanted extends Omit<TrafficRequest, 'measuredCycles' | 'localPorts'> {
  readonly shape: readonly number[];
  readonly twisted: boolean;
}

export interface RecordedTraffic {
  readonly recording: FlitRecording;
  readonly bound: TrafficBound;
  /** Flits that each node took a cycle while it was recorded. */
  readonly accepted: number;
  readonly computeSeconds: number;
}

/** One group of a collective, flit by flit, beside the other models of the same. */
export interface RecordedCollective {
  readonly recording: FlitRecording;
  readonly algorithm: string;
  readonly seconds: number;
  readonly flowSeconds: number;
  readonly closedFormSeconds: number;
  readonly lowerBoundSeconds: number;
  readonly cycleSeconds: number;
  readonly flitBytes: number;
  /** Bytes on the busiest link: with messages rounded up to whole flits, and without. */
  readonly largestLinkBytes: number;
  readonly flowLargestLinkBytes: number;
  /** Groups that do the same at once, each on links of its own. */
  readonly groups: number;
  readonly computeSeconds: number;
}

export type SweepListener = (sweep: TrafficSweep) => void;

/** The flit model for the page. It lives in a worker that ends when the user gives up. */
export interface FlitService {
  recordTraffic(
    wanted: TrafficWanted,
    range: RecordedCycles,
    listener: ProgressListener,
  ): Promise<Outcome<RecordedTraffic>>;
  recordCollective(
    scenario: Scenario,
    wanted: CollectiveWanted,
    range: RecordedCycles,
    listener: ProgressListener,
  ): Promise<Outcome<RecordedCollective>>;
  sweep(wanted: TrafficWanted, found: SweepListener): Promise<Outcome<TrafficSweep>>;
}

const MAX_RECORDED_CYCLE = 1_000_000;
const CYCLES_PER_REPORT = 128;

export function createFlitService(): FlitService {
  return {
    recordTraffic: (wanted, range, listener) => outcomeOf(() => recordTraffic(wanted, range, listener)),
    recordCollective: (scenario, wanted, range, listener) =>
      outcomeOf(() => recordCollective(scenario, wanted, range, listener)),
    sweep: (wanted, found) =>
      outcomeOf(() => {
        const sweep = sweepTraffic(torusOf(wanted), wanted);
        for (;;) {
          const { done, value } = sweep.next();
          if (done) return value;
          found(value);
        }
      }),
  };
}

function torusOf({ shape, twisted }: TrafficWanted): Torus {
  const torus = new Torus({ shape, wraps: shape.map(() => true), twisted });
  checkChips(torus);
  return torus;
}

function checkChips({ nodes }: Torus): void {
  if (nodes <= MAX_FLIT_CHIPS) return;
  throw new InputError('torus', `single flits are shown on up to ${MAX_FLIT_CHIPS} chips, found ${nodes}`);
}

function checkRange({ firstCycle, cycles = 1 }: RecordedCycles): void {
  for (const [name, value, least] of [
    ['from cycle', firstCycle, 0],
    ['cycles', cycles, 1],
  ] as const) {
    if (Number.isSafeInteger(value) && value >= least && value <= MAX_RECORDED_CYCLE) continue;
    throw new InputError(
      name,
      `expected a whole number from ${least} to ${MAX_RECORDED_CYCLE}, found ${value}`,
    );
  }
}

function recordTraffic(
  wanted: TrafficWanted,
  range: RecordedCycles,
  listener: ProgressListener,
): RecordedTraffic {
  const startedMs = performance.now();
  checkRange(range);
  const torus = torusOf(wanted);
  const run = new TrafficRun(torus, wanted);
  const recorder = new FlitRecorder(run.network, range);
  const end = range.firstCycle + (range.cycles ?? 0);
  while (!recorder.done) {
    const { cycle } = run.network;
    if (cycle % CYCLES_PER_REPORT === 0) listener(cycle / end, `cycle ${cycle} of ${end}`);
    if (cycle === range.firstCycle) run.beginMeasuring();
    run.advance(1);
    recorder.observe();
  }
  const recording = recorder.finish();
  return {
    recording,
    bound: trafficBound(torus, wanted),
    accepted: run.acceptedFlits / (torus.nodes * recording.cycles),
    computeSeconds: (performance.now() - startedMs) / 1000,
  };
}

function recordCollective(
  scenario: Scenario,
  { collective, torusAxes, bytes, dcn }: CollectiveWanted,
  range: RecordedCycles,
  listener: ProgressListener,
): RecordedCollective {
  const startedMs = performance.now();
  checkRange(range);
  const chip = unwrap(resolveChip(scenario));
  const { torus } = resolveTorus(chip, scenario.slice);
  const rates = linkRates(chip.ici);
  const request = { kind: collective, axes: torusAxes, bytes: Math.ceil(bytes) };
  if (dcn !== undefined) throw new InputError('model', 'flit is for one slice');
  if (!torus.intact) throw new InputError('model', 'flit needs a torus with nothing missing');
  const group = groupOf(torus, torusAxes);
  if (group === undefined || request.bytes === 0) {
    throw new InputError('collective', 'no chip has anything to send to another');
  }
  checkChips(group.torus);
  listener(0, 'planning');
  const closedForm = planCollective(torus, request, rates, 'closed-form');
  const flow = planCollective(torus, request, rates, 'flow');
  const flitBytes = flitBytesOf(rates);
  const cycleSeconds = flitBytes / rates.linkBytesPerSecond;
  const expected = Math.max(1, Math.round(flow.seconds / cycleSeconds));
  let recorder: FlitRecorder | undefined;
  const candidate = flitCollective(collective, group, request.bytes, rates, (network) => {
    const own = new FlitRecorder(network, range);
    recorder = own;
    return () => {
      own.observe();
      const { cycle } = network;
      if (cycle % CYCLES_PER_REPORT !== 0) return;
      listener(Math.min(0.99, cycle / expected), `cycle ${cycle} of about ${expected}`);
    };
  });
  if (recorder === undefined) throw new Error(`nothing to record of ${canonicalJson(request)}`);
  return {
    recording: recorder.finish(),
    algorithm: candidate.algorithm,
    seconds: candidate.seconds,
    flowSeconds: flow.seconds,
    closedFormSeconds: closedForm.seconds,
    lowerBoundSeconds: flow.lowerBoundSeconds,
    cycleSeconds,
    flitBytes,
    largestLinkBytes: candidate.largestLinkBytes,
    flowLargestLinkBytes: flow.largestLinkBytes,
    groups: torus.nodes / group.torus.nodes,
    computeSeconds: (performance.now() - startedMs) / 1000,
  };
}

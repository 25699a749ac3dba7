import type { ArrayActivity } from '../figure/array-activity.ts';
import type { SelfTestVerdict } from '../gpu/self-test.ts';
import type { TuningChoice } from '../gpu/tuning.ts';
import type { RecordedCycles } from '../ici/flit-recording.ts';
import type { TextbookCase } from '../ici/textbook.ts';
import type { TrafficSweep } from '../ici/traffic-sweep.ts';
import type { CollectiveDetail, RunReport } from '../machine/report.ts';
import type { Note, Replay } from '../study/recording.ts';
import type { Scenario } from '../study/scenario.ts';
import type { ValidationRow } from '../study/validate.ts';
import type { TwistedGain } from '../study/validate-twisted.ts';
import type { ActivityRequest } from './activity-service.ts';
import type { RecordedCollective, RecordedTraffic, SweepListener, TrafficWanted } from './flit-service.ts';
import type { LinkFlows, LinkTimes, LinkTransfers } from './link-times.ts';
import type { NumericsReport } from './numerics-service.ts';
import type { NumericsRequest } from './numerics-trial.ts';
import type { Outcome, ProgressListener } from './outcome.ts';
import type { PartialSumRequest } from './partial-sum-pixels.ts';
import type { Tale, TaleWanted } from './transfer-tales.ts';

/** How busy each link is while one collective runs. */
export interface LinkUtilization {
  /**
   * Share of the link's effective rate, in [0, 1], for each directed link. Index is
   * `(node * axes + axis) * 2 + direction` with direction 0 towards higher coordinates, node numbered with
   * axis 0 fastest; -1 where there is no link.
   */
  readonly utilization: Float32Array;
  /** Where something is missing: what that does to the collective. */
  readonly loss?: CollectiveLoss;
}

/** One collective on a torus with something missing, and on the whole one. */
export interface CollectiveLoss {
  readonly seconds: number;
  readonly wholeSeconds: number;
  /** Why it takes as long as it does, in a sentence. */
  readonly reason: string;
}

/** The models beside what others measured or worked out. */
export interface Validation {
  readonly gemms: readonly ValidationRow[];
  readonly twisted: readonly TwistedGain[];
  readonly textbook: readonly TextbookCase[];
}

/** A collective of a report, as far as the links are concerned. */
export type CollectiveWanted = Pick<CollectiveDetail, 'collective' | 'torusAxes' | 'bytes' | 'dcn'>;

/** A finished run: what was asked and what came of it. */
export interface Run {
  readonly scenario: Scenario;
  readonly report: RunReport;
  /** Digest of the result, as a recording of it carries. */
  readonly digest: string;
  /** Clock of the chip with its changes. */
  readonly clockHz: number;
  /** Time the engine took. */
  readonly engineSeconds: number;
}

/** What a file or a pasted text turned out to be. */
export type Opened =
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | {
      readonly kind: 'recording';
      readonly scenario: Scenario;
      /** The digest that the file carries. */
      readonly digest: string;
      readonly notes: readonly Note[];
      /** Whether running its scenario here gives what it says. */
      readonly replay: Replay;
    };

/** Which kernel a class of shapes got on this adapter, by a key that only the engine reads. */
export interface TunedKernel {
  readonly key: string;
  readonly choice: TuningChoice;
}

/** What happens to matrix products that nobody is waiting for. */
export type MatmulNews =
  | ({ readonly kind: 'tuned' } & TunedKernel)
  /** Work went from the GPU to the CPU, for a reason. */
  | { readonly kind: 'moved'; readonly reason: string }
  | { readonly kind: 'fault'; readonly reason: string };

/** What views ask of the engine. Every call runs outside of the main thread. */
export interface Engine {
  /** Evaluates a scenario. A run in progress is cancelled first. */
  run(scenario: Scenario, progress: ProgressListener): Promise<Outcome<Run>>;
  /** Stops the run in progress, whatever it does; its promise resolves to `cancelled`. */
  cancel(): void;
  /** Reads a scenario or a recording; a recording is replayed. `name` is what messages call it. */
  open(file: Blob, name: string): Promise<Outcome<Opened>>;
  /** Text of a recording of `run`. */
  record(run: Run, notes: readonly Note[]): Promise<Outcome<string>>;
  /** The timeline as text of a Chrome trace. */
  trace(run: Run): Promise<Outcome<string>>;
  /** Load of every link while the collective `report.ops[op]` of `scenario` runs on its own. */
  linkUtilization(scenario: Scenario, op: number): Promise<LinkUtilization>;
  /** Links over the time of one collective, in `bins` columns. A request in progress is cancelled first. */
  linkTimes(
    scenario: Scenario,
    wanted: CollectiveWanted,
    bins: number,
    progress: ProgressListener,
  ): Promise<Outcome<LinkTimes>>;
  cancelLinkTimes(): void;
  /** The same for all links, to be shown at a moment; undefined where transfers cannot be followed. */
  linkFlows(scenario: Scenario, wanted: CollectiveWanted): Promise<Outcome<LinkFlows | undefined>>;
  cancelLinkFlows(): void;
  /** Transfers over `link` at a moment of the collective; undefined where they cannot be followed. */
  linkTransfers(
    scenario: Scenario,
    wanted: CollectiveWanted,
    link: number,
    seconds: number,
  ): Promise<Outcome<LinkTransfers | undefined>>;
  /** Records synthetic traffic flit by flit. What the flit model does at the time is given up first, here and below. */
  recordTraffic(
    wanted: TrafficWanted,
    range: RecordedCycles,
    progress: ProgressListener,
  ): Promise<Outcome<RecordedTraffic>>;
  /** Records one group of a collective flit by flit. */
  recordCollective(
    scenario: Scenario,
    wanted: CollectiveWanted,
    range: RecordedCycles,
    progress: ProgressListener,
  ): Promise<Outcome<RecordedCollective>>;
  /** Latency against offered load; `found` gets the curve as it grows. */
  sweepTraffic(wanted: TrafficWanted, found: SweepListener): Promise<Outcome<TrafficSweep>>;
  cancelFlits(): void;
  /** The life of one transfer, or who waited for whom until the end; undefined where they cannot be followed. */
  transferTale(
    scenario: Scenario,
    wanted: CollectiveWanted,
    tale: TaleWanted,
  ): Promise<Outcome<Tale | undefined>>;
  /** Compares the GPU's matrix products with the reference, bit for bit. */
  selfTest(): Promise<SelfTestVerdict>;
  /** Tries two formats or orders of summation on one tile. A trial in progress is cancelled first. */
  compareNumerics(request: NumericsRequest, progress: ProgressListener): Promise<Outcome<NumericsReport>>;
  cancelNumerics(): void;
  /** Counts what an op does to the circuits of an array. A count in progress is cancelled first. */
  arrayActivity(request: ActivityRequest, progress: ProgressListener): Promise<Outcome<ArrayActivity>>;
  cancelArrayActivity(): void;
  /** Paints an array by its partial sums at one cycle: pixels [rows, columns]. */
  partialSumPixels(request: PartialSumRequest): Promise<Outcome<Uint32Array>>;
  /** Says what happens to matrix products from now on; `known` are choices of kernels from earlier visits. */
  watchMatmul(listener: (news: MatmulNews) => void, known: readonly TunedKernel[]): void;
  /** Tries the kernels against each other anew; the outcome is news. */
  timeKernels(): Promise<void>;
  /** The model's error against times measured on real chips. */
  validate(): Promise<Validation>;
}

import { canonicalJson } from '../base/canonical-json.ts';
import { createRandom } from '../base/random.ts';
import { InputError, unwrap } from '../base/result.ts';
import type { ArrayActivity } from '../figure/array-activity.ts';
import { BUNDLED_SHADERS } from '../gpu/bundled-shaders.ts';
import type { ParallelMatmul } from '../gpu/cpu-backend.ts';
import { createMatmulBackend } from '../gpu/create-backend.ts';
import type { MatmulBackend } from '../gpu/matmul-backend.ts';
import type { SelfTestVerdict } from '../gpu/self-test.ts';
import type { TuningChoice } from '../gpu/tuning.ts';
import { dcnPort } from '../hardware/dcn.ts';
import { planAcrossSlices } from '../ici/across-slices.ts';
import { linkRates } from '../ici/request.ts';
import { textbookCases } from '../ici/textbook.ts';
import { torusFromSlice } from '../ici/topology.ts';
import type { RunReport } from '../machine/report.ts';
import { randomOperands } from '../numerics/random-operands.ts';
import { createEvaluator } from '../study/evaluate.ts';
import { V6E_GEMMS } from '../study/measurements/v6e-gemm.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import { resolveTorus } from '../study/resolve-torus.ts';
import type { Scenario } from '../study/scenario.ts';
import { validateGemms } from '../study/validate.ts';
import { twistedGains } from '../study/validate-twisted.ts';
import { type ActivityRequest, createActivityService } from './activity-service.ts';
import type { CollectiveWanted, LinkUtilization, MatmulNews, TunedKernel, Validation } from './engine-api.ts';
import { createNumericsService, type NumericsReport } from './numerics-service.ts';
import type { NumericsRequest } from './numerics-trial.ts';
import { type Outcome, outcomeOf, type ProgressListener } from './outcome.ts';
import { type PartialSumRequest, partialSumPixels } from './partial-sum-pixels.ts';

/** What views ask while the engine may be busy or being cancelled. */
export interface SideService {
  linkUtilization(scenario: Scenario, op: number): LinkUtilization;
  selfTest(): Promise<SelfTestVerdict>;
  compareNumerics(request: NumericsRequest, listener: ProgressListener): Promise<Outcome<NumericsReport>>;
  cancelNumerics(): void;
  watchMatmul(listener: (news: MatmulNews) => void, known: readonly TunedKernel[]): void;
  timeKernels(): Promise<void>;
  validate(): Validation;
  arrayActivity(request: ActivityRequest, listener: ProgressListener): Promise<Outcome<ArrayActivity>>;
  cancelArrayActivity(): void;
  partialSumPixels(request: PartialSumRequest): Promise<Outcome<Uint32Array>>;
}

export interface SideServiceOptions {
  /** Where WebGPU is, or that it is nowhere; this environment's own when left out. */
  readonly gpu?: GPU | undefined;
  /** Other cores for the CPU twin. */
  readonly parallel?: ParallelMatmul;
}

/** Large enough to be worth a trial of kernels, small enough for a software adapter. */
const TRIAL_EXTENT = 512;
const TRIAL_PASS_ROWS = 128;

export function createSideService(options: SideServiceOptions = {}): SideService {
  const evaluator = createEvaluator();
  let latest: { readonly key: string; readonly report: RunReport } | undefined;
  let backend: Promise<MatmulBackend> | undefined;

  const tuned = new Map<string, TuningChoice>();
  let tell: (news: MatmulNews) => void = () => undefined;

  const readyBackend = (): Promise<MatmulBackend> => {
    backend ??= createMatmulBackend(BUNDLED_SHADERS, {
      ...options,
      onFault: (reason) => tell({ kind: 'fault', reason }),
      onMoved: (reason) => tell({ kind: 'moved', reason }),
      tuning: {
        get: (key) => tuned.get(key),
        set: (key, choice) => {
          tuned.set(key, choice);
          tell({ kind: 'tuned', key, choice });
        },
      },
    });
    return backend;
  };
  const numerics = createNumericsService(readyBackend);
  const activity = createActivityService();

  const reportOf = (scenario: Scenario): RunReport => {
    const key = canonicalJson(scenario);
    if (latest?.key !== key) latest = { key, report: evaluator.evaluate(scenario) };
    return latest.report;
  };

  return {
    linkUtilization(scenario, op) {
      const detail = reportOf(scenario).ops[op]?.detail;
      if (detail?.kind !== 'collective') throw new InputError('op', `${op} is no collective`);
      return loadOf(scenario, detail);
    },
    selfTest: () => readyBackend().then((ready) => ready.selfTest()),
    compareNumerics: (request, listener) => outcomeOf(() => numerics.compare(request, listener)),
    cancelNumerics: () => numerics.cancel(),
    watchMatmul(listener, known) {
      tell = listener;
      for (const { key, choice } of known) tuned.set(key, choice);
    },
    async timeKernels() {
      tuned.clear();
      const extent = { m: TRIAL_EXTENT, k: TRIAL_EXTENT, n: TRIAL_EXTENT };
      await (await readyBackend()).matmul({
        ...extent,
        passRows: TRIAL_PASS_ROWS,
        ...randomOperands(createRandom(0), 'bf16', extent),
      });
    },
    validate: () => ({
      gemms: validateGemms('GEMMs on TPU v6e', V6E_GEMMS),
      twisted: twistedGains(),
      textbook: textbookCases(),
    }),
    arrayActivity: (request, listener) => outcomeOf(() => activity.measure(request, listener)),
    cancelArrayActivity: () => activity.cancel(),
    partialSumPixels: (request) => outcomeOf(() => partialSumPixels(request)),
  };
}

function loadOf(scenario: Scenario, detail: CollectiveWanted): LinkUtilization {
  const chip = unwrap(resolveChip(scenario));
  const { slice, torus } = resolveTorus(chip, scenario.slice);
  const rates = linkRates(chip.ici);
  const request = { kind: detail.collective, axes: detail.torusAxes, bytes: Math.ceil(detail.bytes) };
  const network = { slices: detail.dcn === undefined ? 1 : slice.slices, port: dcnPort(chip.host) };
  const plan = planAcrossSlices(torus, request, rates, network, 'closed-form');
  const capacity = plan.seconds * rates.linkBytesPerSecond;
  const bytes = plan.linkBytes();
  const utilization = Float32Array.from(bytes, (carried, link) => {
    if ((torus.targets[link] ?? -1) < 0) return -1;
    return capacity === 0 ? 0 : Math.min(1, carried / capacity);
  });
  if (torus.intact) return { utilization };
  const whole = planAcrossSlices(torusFromSlice(slice), request, rates, network, 'closed-form');
  return {
    utilization,
    loss: { seconds: plan.seconds, wholeSeconds: whole.seconds, reason: plan.reason },
  };
}

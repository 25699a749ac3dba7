import { canonicalJson } from '../base/canonical-json.ts';
import { InputError, unwrap } from '../base/result.ts';
import { BUNDLED_SHADERS } from '../gpu/bundled-shaders.ts';
import { createCpuBackend } from '../gpu/cpu-backend.ts';
import { createGpuBackend } from '../gpu/gpu-backend.ts';
import type { MatmulBackend } from '../gpu/matmul-backend.ts';
import type { SelfTestVerdict } from '../gpu/self-test.ts';
import { planCollective } from '../ici/collective.ts';
import { linkRates } from '../ici/request.ts';
import { torusFromSlice } from '../ici/topology.ts';
import type { RunReport } from '../machine/report.ts';
import { createEvaluator } from '../study/evaluate.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import { resolveTorus } from '../study/resolve-torus.ts';
import type { Scenario } from '../study/scenario.ts';
import type { LinkUtilization, Outcome, ProgressListener } from './engine-api.ts';
import { outcomeOf } from './engine-service.ts';
import { createNumericsService, type NumericsReport } from './numerics-service.ts';
import type { NumericsRequest } from './numerics-trial.ts';

/** What views ask while the engine may be busy or being cancelled. */
export interface SideService {
  linkUtilization(scenario: Scenario, op: number): LinkUtilization;
  selfTest(): Promise<SelfTestVerdict>;
  compareNumerics(request: NumericsRequest, listener: ProgressListener): Promise<Outcome<NumericsReport>>;
  cancelNumerics(): void;
}

export interface SideServiceOptions {
  /** Where WebGPU is, or that it is nowhere; this environment's own when left out. */
  readonly gpu?: GPU | undefined;
}

export function createSideService(options: SideServiceOptions = {}): SideService {
  const evaluator = createEvaluator();
  let latest: { readonly key: string; readonly report: RunReport } | undefined;
  let backend: Promise<MatmulBackend> | undefined;

  const readyBackend = (): Promise<MatmulBackend> => {
    backend ??= createBackend(options);
    return backend;
  };
  const numerics = createNumericsService(readyBackend);

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
  };
}

interface Collective {
  readonly collective: 'all-gather' | 'reduce-scatter' | 'all-reduce' | 'all-to-all';
  readonly torusAxes: readonly number[];
  readonly bytes: number;
}

function loadOf(scenario: Scenario, detail: Collective): LinkUtilization {
  const chip = unwrap(resolveChip(scenario));
  const { slice, torus } = resolveTorus(chip, scenario.slice);
  const rates = linkRates(chip.ici);
  const request = { kind: detail.collective, axes: detail.torusAxes, bytes: Math.ceil(detail.bytes) };
  const plan = planCollective(torus, request, rates, 'closed-form');
  const capacity = plan.seconds * rates.linkBytesPerSecond;
  const bytes = plan.linkBytes();
  const utilization = Float32Array.from(bytes, (carried, link) => {
    if ((torus.targets[link] ?? -1) < 0) return -1;
    return capacity === 0 ? 0 : Math.min(1, carried / capacity);
  });
  if (torus.intact) return { utilization };
  const whole = planCollective(torusFromSlice(slice), request, rates, 'closed-form');
  return {
    utilization,
    loss: { seconds: plan.seconds, wholeSeconds: whole.seconds, reason: plan.reason },
  };
}

/** The GPU where there is one that works, else the CPU, which says why. */
async function createBackend(options: SideServiceOptions): Promise<MatmulBackend> {
  const outcome = await createGpuBackend(BUNDLED_SHADERS, options);
  return outcome.kind === 'ready' ? outcome.backend : createCpuBackend(outcome.reason);
}

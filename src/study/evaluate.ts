import { canonicalJson } from '../base/canonical-json.ts';
import { type Progress, silentProgress } from '../base/progress.ts';
import { unwrap } from '../base/result.ts';
import { type CostedCollective, costCollective } from '../compiler/collective-cost.ts';
import { compile } from '../compiler/compile.ts';
import { type Footprint, footprintOf } from '../compiler/footprint.ts';
import type { Kernel } from '../compiler/fusion.ts';
import { type CostedKernel, costKernel } from '../compiler/kernel-cost.ts';
import { type MappedAxis, mapMesh } from '../compiler/mesh-mapping.ts';
import { type CompilerOptions, DEFAULT_COMPILER_OPTIONS } from '../compiler/options.ts';
import type { Program } from '../compiler/program.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';
import { dcnPort } from '../hardware/dcn.ts';
import { requirePeakFlops } from '../hardware/peak.ts';
import type { Slice } from '../hardware/slice.ts';
import { linkRates } from '../ici/request.ts';
import type { Torus } from '../ici/topology.ts';
import { runProgram } from '../machine/build-report.ts';
import type { RunReport } from '../machine/report.ts';
import { decoderTrainingGraph } from '../workload/decoder-training.ts';
import { gemmGraph } from '../workload/gemm.ts';
import { modelFlops } from '../workload/model-flops.ts';
import { partition } from '../workload/partition.ts';
import type { LocalCollective, PartitionedGraph } from '../workload/partitioned.ts';
import type { WorkloadSpec } from '../workload/spec.ts';
import { resolveChip } from './resolve-chip.ts';
import { resolveTorus } from './resolve-torus.ts';
import type { Scenario } from './scenario.ts';
import { Memory } from './stage-memory.ts';

/** Evaluates scenarios. What a later scenario shares with earlier ones is not computed again. */
export interface Evaluator {
  /** @throws InputError when the scenario asks for what cannot be, CancelledError when given up */
  evaluate(scenario: Scenario, progress?: Progress): RunReport;
}

interface Stages {
  readonly graphs: Memory<PartitionedGraph>;
  readonly footprints: Memory<Footprint>;
  readonly programs: Memory<Program>;
  readonly kernels: Memory<CostedKernel>;
  readonly collectives: Memory<CostedCollective>;
}

/**
 * Stages and what each depends on: graph (workload, mesh, rematerialisation), kernel costs (chip without
 * its links, shapes), collective costs (links, slice, bytes), program (all of these), run. A changed field
 * redoes only the stages that can see it.
 */
export function createEvaluator(): Evaluator {
  const stages: Stages = {
    graphs: new Memory(16),
    footprints: new Memory(16),
    programs: new Memory(64),
    kernels: new Memory(4096),
    collectives: new Memory(4096),
  };
  return { evaluate: (scenario, progress = silentProgress) => evaluate(scenario, stages, progress) };
}

function evaluate(scenario: Scenario, stages: Stages, progress: Progress): RunReport {
  const step = (fraction: number, what: string): void => {
    progress.throwIfCancelled();
    progress.report(fraction, what);
  };
  step(0, 'reading the scenario');
  const chip = unwrap(resolveChip(scenario));
  const { slice, torus } = resolveTorus(chip, scenario.slice);
  const without = scenario.slice.without ?? [];
  const options: CompilerOptions = { ...DEFAULT_COMPILER_OPTIONS, ...scenario.compiler };
  const { workload } = scenario;
  const dtype = dtypeOf(workload);
  requirePeakFlops(chip, dtype, 'workload');
  const mesh = mapMesh(workload, slice);

  step(0.1, 'building the graph');
  const graphKey = canonicalJson([workload, mesh, options.rematerialize]);
  const graph = stages.graphs.get(graphKey, () => buildGraph(workload, mesh, options));
  const footprint = stages.footprints.get(`${graphKey}${options.gatherBuffers}`, () =>
    footprintOf(graph, options),
  );

  step(0.3, 'compiling');
  const programKey = canonicalJson([graphKey, chip, slice, without, options]);
  const program = stages.programs.get(programKey, () =>
    compileFor({ chip, torus, slices: slice.slices, mesh, options, workload, dtype }, graph, stages),
  );

  step(0.7, 'running');
  const report = runProgram({
    title: titleOf(scenario, workload),
    chip,
    slice,
    without,
    mesh,
    dtype,
    program,
    footprint,
    modelFlops: modelFlops(workload),
    tokens: workload.kind === 'decoder-training' ? workload.batch * workload.sequence : undefined,
    notes: [...slice.notes, ...notesOn(slice, without)],
  });
  step(1, 'done');
  return report;
}

function notesOn({ slices }: Slice, without: readonly string[]): readonly string[] {
  if (slices === 1 || without.length === 0) return [];
  return ['the cables are out of order in every slice alike: all wait for the slowest'];
}

function buildGraph(
  workload: WorkloadSpec,
  mesh: readonly MappedAxis[],
  options: CompilerOptions,
): PartitionedGraph {
  const graph =
    workload.kind === 'gemm'
      ? gemmGraph(workload)
      : decoderTrainingGraph(workload, options.rematerialize === 'layer');
  return partition(graph, { axes: mesh });
}

interface Target {
  readonly chip: Chip;
  readonly torus: Torus;
  readonly slices: number;
  readonly mesh: readonly MappedAxis[];
  readonly options: CompilerOptions;
  readonly workload: WorkloadSpec;
  readonly dtype: Dtype;
}

function compileFor(target: Target, graph: PartitionedGraph, stages: Stages): Program {
  const { chip, torus, slices, mesh, options, workload, dtype } = target;
  const kernelOptions = {
    dtype,
    buffers: options.vmemBuffers,
    residentWeights: workload.kind === 'gemm' && workload.residency === 'warm',
  };
  const { ici, host, ...core } = chip;
  const network = { slices, port: dcnPort(host) };
  const coreKey = canonicalJson([core, kernelOptions]);
  const rates = linkRates(ici);
  const linksKey = canonicalJson([
    rates,
    torus.shape,
    torus.wraps,
    torus.twisted,
    [...torus.missingLinks],
    mesh,
    ...(slices === 1 ? [] : [network]),
  ]);
  return compile(graph, options, {
    kernel: (kernel: Kernel, first: boolean) =>
      stages.kernels.get(`${coreKey}${first}${kernelKey(kernel)}`, () =>
        costKernel(chip, kernel, { ...kernelOptions, first }),
      ),
    collective: (op: LocalCollective) =>
      stages.collectives.get(`${linksKey}${op.collective}${op.meshAxes.join()}${op.bytes}`, () =>
        costCollective(op, mesh, torus, rates, network),
      ),
  });
}

/** What a kernel's cost depends on: shapes and bytes, not names of tensors. */
function kernelKey(kernel: Kernel): string {
  const values = (list: Kernel['inputs']): readonly (readonly number[])[] =>
    list.map((value) => [value.elements, value.bytes]);
  const outputNames = new Set(kernel.outputs.map((output) => output.name));
  return canonicalJson([
    values(kernel.inputs),
    values(kernel.outputs),
    kernel.ops.map((op) => ({
      ...op,
      name: '',
      inputs: values(op.inputs),
      output: outputNames.has(op.output.name),
    })),
  ]);
}

function dtypeOf(workload: WorkloadSpec): Dtype {
  return workload.kind === 'gemm' ? (workload.dtype ?? 'bf16') : 'bf16';
}

function titleOf(scenario: Scenario, workload: WorkloadSpec): string {
  if (scenario.name !== undefined) return scenario.name;
  if (workload.kind === 'gemm') return `GEMM ${workload.m} x ${workload.k} x ${workload.n}`;
  return `${workload.model.name} training`;
}

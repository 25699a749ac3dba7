import { ceilDiv } from '../base/integers.ts';
import { picosecondsFromCycles, picosecondsFromSeconds } from '../base/time.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';
import { requirePeakFlops, vpuOperationsPerSecond } from '../hardware/peak.ts';
import {
  type BlockPipeline,
  blockOverheadsPs,
  type Phase,
  pipelineBytes,
  pipelinePhases,
} from '../memory/block-pipeline.ts';
import { attentionFlops } from '../workload/model-flops.ts';
import type { LocalAttention, LocalMatmul, Value } from '../workload/partitioned.ts';
import type { Kernel } from './fusion.ts';
import type { KernelCost } from './program.ts';
import { chooseTiling, type Tiling } from './tiling.ts';

export interface CostedKernel {
  readonly phases: readonly Phase[];
  readonly cost: KernelCost;
}

export interface KernelOptions {
  readonly dtype: Dtype;
  readonly buffers: number;
  /** Weights are in VMEM before the kernel starts. */
  readonly residentWeights: boolean;
  /** No kernel of the program runs before it. */
  readonly first: boolean;
}

/** Vector kernels pass through VMEM in blocks of this many bytes: long enough to hide HBM latency. */
const VECTOR_BLOCK_BYTES = 2 ** 20;

/**
 * Vector operations for each score of softmax: scale, mask, running maximum, subtract, sum, cast, and an
 * exponential counted as four.
 */
const SOFTMAX_OPERATIONS = 10;
/** Softmax backward: recomputed exponential, two products with the row sums, scale, casts. */
const SOFTMAX_BACKWARD_OPERATIONS = 14;
/** Queries that an attention kernel streams past one block of keys. */
const ATTENTION_QUERY_BLOCK = 1024;

/** Time and traffic of one kernel on one chip with the memory to itself. */
export function costKernel(chip: Chip, kernel: Kernel, options: KernelOptions): CostedKernel {
  const matmul = kernel.ops.find((op) => op.kind === 'matmul');
  if (matmul?.kind === 'matmul') return costMatmul(chip, kernel, matmul, options);
  const attention = kernel.ops.find((op) => op.kind === 'attention');
  if (attention?.kind === 'attention') return costAttention(chip, kernel, attention, options);
  return costVector(chip, kernel, options);
}

function costMatmul(chip: Chip, kernel: Kernel, op: LocalMatmul, options: KernelOptions): CostedKernel {
  const [lhs, rhs] = op.inputs;
  const elementBytes = (value: Value | undefined): number =>
    value === undefined ? 0 : value.bytes / value.elements;
  const operandBytes = Math.max(elementBytes(lhs), elementBytes(rhs));
  const written = kernel.outputs.some((output) => output.name === op.output.name);
  const tiling = chooseTiling(
    chip,
    {
      gemm: op.gemm,
      batch: op.batch,
      dtype: options.dtype,
      operandBytes,
      resultBytes: elementBytes(op.output),
      residentRhs: options.residentWeights,
      first: options.first,
    },
    options.buffers,
  );
  const fusedLoadBytes = bytesOf(kernel.inputs.filter((input) => !op.inputs.includes(input)));
  const fusedStoreBytes = bytesOf(kernel.outputs.filter((output) => output.name !== op.output.name));
  const vpuOperations = vectorOperations(kernel);
  const pipeline = withFusedWork(chip, tiling.pipeline, {
    loadBytes: fusedLoadBytes,
    // A result that only fused work reads stays in VMEM.
    storeBytes: fusedStoreBytes - (written ? 0 : tiling.pipeline.storeBytes),
    vpuOperations,
  });
  const flops = 2 * op.batch * op.gemm.m * op.gemm.k * op.gemm.n;
  const compulsoryBytes =
    bytesOf(kernel.inputs) - (options.residentWeights ? (rhs?.bytes ?? 0) : 0) + bytesOf(kernel.outputs);
  const matmul = {
    dtype: options.dtype,
    gemm: op.gemm,
    batch: op.batch,
    block: tiling.block,
    arrays: [tiling.array],
    arrayCycles: tiling.arrayCycles,
  };
  return finish(chip, pipeline, {
    ...matrixTimes(chip, tiling, flops, options.dtype),
    flops,
    vpuOperations,
    compulsoryBytes,
    matmul,
  });
}

/** Adds the elementwise work that shares the matmul's blocks. */
function withFusedWork(
  chip: Chip,
  pipeline: BlockPipeline,
  fused: { readonly loadBytes: number; readonly storeBytes: number; readonly vpuOperations: number },
): BlockPipeline {
  const storeBytes = Math.max(0, pipeline.storeBytes + fused.storeBytes);
  return {
    ...pipeline,
    loadBytes: pipeline.loadBytes + fused.loadBytes,
    storeBytes,
    lastStoreBytes: Math.min(storeBytes, pipeline.lastStoreBytes),
    computePs: Math.max(pipeline.computePs, vpuPicoseconds(chip, fused.vpuOperations)),
  };
}

/** Products of one head: `[queries, d] x [d, keys]` forward, four more with other operands backward. */
function costAttention(chip: Chip, kernel: Kernel, op: LocalAttention, options: KernelOptions): CostedKernel {
  const { headDimension: d, queries, keys, batch, heads } = op;
  const kept = Math.ceil(keys * op.maskedShare);
  const block = Math.min(queries, ATTENTION_QUERY_BLOCK);
  const product = (gemm: { m: number; k: number; n: number }, count: number): Tiling =>
    chooseTiling(
      chip,
      {
        gemm,
        batch: batch * heads * count * ceilDiv(queries, block),
        dtype: options.dtype,
        operandBytes: 0,
        resultBytes: 0,
        residentRhs: true,
        first: false,
      },
      options.buffers,
    );
  // Scores and their gradient sum over the head; outputs, and gradients of q, k and v, sum over tokens.
  const scores = product({ m: block, k: d, n: kept }, op.backward ? 2 : 1);
  const sums = product({ m: block, k: kept, n: d }, op.backward ? 3 : 1);
  const arrayCycles = scores.arrayCycles + sums.arrayCycles;
  const tiling: Tiling = {
    ...scores,
    arrayCycles,
    fillDrainCycles: scores.fillDrainCycles + sums.fillDrainCycles,
  };
  const scoreCount = batch * heads * queries * kept;
  const vpuOperations = scoreCount * (op.backward ? SOFTMAX_BACKWARD_OPERATIONS : SOFTMAX_OPERATIONS);
  const flops = batch * attentionFlops(op);
  const loadBytes = bytesOf(kernel.inputs);
  const storeBytes = bytesOf(kernel.outputs);
  const blocks = batch * heads * ceilDiv(queries, block);
  const arrayPs = picosecondsFromCycles(arrayCycles, chip.clockHz);
  const computePs = Math.max(arrayPs, vpuPicoseconds(chip, vpuOperations));
  const pipeline = evenPipeline(chip, blocks, loadBytes, storeBytes, computePs, options.buffers);
  const matmul = {
    dtype: options.dtype,
    gemm: { m: queries, k: d, n: kept },
    batch: batch * heads,
    block: { m: block, k: d, n: kept },
    arrays: [scores.array, sums.array],
    arrayCycles,
  };
  const compulsoryBytes = loadBytes + storeBytes;
  return finish(chip, pipeline, {
    ...matrixTimes(chip, tiling, flops, options.dtype),
    flops,
    vpuOperations,
    compulsoryBytes,
    matmul,
  });
}

/** Blocks that all move and compute the same. */
function evenPipeline(
  chip: Chip,
  blocks: number,
  loadBytes: number,
  storeBytes: number,
  computePs: number,
  buffers: number,
): BlockPipeline {
  const firstLoadBytes = ceilDiv(loadBytes, blocks);
  const lastStoreBytes = ceilDiv(storeBytes, blocks);
  const blockOverheadPs = picosecondsFromSeconds(chip.blockOverheadSeconds ?? 0);
  const copies = { copyBytes: 0, hiddenCopyBytes: 0 };
  const loads = { loadBytes, firstLoadBytes };
  return { blocks, ...copies, ...loads, storeBytes, lastStoreBytes, computePs, blockOverheadPs, buffers };
}

function costVector(chip: Chip, kernel: Kernel, options: KernelOptions): CostedKernel {
  // A look-up reads as many rows as it writes, not the whole table.
  const lookup = kernel.ops.some((op) => op.kind === 'lookup');
  const storeBytes = bytesOf(kernel.outputs);
  const largest = Math.max(0, ...kernel.inputs.map((input) => input.bytes));
  const loadBytes = lookup ? Math.min(largest, storeBytes) : bytesOf(kernel.inputs);
  const blocks = Math.max(1, ceilDiv(Math.max(loadBytes, storeBytes), VECTOR_BLOCK_BYTES));
  const vpuOperations = vectorOperations(kernel);
  const computePs = vpuPicoseconds(chip, vpuOperations);
  const pipeline = evenPipeline(chip, blocks, loadBytes, storeBytes, computePs, options.buffers);
  const none = { mxuPs: 0, fillDrainPs: 0, usefulPs: 0, flops: 0 };
  return finish(chip, pipeline, { ...none, vpuOperations, compulsoryBytes: loadBytes + storeBytes });
}

function finish(
  chip: Chip,
  pipeline: BlockPipeline,
  cost: Omit<KernelCost, 'vpuPs' | 'blockPs' | 'hbmBytes'>,
): CostedKernel {
  const launch: Phase = {
    kind: 'launch',
    computePs: picosecondsFromSeconds(chip.kernelOverheadSeconds),
    hbmBytes: 0,
  };
  const phases = [launch, ...pipelinePhases(pipeline)].filter(
    (phase) => phase.computePs > 0 || phase.hbmBytes > 0,
  );
  return {
    phases,
    cost: {
      ...cost,
      vpuPs: vpuPicoseconds(chip, cost.vpuOperations),
      blockPs: blockOverheadsPs(pipeline),
      hbmBytes: pipelineBytes(pipeline),
    },
  };
}

function matrixTimes(
  chip: Chip,
  tiling: Tiling,
  flops: number,
  dtype: Dtype,
): Pick<KernelCost, 'mxuPs' | 'fillDrainPs' | 'usefulPs'> {
  const mxuPs = picosecondsFromCycles(tiling.arrayCycles, chip.clockHz);
  const fillDrainPs = Math.floor((mxuPs * tiling.fillDrainCycles) / tiling.arrayCycles);
  const usefulPs = Math.min(
    picosecondsFromSeconds(flops / requirePeakFlops(chip, dtype, 'dtype')),
    mxuPs - fillDrainPs,
  );
  return { mxuPs, fillDrainPs, usefulPs };
}

function vectorOperations(kernel: Kernel): number {
  return kernel.ops.reduce((total, op) => total + (op.kind === 'vector' ? op.operations : 0), 0);
}

function vpuPicoseconds(chip: Chip, operations: number): number {
  return picosecondsFromSeconds(operations / vpuOperationsPerSecond(chip));
}

function bytesOf(values: readonly Value[]): number {
  return values.reduce((total, value) => total + value.bytes, 0);
}

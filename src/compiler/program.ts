import type { ArrayConfig, GemmShape } from '../array/config.ts';
import type { Dtype } from '../hardware/chip.ts';
import type { Phase } from '../memory/block-pipeline.ts';
import type { CollectiveKind } from '../workload/partitioned.ts';

/** What one chip executes; every chip of the slice executes the same. Loops stay loops. */
export interface Program {
  readonly sections: readonly ProgramSection[];
}

export interface ProgramSection {
  readonly name: string;
  readonly repeat: number;
  /** Kernels start in this order; a collective starts as soon as it may. */
  readonly tasks: readonly Task[];
}

export type Task = KernelTask | CollectiveTask;

interface TaskBase {
  readonly name: string;
  readonly after: readonly Dependency[];
}

/** A task that must have ended first. */
export interface Dependency {
  /** Index of the section; the last repetition of an earlier section counts. */
  readonly section: number;
  readonly task: number;
  /** For the task's own section: how many repetitions earlier (0 the same one). Before the first: met. */
  readonly repetitionsBack: number;
}

/** One kernel of the cores: matrix and vector work, and the bytes it moves. */
export interface KernelTask extends TaskBase {
  readonly kind: 'kernel';
  readonly phases: readonly Phase[];
  readonly cost: KernelCost;
}

export interface KernelCost {
  /** Time in which the arrays stream operands. */
  readonly mxuPs: number;
  /** Part of `mxuPs` that fills and drains the arrays. */
  readonly fillDrainPs: number;
  /** Part of `mxuPs` that the FLOPs take at peak: the rest beyond fill and drain is padding. */
  readonly usefulPs: number;
  readonly vpuPs: number;
  /** Fixed cost of the kernel's blocks: part of the computing of the steady phase. */
  readonly blockPs: number;
  readonly hbmBytes: number;
  /** Bytes that must cross the pins whatever the blocks: operands and results once. */
  readonly compulsoryBytes: number;
  readonly flops: number;
  readonly vpuOperations: number;
  readonly matmul?: KernelMatmul;
}

/** The product that gives a kernel its shape, of attention the first of its products. */
export interface KernelMatmul {
  readonly dtype: Dtype;
  /** On this chip, per batch element. */
  readonly gemm: GemmShape;
  readonly batch: number;
  /** Block `[m, k, n]` of one core, held in VMEM. */
  readonly block: GemmShape;
  /** What one matrix unit runs, one after the other: attention multiplies twice and more. */
  readonly arrays: readonly ArrayRun[];
  /** Cycles in which the arrays stream operands, one repetition of the kernel. */
  readonly arrayCycles: number;
}

/** GEMMs of one shape that a matrix unit runs back to back. */
export interface ArrayRun {
  readonly config: ArrayConfig;
  readonly gemm: GemmShape;
  readonly repeats: number;
}

/** A collective over mesh axes. */
export interface CollectiveTask extends TaskBase {
  readonly kind: 'collective';
  readonly collective: CollectiveKind;
  readonly meshAxes: readonly string[];
  readonly torusAxes: readonly number[];
  readonly bytes: number;
  readonly durationPs: number;
  readonly lowerBoundPs: number;
  readonly physicalLowerBoundPs: number;
  readonly algorithm: string;
  /** Of the busiest link, while the collective runs alone. */
  readonly linkUtilization: number;
  /** Bytes that arriving and leaving traffic costs the HBM. */
  readonly hbmBytes: number;
  readonly vpuOperations: number;
  /** Where it spans slices. */
  readonly dcn?: CollectiveDcn;
}

/** What a collective does to the data-centre network, and what it would be with one of the networks free. */
export interface CollectiveDcn {
  /** The network that would take longer by itself. */
  readonly bottleneck: 'ici' | 'dcn';
  readonly portBytes: number;
  /** Of a chip's port, one way, while the collective runs alone. */
  readonly portUtilization: number;
  /** The least possible bytes through the ports. */
  readonly portLowerBoundPs: number;
  readonly freeDcnPs: number;
  readonly freeIciPs: number;
}

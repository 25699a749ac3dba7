import type { KernelMatmul } from '../compiler/program.ts';

/** A unit of the chip whose time the timeline shows, named as profilers name them. */
export type LaneId = 'mxu' | 'vpu' | 'hbm' | 'ici-x' | 'ici-y' | 'ici-z' | 'dcn' | 'host';

/**
 * Why a unit does nothing (or nothing useful).
 * - `hbm`: the operands of the running op are not in VMEM yet, or its results have not left
 * - `ici`: the next op waits for a collective
 * - `dcn`: the next op waits for a collective between slices, which the data-centre network holds up
 * - `vpu`: the vector unit is the slower part of the running op
 * - `dependency`: the next op waits for another op of the same chip
 * - `fill-drain`: the array fills or drains (weights of the first tile, skew)
 * - `padding`: processing elements without operands in ragged tiles
 * - `launch`: the fixed cost of starting a kernel and each of its blocks
 * - `no-work`: this unit has nothing to do in the running op
 */
export type IdleCause =
  | 'hbm'
  | 'ici'
  | 'dcn'
  | 'vpu'
  | 'dependency'
  | 'fill-drain'
  | 'padding'
  | 'launch'
  | 'no-work';

/** What one unit did in [startPs, endPs). */
export type Span =
  | {
      readonly kind: 'busy';
      readonly startPs: number;
      readonly endPs: number;
      /** Index into `RunReport.ops`. */
      readonly op: number;
      /** Which repetition of the op's section. */
      readonly iteration: number;
      /** Share of the unit's peak rate used during the span. */
      readonly utilization: number;
    }
  | {
      readonly kind: 'idle';
      readonly startPs: number;
      readonly endPs: number;
      readonly cause: IdleCause;
      /** The op waited for, if one is. */
      readonly waitsFor?: number;
    };

/**
 * A stretch of the timeline that occurs `count` times, each `periodPs` after the one before: loops stay
 * loops. Spans hold the times of the first occurrence and belong to the stretch in which they end, so
 * one may begin a little before `startPs`.
 */
export interface TimelineBlock {
  readonly section: string;
  /** Iteration of the section at the first occurrence; it grows by one each time. */
  readonly firstIteration: number;
  readonly startPs: number;
  readonly periodPs: number;
  readonly count: number;
  readonly lanes: readonly LaneSpans[];
}

export interface LaneSpans {
  readonly lane: LaneId;
  /** In order of time, without overlap. */
  readonly spans: readonly Span[];
}

/** A contiguous part of the step: forward layers, backward layers, optimizer. */
export interface SectionReport {
  readonly name: string;
  readonly repeat: number;
  readonly startPs: number;
  readonly endPs: number;
}

/** One op of the program (one entry for all its repetitions). */
export interface OpReport {
  readonly name: string;
  /** What it belongs to, as in `layer forward`. */
  readonly section: string;
  readonly repeat: number;
  readonly detail: MatmulDetail | VectorDetail | CollectiveDetail;
  /** Time on its own, nothing else running, one repetition. */
  readonly alonePs: number;
  readonly lowerBoundPs: number;
  readonly hbmBytes: number;
  /** Hardware FLOPs of one repetition, whole chip. */
  readonly flops: number;
}

/** A matrix multiplication (an attention kernel is two or more of them with softmax between). */
export interface MatmulDetail extends KernelMatmul {
  readonly kind: 'matmul';
  readonly units: number;
  /** Share of multiply slots used while streaming: 1 without padding. */
  readonly mappingEfficiency: number;
  readonly vpuOperations: number;
}

/** Elementwise work and reductions on the vector unit. */
export interface VectorDetail {
  readonly kind: 'vector';
  readonly vpuOperations: number;
}

export interface CollectiveDetail {
  readonly kind: 'collective';
  readonly collective: 'all-gather' | 'reduce-scatter' | 'all-reduce' | 'all-to-all';
  /** Mesh axes it runs over, as in `fsdp`. */
  readonly meshAxes: readonly string[];
  /** Torus axes, 0 = x. */
  readonly torusAxes: readonly number[];
  /** Whole gathered array (all-gather, reduce-scatter) or each chip's buffer (others). */
  readonly bytes: number;
  readonly algorithm: string;
  /** Where it spans the slices. */
  readonly dcn?: {
    readonly bottleneck: 'ici' | 'dcn';
    /** Through the port of a chip, one way. */
    readonly portBytes: number;
  };
}

export interface UnitReport {
  readonly lane: LaneId;
  readonly name: string;
  /** Busy time at peak rate over step time. */
  readonly utilization: number;
  /** The formula of that percentage, for people. */
  readonly formula: string;
}

/** Where the time of the matrix units went. The parts sum to `stepPs`, exactly. */
export interface TimeBreakdown {
  readonly usefulPs: number;
  readonly idlePs: Readonly<Partial<Record<IdleCause, number>>>;
}

export interface LowerBound {
  /** Hardware FLOPs at the peak rate. */
  readonly computePs: number;
  /** Bytes that must cross the HBM pins, at the sustained rate. */
  readonly memoryPs: number;
  /** Bytes that must cross the links, at the effective rate. */
  readonly linksPs: number;
  /** Bytes that must pass the ports between slices; without collectives over slices there is none. */
  readonly dcnPs?: number;
  /** The largest of these. */
  readonly totalPs: number;
  /** The same at physical peak rates. */
  readonly physicalPs: number;
}

/** The step if one thing cost nothing. */
export interface WhatIf {
  readonly id: 'free-links' | 'free-dcn' | 'free-hbm' | 'free-launch';
  readonly label: string;
  readonly stepPs: number;
}

export interface MemoryFootprint {
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
  readonly totalBytes: number;
  readonly capacityBytes: number;
}

/** Everything the page shows of one run. Plain data: crosses threads and goes into files. */
export interface RunReport {
  readonly title: string;
  readonly chip: { readonly id: string; readonly name: string };
  readonly slice: {
    readonly shape: readonly number[];
    readonly wraps: readonly boolean[];
    readonly twisted: boolean;
    /** Cables out of order, as in `0,1,3+y`. */
    readonly without: readonly string[];
    /** Of one slice. */
    readonly chips: number;
    /** Slices of this shape that the data-centre network joins, where there are several; all do the same. */
    readonly slices?: number;
  };
  readonly mesh: readonly {
    readonly name: string;
    readonly size: number;
    readonly torusAxes: readonly number[];
    /** Whether it also spans the slices. */
    readonly dcn?: true;
  }[];
  readonly stepPs: number;
  readonly tokens?: number;
  readonly modelFlops: number;
  readonly hardwareFlops: number;
  readonly mfu: number;
  readonly bound: 'compute' | 'memory' | 'ici' | 'dcn' | 'vpu' | 'overhead';
  readonly lowerBound: LowerBound;
  readonly breakdown: TimeBreakdown;
  /** Time the matrix units wait for collectives, by mesh axis. */
  readonly iciWaits: readonly {
    readonly meshAxes: readonly string[];
    readonly torusAxes: readonly number[];
    /** Whether they are collectives over the slices. */
    readonly dcn?: true;
    readonly waitPs: number;
  }[];
  readonly whatIf: readonly WhatIf[];
  readonly units: readonly UnitReport[];
  readonly sections: readonly SectionReport[];
  readonly timeline: readonly TimelineBlock[];
  readonly ops: readonly OpReport[];
  readonly memory: MemoryFootprint;
  /** Rates the roofline draws, whole chip. */
  readonly roofs: {
    readonly peakFlops: number;
    readonly hbmBytesPerSecond: number;
    readonly vmemBytesPerSecond: number;
  };
  /** The port of a chip into the data-centre network, one way, where there are several slices. */
  readonly dcn?: {
    readonly portBytesPerSecond: number;
    readonly latencySeconds: number;
    /** What sets that rate. */
    readonly limitedBy: 'dcn' | 'pcie';
  };
  readonly ici: { readonly linkBytesPerSecond: number; readonly physicalLinkBytesPerSecond: number };
  readonly notes: readonly string[];
  readonly verdict: { readonly headline: string; readonly detail: string };
}

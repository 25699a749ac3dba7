import type { SourceKey } from './sources.ts';

/** Operand formats the matrix unit multiplies. Sums are fp32 (or int32 for integer operands). */
export const DTYPES = ['bf16', 'fp8', 'int8', 'int4'] as const;
export type Dtype = (typeof DTYPES)[number];

/** One chip, as the models see it. Plain data: every number is a field a variant may `set`. */
export interface Chip {
  readonly id: string;
  readonly name: string;
  readonly status: 'shipped' | 'announced';
  readonly clockHz: number;
  /** TensorCores on the chip. All of them together run one program here (megacore). */
  readonly tensorCores: number;
  readonly mxu: MatrixUnits;
  readonly vpu: VectorUnit;
  readonly hbm: OffChipMemory;
  readonly vmem: VectorMemory;
  /** The 128 MiB memory between HBM and VMEM of v4i and v4. */
  readonly cmem?: CommonMemory;
  readonly ici: Interconnect;
  readonly host: HostLink;
  /** Fixed cost of starting one kernel (one fused operation). */
  readonly kernelOverheadSeconds: number;
  /** Fixed cost of every further block of a kernel: its transfers are waited for and the next begun. 0 if left out. */
  readonly blockOverheadSeconds?: number;
}

export interface MatrixUnits {
  readonly perCore: number;
  /** K direction: partial sums run down a column. */
  readonly rows: number;
  /** N direction. */
  readonly columns: number;
  /** Left-hand rows accepted each cycle. 2 from v6e on is inferred from public peak rates. */
  readonly rowsPerCycle: number;
  /** Rows of weights that a column takes in each cycle, 1 if left out. More than 1 from v6e on is inferred. */
  readonly loadRowsPerCycle?: number;
  /** Multiply rate of each supported format, relative to one product a PE, row and cycle. */
  readonly formatRates: Readonly<Partial<Record<Dtype, number>>>;
}

/** Per TensorCore. One operation per lane, sublane, ALU and cycle. */
export interface VectorUnit {
  readonly lanes: number;
  readonly sublanes: number;
  readonly alus: number;
}

/** HBM (DDR3 weight memory on v1), whole chip. */
export interface OffChipMemory {
  readonly bytes: number;
  /** Published peak. */
  readonly bytesPerSecond: number;
  /** Share of the peak that long streams sustain. */
  readonly efficiency: number;
  readonly latencySeconds: number;
  /** Separate pools (7x: two chiplets with 96 GiB each). */
  readonly pools: number;
}

/** VMEM (the unified buffer on v1), per TensorCore. */
export interface VectorMemory {
  readonly bytesPerCore: number;
  /**
   * What the blocks of one kernel may take of `bytesPerCore`, all of it if left out. The compiler keeps the
   * rest for operands that it brings in whole.
   */
  readonly windowBytesPerCore?: number;
  readonly readBytesPerCycle: number;
  readonly writeBytesPerCycle: number;
}

export interface CommonMemory {
  readonly bytes: number;
  readonly readBytesPerSecond: number;
  readonly writeBytesPerSecond: number;
}

export interface Interconnect {
  /** ICI links of a chip; each carries `linkBytesPerSecond` in each direction at once. */
  readonly links: number;
  /** One direction of one link, physical rate. */
  readonly linkBytesPerSecond: number;
  /** Share of the physical rate that payload gets (public software figures: 0.9). */
  readonly linkEfficiency: number;
  readonly hopLatencySeconds: number;
  readonly topology: IciTopology;
}

/**
 * Which slices a generation has, and which of their axes close into rings.
 * - `none`: a single chip (v1).
 * - `torus`: as many axes as `maxShape` has. A given axis of a slice wraps as `wrap` says.
 * - `boardfly`: announced for 8i; its links are not modelled as a torus.
 */
export type IciTopology =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'torus';
      /** Largest extent of each axis, longest axis last. */
      readonly maxShape: readonly number[];
      readonly maxChips: number;
      readonly wrap: WrapRule;
      /**
       * Shapes offered, short axes first; a slice may list their axes in any order. With `cube-multiple`
       * these are the ones smaller than a cube. Left out, every shape within `maxShape` is offered.
       */
      readonly shapes?: readonly (readonly number[])[];
      /** k x k x 2k and k x 2k x 2k slices may be twisted. */
      readonly twistable: boolean;
      /** Said with every slice, as where the rules are not published. */
      readonly note?: string;
    }
  | { readonly kind: 'boardfly'; readonly maxChips: number };

/**
 * - `full-axis`: an axis wraps only at the extent of the whole pod (v5e, v6e: 16).
 * - `cube-multiple`: all axes wrap if every extent is a multiple of `cube`, else none does (v4, v5p, 7x: 4).
 * - `never`: a mesh (v4i).
 */
export type WrapRule =
  | { readonly kind: 'full-axis'; readonly extents: readonly number[] }
  | { readonly kind: 'cube-multiple'; readonly cube: number }
  | { readonly kind: 'never' };

export interface HostLink {
  /** PCIe, one direction, per chip. */
  readonly pcieBytesPerSecond: number;
  /** Data-centre network, one direction, per chip. */
  readonly dcnBytesPerSecond: number;
  /** From the last byte sent to its arrival at the other host; 10 us where a description leaves it out. */
  readonly dcnLatencySeconds?: number;
}

/** Where a value is from and how far to trust it. */
export interface Citation {
  readonly source: SourceKey;
  readonly trust: 'public' | 'inferred' | 'estimated';
  readonly note?: string;
  /** Other published values of the same thing, and who says so. */
  readonly others?: readonly { readonly value: number | string; readonly source: SourceKey }[];
}

/**
 * Citations by path of the numeric field, as in `mxu.rows`: every numeric leaf of a preset has one. An
 * array of numbers is one value and cited as a whole.
 */
export type Citations = Readonly<Record<string, Citation>>;

/** A chip that comes with Systole, and where each of its values is from. */
export interface ChipPreset {
  readonly chip: Chip;
  readonly citations: Citations;
}

import type { Accumulation } from '../numerics/accumulation.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { ShaderName } from './shader-sources.ts';

/** What the multipliers of a kernel take. */
export type Carrier = LoadedOperands['carrier'];

/** A shader with its constants: one pipeline. */
export interface Kernel {
  /** Unique; shown to people. */
  readonly id: string;
  readonly shader: ShaderName;
  readonly carrier: Carrier;
  /** `native` floating point is the adapter's own and has to be tested; integers are exact by specification. */
  readonly arithmetic: 'native' | 'integer';
  /** Rows and columns of C that one invocation computes. */
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly workgroupRows: number;
  readonly workgroupColumns: number;
  /** Values of the shader's other `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
}

const SQUARE_GROUP = { workgroupRows: 8, workgroupColumns: 8, constants: {} } as const;

const NATIVE_KERNELS: readonly Kernel[] = [
  {
    id: 'bf16 8x4',
    shader: 'matmul-bf16-8x4',
    carrier: 'bf16',
    arithmetic: 'native',
    tileRows: 8,
    tileColumns: 4,
    ...SQUARE_GROUP,
  },
  {
    id: 'fp32 8x4',
    shader: 'matmul-fp32-8x4',
    carrier: 'fp32',
    arithmetic: 'native',
    tileRows: 8,
    tileColumns: 4,
    ...SQUARE_GROUP,
  },
];

const INT8_KERNELS: readonly Kernel[] = [
  {
    id: 'int8 4x4',
    shader: 'matmul-int8',
    carrier: 'int8',
    arithmetic: 'integer',
    tileRows: 4,
    tileColumns: 4,
    ...SQUARE_GROUP,
  },
];

/** Kernels that can compute with this model, in order of preference. The last is exact by specification. */
export function kernelsFor(carrier: Carrier, accumulation: Accumulation): readonly Kernel[] {
  switch (accumulation.kind) {
    case 'int32':
      return INT8_KERNELS;
    case 'sequential':
      return [...nativeKernels(carrier), softKernel(carrier, 'sequential', MODEL.chain)];
    case 'one-chain':
      if (accumulation.rounding === 'nearest-even') return kernelsFor(carrier, { kind: 'sequential' });
      return [softKernel(carrier, 'toward zero', { ...MODEL.chain, towardZero: 1 })];
    case 'groups-of-four':
      return [softKernel(carrier, 'groups of four', MODEL.groupsOfFour)];
    case 'pairwise-tree':
      return [softKernel(carrier, 'pairwise tree', MODEL.tree)];
    case 'narrow':
      return [softKernel(carrier, accumulation.format, { ...MODEL.chain, ...NARROW[accumulation.format] })];
    case 'aligned': {
      const { bits, group } = accumulation;
      const constants = { ...MODEL.aligned, significantBits: bits, groupSize: group };
      return [softKernel(carrier, `aligned ${bits} bits, groups of ${group}`, constants)];
    }
  }
}

function nativeKernels(carrier: Carrier): readonly Kernel[] {
  return NATIVE_KERNELS.filter((kernel) => kernel.carrier === carrier);
}

/** Values of the constant `model` in matmul-soft.wgsl. */
const MODEL = {
  chain: { model: 0 },
  groupsOfFour: { model: 1 },
  tree: { model: 2 },
  aligned: { model: 3 },
} as const;

const NARROW = {
  bf16: { significantBits: 8, lowestExponent: -126, highestExponent: 127 },
  fp16: { significantBits: 11, lowestExponent: -14, highestExponent: 15 },
} as const;

function softKernel(carrier: Carrier, name: string, constants: Readonly<Record<string, number>>): Kernel {
  return {
    id: `${carrier} soft-float (${name})`,
    shader: 'matmul-soft',
    carrier,
    arithmetic: 'integer',
    tileRows: 1,
    tileColumns: 1,
    workgroupRows: 8,
    workgroupColumns: 8,
    constants: { operandBits: carrier === 'fp32' ? 32 : 16, ...constants },
  };
}

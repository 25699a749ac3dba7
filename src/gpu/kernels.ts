import type { Accumulation, PassPlan } from '../numerics/accumulation.ts';
import type { LoadedOperands } from '../numerics/loaded-operands.ts';
import type { ShaderName } from './shader-sources.ts';

/** What the multipliers of a kernel take. */
export type Carrier = LoadedOperands['carrier'];

/** A shader with its constants. */
export interface Program {
  /** Unique; shown to people. */
  readonly id: string;
  readonly shader: ShaderName;
  /** Values of the shader's `override` constants. */
  readonly constants: Readonly<Record<string, number>>;
}

/** A program that multiplies, and how to run it. */
export interface Kernel extends Program {
  readonly carrier: Carrier;
  /** `native` floating point is the adapter's own and has to be tested; integers are exact by specification. */
  readonly arithmetic: 'native' | 'integer';
  /** Rows and columns of C that one invocation computes. */
  readonly tileRows: number;
  readonly tileColumns: number;
  readonly workgroupRows: number;
  readonly workgroupColumns: number;
  /** Every pass must be a multiple of this; the last one is padded. */
  readonly kStep: number;
  /**
   * `together`: an invocation computes all passes of its tile. `apart`: each pass is computed beside the
   * others and they are added, in order, afterwards: for results too small to fill a GPU.
   */
  readonly passes: 'together' | 'apart';
  /** What the WGSL needs beyond the core language. */
  readonly languageFeature?: string;
}

/** Adds the passes of a kernel that computes them apart. */
export const ADD_PASSES: Program = { id: 'add passes', shader: 'add-passes', constants: {} };

type Variant = Omit<Kernel, 'id' | 'shader' | 'carrier' | 'arithmetic' | 'constants'> & {
  readonly name: string;
  readonly shader: string;
};

const SQUARE = { workgroupRows: 8, workgroupColumns: 8, passes: 'together' } as const;
const WIDE = { workgroupRows: 1, workgroupColumns: 32 } as const;

/** Shapes of native kernels, the best guess first; the last takes any k. Names complete `matmul-bf16-`. */
const VARIANTS: readonly Variant[] = [
  { name: '8x8', shader: '8x8', tileRows: 8, tileColumns: 8, kStep: 4, ...SQUARE },
  { name: '8x8 wide', shader: '8x8', tileRows: 8, tileColumns: 8, kStep: 4, ...SQUARE, ...WIDE },
  {
    name: '8x8 wide, passes apart',
    shader: '8x8',
    tileRows: 8,
    tileColumns: 8,
    kStep: 4,
    ...WIDE,
    passes: 'apart',
  },
  { name: '4x4', shader: '4x4', tileRows: 4, tileColumns: 4, kStep: 4, ...SQUARE },
  {
    name: '4x4, passes apart',
    shader: '4x4',
    tileRows: 4,
    tileColumns: 4,
    kStep: 4,
    ...SQUARE,
    passes: 'apart',
  },
  workgroupVariant('workgroup 64x64', 8),
  workgroupVariant('workgroup 128x128', 16),
  { name: '8x4', shader: '8x4', tileRows: 8, tileColumns: 4, kStep: 1, ...SQUARE },
];

function workgroupVariant(name: string, size: number): Variant {
  return {
    name,
    shader: 'workgroup',
    tileRows: 8,
    tileColumns: 8,
    kStep: 1,
    workgroupRows: size,
    workgroupColumns: size,
    passes: 'together',
  };
}

const NATIVE_KERNELS: readonly Kernel[] = (['bf16', 'fp32'] as const).flatMap((carrier) =>
  VARIANTS.map(({ name, shader, ...rest }) => ({
    id: `${carrier} ${name}`,
    shader: `matmul-${carrier}-${shader}` as ShaderName,
    carrier,
    arithmetic: 'native' as const,
    constants: { workgroupRows: rest.workgroupRows, workgroupColumns: rest.workgroupColumns },
    ...rest,
  })),
);

const INT8_KERNELS: readonly Kernel[] = [
  {
    id: 'int8 8x4 packed dot products',
    shader: 'matmul-int8-dot',
    carrier: 'int8',
    arithmetic: 'integer',
    tileRows: 8,
    tileColumns: 4,
    kStep: 1,
    languageFeature: 'packed_4x8_integer_dot_product',
    constants: {},
    ...SQUARE,
  },
  {
    id: 'int8 4x4',
    shader: 'matmul-int8',
    carrier: 'int8',
    arithmetic: 'integer',
    tileRows: 4,
    tileColumns: 4,
    kStep: 1,
    constants: {},
    ...SQUARE,
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

export function nativeKernels(carrier: Carrier): readonly Kernel[] {
  return NATIVE_KERNELS.filter((kernel) => kernel.carrier === carrier);
}

/** `plan` with k padded to whole steps of `kernel`; `undefined` where its passes do not suit the kernel. */
export function planFor(kernel: Kernel, plan: PassPlan): PassPlan | undefined {
  const oneSegment = plan.segment === plan.products;
  if (kernel.passes === 'apart' && (!oneSegment || plan.pass === plan.products)) return undefined;
  const { kStep } = kernel;
  const wholeSteps = (count: number): boolean => count % kStep === 0;
  if (wholeSteps(plan.pass) && wholeSteps(plan.segment)) return plan;
  if (!oneSegment) return undefined;
  const products = Math.ceil(plan.products / kStep) * kStep;
  if (plan.pass === plan.products) return { products, segment: products, pass: products };
  return wholeSteps(plan.pass) ? { products, segment: products, pass: plan.pass } : undefined;
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
    kStep: 1,
    constants: { operandBits: carrier === 'fp32' ? 32 : 16, ...constants },
    ...SQUARE,
  };
}

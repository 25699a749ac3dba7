import type { PassCount } from './fp32-pieces.ts';

/** Formats of matmul operands. */
export const MATMUL_DTYPES = [
  'bf16',
  'fp8-e4m3',
  'fp8-e5m2',
  'int8',
  'int4',
  'fp32-bf16x1',
  'fp32-bf16x3',
  'fp32-bf16x6',
  'fp32',
] as const;
export type MatmulDtype = (typeof MATMUL_DTYPES)[number];

export interface DtypeTraits {
  readonly name: string;
  /** What one element holds in memory. */
  readonly bits: number;
  /**
   * What the multipliers see. Every fp8 number is a bf16 number too, and int4 fits int8, so three kinds of
   * operand are enough.
   */
  readonly carrier: 'bf16' | 'int8' | 'fp32';
  /** Passes over the matrix unit that one matmul takes. */
  readonly passes: PassCount;
}

export const DTYPE_TRAITS: Readonly<Record<MatmulDtype, DtypeTraits>> = {
  bf16: { name: 'bf16', bits: 16, carrier: 'bf16', passes: 1 },
  'fp8-e4m3': { name: 'fp8 e4m3fn', bits: 8, carrier: 'bf16', passes: 1 },
  'fp8-e5m2': { name: 'fp8 e5m2', bits: 8, carrier: 'bf16', passes: 1 },
  int8: { name: 'int8', bits: 8, carrier: 'int8', passes: 1 },
  int4: { name: 'int4', bits: 4, carrier: 'int8', passes: 1 },
  'fp32-bf16x1': { name: 'fp32 in 1 bf16 pass', bits: 32, carrier: 'bf16', passes: 1 },
  'fp32-bf16x3': { name: 'fp32 in 3 bf16 passes', bits: 32, carrier: 'bf16', passes: 3 },
  'fp32-bf16x6': { name: 'fp32 in 6 bf16 passes', bits: 32, carrier: 'bf16', passes: 6 },
  fp32: { name: 'fp32 multipliers', bits: 32, carrier: 'fp32', passes: 1 },
};

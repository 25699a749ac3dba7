import type { GemmShape } from '../array/config.ts';
import { ceilDiv } from '../base/integers.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';

/** A matrix product on one chip, with what it costs to hold each element. */
export interface GemmWork {
  readonly gemm: GemmShape;
  readonly batch: number;
  readonly dtype: Dtype;
  readonly operandBytes: number;
  readonly resultBytes: number;
  /** Operands that are in VMEM already, so that HBM does not see them. */
  readonly residentRhs: boolean;
  /** No kernel runs before it, under which copies of whole operands could be hidden. */
  readonly first: boolean;
}

/** What one core multiplies. */
export interface CoreShare {
  readonly gemm: GemmShape;
  readonly batch: number;
}

/** Cores divide the batch, the rows of the result or its columns. */
export function coreShares(chip: Chip, work: GemmWork): readonly CoreShare[] {
  const cores = chip.tensorCores;
  const { gemm, batch } = work;
  if (cores === 1) return [{ gemm, batch }];
  if (batch >= cores) return [{ gemm, batch: ceilDiv(batch, cores) }];
  return [
    { gemm: { ...gemm, m: ceilDiv(gemm.m, cores) }, batch },
    { gemm: { ...gemm, n: ceilDiv(gemm.n, cores) }, batch },
  ];
}

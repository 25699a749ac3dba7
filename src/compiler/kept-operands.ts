import type { Chip } from '../hardware/chip.ts';
import type { CoreShare, GemmWork } from './gemm-work.ts';

/** Operands of one core that are in VMEM as a whole before its first block. */
export interface KeptOperands {
  readonly lhs: boolean;
  readonly rhs: boolean;
  /** Bytes that had to be copied for that. */
  readonly copyBytes: number;
}

/**
 * XLA's memory space assignment copies whole operands into VMEM by asynchronous copies (copy-start, copy-done)
 * that overlap earlier operations, the most wanted operands first, as long as there is room
 * (xla/service/memory_space_assignment): here the larger ones first, in what the windows of blocks leave. While
 * one kernel computes, the operands of the next one arrive beside its own, so each has half of the room; the
 * first kernel has all of it. (What the kernel before makes cannot be copied under it; it is not told apart.) A
 * vector times a matrix is none of this: XLA makes it a multiplication and a
 * reduction of the vector unit (xla/service/algebraic_simplifier.cc, dot strength reduction), which streams.
 */
export function keptOperands(chip: Chip, work: GemmWork, { gemm, batch }: CoreShare): KeptOperands {
  const lhsBytes = batch * gemm.m * gemm.k * work.operandBytes;
  const rhsBytes = batch * gemm.k * gemm.n * work.operandBytes;
  if (work.gemm.m === 1 || work.gemm.n === 1) return { lhs: false, rhs: work.residentRhs, copyBytes: 0 };
  let free = chip.vmem.bytesPerCore - windowBytes(chip) - (work.residentRhs ? rhsBytes : 0);
  if (!work.first) free /= 2;
  const kept = { lhs: false, rhs: work.residentRhs, copyBytes: 0 };
  const wanted = [
    { name: 'lhs', bytes: lhsBytes } as const,
    ...(work.residentRhs ? [] : [{ name: 'rhs', bytes: rhsBytes } as const]),
  ].sort((a, b) => b.bytes - a.bytes);
  for (const { name, bytes } of wanted) {
    if (kept.copyBytes + bytes > free) continue;
    kept[name] = true;
    kept.copyBytes += bytes;
  }
  return kept;
}

/** What the blocks of one kernel may take of a core's VMEM. */
export function windowBytes({ vmem }: Chip): number {
  return Math.min(vmem.windowBytesPerCore ?? vmem.bytesPerCore, vmem.bytesPerCore);
}

import { InputError } from '../base/result.ts';
import type { Chip, Dtype } from './chip.ts';

/** Matrix units of the whole chip. */
export function matrixUnitCount(chip: Chip): number {
  return chip.tensorCores * chip.mxu.perCore;
}

/**
 * Multiply-accumulates of the whole chip in one cycle, all matrix units full:
 * units x rows x columns x rowsPerCycle x format rate. `undefined` where the format is not supported.
 */
export function macsPerCycle(chip: Chip, dtype: Dtype): number | undefined {
  const rate = chip.mxu.formatRates[dtype];
  if (rate === undefined) return undefined;
  const { rows, columns, rowsPerCycle } = chip.mxu;
  return matrixUnitCount(chip) * rows * columns * rowsPerCycle * rate;
}

/** Peak FLOP/s (integer: OP/s) of the whole chip, two a multiply-accumulate. */
export function peakFlops(chip: Chip, dtype: Dtype): number | undefined {
  const macs = macsPerCycle(chip, dtype);
  return macs === undefined ? undefined : 2 * macs * chip.clockHz;
}

/** As `peakFlops`; throws an `InputError` that names the formats the chip does multiply. */
export function requirePeakFlops(chip: Chip, dtype: Dtype, place: string): number {
  const peak = peakFlops(chip, dtype);
  if (peak !== undefined) return peak;
  const formats = Object.keys(chip.mxu.formatRates).join(', ');
  throw new InputError(place, `${chip.name} does not multiply ${dtype}, it multiplies ${formats}`);
}

/** What long streams sustain from and to HBM, whole chip. */
export function effectiveHbmBytesPerSecond(chip: Chip): number {
  return chip.hbm.bytesPerSecond * chip.hbm.efficiency;
}

/** What payload gets of one direction of one ICI link. */
export function effectiveLinkBytesPerSecond(chip: Chip): number {
  return chip.ici.linkBytesPerSecond * chip.ici.linkEfficiency;
}

/** Vector operations of the whole chip in one second: one a lane, sublane and ALU in each cycle. */
export function vpuOperationsPerSecond(chip: Chip): number {
  const { lanes, sublanes, alus } = chip.vpu;
  return chip.tensorCores * lanes * sublanes * alus * chip.clockHz;
}

import { ceilDiv } from '../../base/integers.ts';
import { InputError } from '../../base/result.ts';
import { type ArrayConfig, checkArrayConfig, checkGemm, type GemmShape } from '../config.ts';

/**
 * What SCALE-Sim v3 (https://github.com/scalesim-project/scale-sim-v3) prints for a layer without memory
 * stalls, its quirks kept so that published numbers can be met to the last cycle. None of this feeds Systole's own
 * timing.
 */
export interface ScaleSimReport {
  readonly totalCycles: number;
  readonly stallCycles: number;
  readonly overallUtilPercent: number;
  readonly mappingEfficiencyPercent: number;
  readonly computeUtilPercent: number;
  readonly sramIfmapReads: number;
  readonly sramFilterReads: number;
  readonly sramOfmapWrites: number;
  readonly folds: number;
  readonly foldCycles: FoldCycles;
}

/** Cycles of one fold as SCALE-Sim spends them; it runs folds one after the other, with no overlap. */
interface FoldCycles {
  readonly load: number;
  readonly stream: number;
  readonly skew: number;
}

/** How SCALE-Sim's numbers depart from a count of what an array must do. */
export const SCALE_SIM_QUIRKS = {
  lastCycleIndex: '"Total Cycles" is the index of the last cycle, one less than their number',
  serialFolds: 'folds are strictly serial: no load or drain overlaps the next fold',
  noDrain: 'os counts no cycles to shift the results out of the array (R a fold)',
  doubleSkew: '"Compute Util %" of ws and is adds the skew twice: 2R + 2C + T - 3 cycles a fold',
  ofmapShape: '"SRAM OFMAP Writes" of os adds R + C a fold to M N',
  noPartialReads: 'ws and is write partial sums once a row fold and never count reading them back',
} as const;
export type ScaleSimQuirk = keyof typeof SCALE_SIM_QUIRKS;

/** The quirks that touch a layer run with `dataflow`. */
export function quirksOf(dataflow: ArrayConfig['dataflow']): readonly ScaleSimQuirk[] {
  return dataflow === 'os'
    ? ['lastCycleIndex', 'serialFolds', 'noDrain', 'ofmapShape']
    : ['lastCycleIndex', 'serialFolds', 'doubleSkew', 'noPartialReads'];
}

/** The array SCALE-Sim knows: one lane, one set of registers. */
export type ScaleSimArray = Pick<ArrayConfig, 'rows' | 'columns' | 'dataflow'>;

/**
 * Compute report of one layer as a GEMM [m, k] x [k, n] on an array of R x C. Two dimensions are mapped on
 * rows and columns, the third is streamed for T cycles; a fold takes 2R + C + T - 2 cycles, in `os` R less.
 * Throws `InputError`.
 */
export function scaleSimReport(array: ScaleSimArray, gemm: GemmShape): ScaleSimReport {
  checkArrayConfig({ ...array, doubleBuffered: false, rowsPerCycle: 1 });
  checkGemm(gemm);
  const { rows, columns, dataflow } = array;
  const { m, k, n } = gemm;
  const outputStationary = dataflow === 'os';
  const onRows = outputStationary ? m : k;
  const onColumns = dataflow === 'is' ? m : n;
  const stream = outputStationary ? k : dataflow === 'ws' ? m : n;
  const rowFolds = ceilDiv(onRows, rows);
  const columnFolds = ceilDiv(onColumns, columns);
  const folds = rowFolds * columnFolds;
  const foldCycles = { load: outputStationary ? 0 : rows, stream, skew: rows + columns - 2 };
  const cyclesPerFold = foldCycles.load + foldCycles.stream + foldCycles.skew;
  const totalCycles = folds * cyclesPerFold - 1;
  if (!Number.isSafeInteger(totalCycles)) {
    throw new InputError('gemm', `expected an operation of at most 2^53 cycles, found about ${totalCycles}`);
  }
  const mappingEfficiencyPercent = (100 * onRows * onColumns) / (folds * rows * columns);
  const computeCycles = outputStationary ? cyclesPerFold : cyclesPerFold + columns - 1;
  return {
    totalCycles,
    stallCycles: 0,
    // One 1x1x1 layer on a 1x1 os array ends with cycle 0: then SCALE-Sim divides by zero.
    overallUtilPercent: totalCycles === 0 ? 0 : (100 * m * k * n) / (totalCycles * rows * columns),
    mappingEfficiencyPercent,
    computeUtilPercent: (mappingEfficiencyPercent * stream) / computeCycles,
    sramIfmapReads: dataflow === 'is' ? m * k : m * k * columnFolds,
    sramFilterReads: dataflow === 'ws' ? k * n : k * n * (outputStationary ? rowFolds : columnFolds),
    sramOfmapWrites: outputStationary ? m * n + folds * (rows + columns) : m * n * rowFolds,
    folds,
    foldCycles,
  };
}

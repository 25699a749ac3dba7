import type { GemmShape } from '../config.ts';
import { type ArrayTiming, arrayTiming } from '../timing.ts';
import { type ScaleSimArray, type ScaleSimReport, scaleSimReport } from './compute-report.ts';

/** One reason why Systole counts more (positive) or fewer cycles than SCALE-Sim. */
interface CycleDifference {
  readonly cycles: number;
  readonly reason: string;
}

export interface ScaleSimComparison {
  readonly systole: ArrayTiming;
  readonly scaleSim: ScaleSimReport;
  /** Adds up to Systole's cycles less SCALE-Sim's; reasons that come to nothing are left out. */
  readonly differences: readonly CycleDifference[];
}

/** A layer on a double-buffered array by Systole's count, and as SCALE-Sim reports it. */
export function compareWithScaleSim(array: ScaleSimArray, gemm: GemmShape): ScaleSimComparison {
  const systole = arrayTiming({ ...array, doubleBuffered: true, rowsPerCycle: 1 }, gemm);
  const scaleSim = scaleSimReport(array, gemm);
  const { folds, foldCycles } = scaleSim;
  const differences = [
    { cycles: 1, reason: 'Systole counts cycles; SCALE-Sim prints the index of the last one' },
    {
      cycles: systole.stages.skew - folds * foldCycles.skew,
      reason:
        'waves of one fold follow those of the fold before; SCALE-Sim lets the array empty between folds',
    },
    {
      cycles: systole.stages.load - folds * foldCycles.load,
      reason: "the next fold's weights load into shadow registers while this one streams",
    },
    {
      cycles: systole.stages.drain,
      reason: 'results have to be shifted out of the array; SCALE-Sim takes them the moment they are there',
    },
  ];
  return { systole, scaleSim, differences: differences.filter(({ cycles }) => cycles !== 0) };
}

import { secondsFromPicoseconds } from '../base/time.ts';
import type { RunReport } from '../machine/report.ts';

/** One op that does arithmetic, where a roofline puts it. */
export interface RooflinePoint {
  readonly op: number;
  readonly name: string;
  readonly kind: 'matmul' | 'vector';
  /** FLOPs per byte that crosses the HBM pins; Infinity where none does. */
  readonly intensity: number;
  /** FLOP/s of one repetition on its own. */
  readonly achievedFlops: number;
  /** What the lowest roof over it allows, FLOP/s. */
  readonly attainableFlops: number;
  /** All repetitions, each on its own. */
  readonly totalPs: number;
}

/** An op that a roofline has no place for: it moves data and multiplies nothing. */
export interface RooflineMover {
  readonly op: number;
  readonly name: string;
  readonly kind: 'collective' | 'vector' | 'matmul';
  readonly totalPs: number;
}

export interface Roof {
  readonly id: 'mxu' | 'hbm' | 'vmem';
  readonly name: string;
  /** FLOP/s for `mxu`, bytes per second for the others. */
  readonly rate: number;
  /** Fields of the chip that move it. */
  readonly knobs: readonly string[];
}

export interface Roofline {
  readonly points: readonly RooflinePoint[];
  readonly movers: readonly RooflineMover[];
  readonly roofs: readonly [compute: Roof, hbm: Roof, vmem: Roof];
  /** FLOP/byte at which compute and HBM take equally long. */
  readonly ridgeIntensity: number;
}

/**
 * Williams, Waterman, Patterson, "Roofline: an insightful visual performance model for multicore
 * architectures", CACM 52(4) 2009: attainable = min(peak, intensity x bandwidth). Per chip.
 */
export function rooflineOf(report: RunReport): Roofline {
  const { peakFlops, hbmBytesPerSecond, vmemBytesPerSecond } = report.roofs;
  const points: RooflinePoint[] = [];
  const movers: RooflineMover[] = [];
  report.ops.forEach(({ name, detail, repeat, alonePs, flops, hbmBytes }, op) => {
    const totalPs = alonePs * repeat;
    if (detail.kind === 'collective' || flops <= 0 || alonePs <= 0) {
      movers.push({ op, name, kind: detail.kind, totalPs });
      return;
    }
    const intensity = hbmBytes > 0 ? flops / hbmBytes : Number.POSITIVE_INFINITY;
    points.push({
      op,
      name,
      kind: detail.kind,
      intensity,
      achievedFlops: flops / secondsFromPicoseconds(alonePs),
      attainableFlops: Math.min(peakFlops, intensity * hbmBytesPerSecond),
      totalPs,
    });
  });
  movers.sort((a, b) => b.totalPs - a.totalPs);
  return {
    points,
    movers,
    roofs: [
      {
        id: 'mxu',
        name: 'MXU',
        rate: peakFlops,
        knobs: ['mxu.rows', 'mxu.columns', 'mxu.rowsPerCycle', 'mxu.perCore', 'tensorCores', 'clockHz'],
      },
      { id: 'hbm', name: 'HBM', rate: hbmBytesPerSecond, knobs: ['hbm.bytesPerSecond', 'hbm.efficiency'] },
      {
        id: 'vmem',
        name: 'VMEM',
        rate: vmemBytesPerSecond,
        knobs: ['vmem.readBytesPerCycle', 'tensorCores', 'clockHz'],
      },
    ],
    ridgeIntensity: peakFlops / hbmBytesPerSecond,
  };
}

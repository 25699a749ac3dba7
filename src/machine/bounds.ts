import type { CollectiveTask, Program, Task } from '../compiler/program.ts';
import type { LowerBound } from './report.ts';

/** Rates that a lower bound is taken at: sustained ones, and the physical peaks beside them. */
export interface BoundRates {
  readonly peakFlopsPerSecond: number;
  readonly hbmBytesPerPs: number;
  readonly hbmPeakBytesPerPs: number;
}

/**
 * No schedule of the program is faster: its FLOPs at peak, the bytes that must cross the HBM pins, and the
 * bytes that must cross the links of each set of torus axes, or the ports between slices, whichever takes
 * longest.
 */
export function lowerBoundOf(program: Program, rates: BoundRates): LowerBound {
  const tasks = program.sections.flatMap(({ tasks, repeat }) => tasks.map((task) => ({ task, repeat })));
  const total = (amount: (task: Task) => number): number =>
    tasks.reduce((sum, { task, repeat }) => sum + repeat * amount(task), 0);
  const flops = total((task) => (task.kind === 'kernel' ? task.cost.flops : 0));
  const bytes = total((task) => (task.kind === 'kernel' ? task.cost.compulsoryBytes : 0));
  const computePs = Math.floor((flops / rates.peakFlopsPerSecond) * 1e12);
  const memoryPs = Math.floor(bytes / rates.hbmBytesPerPs);
  const linksPs = linkBoundPs(tasks, (task) => task.lowerBoundPs);
  const physicalLinksPs = linkBoundPs(tasks, (task) => task.physicalLowerBoundPs);
  const dcnPs = total((task) => (task.kind === 'collective' ? (task.dcn?.portLowerBoundPs ?? 0) : 0));
  const spans = tasks.some(({ task }) => task.kind === 'collective' && task.dcn !== undefined);
  return {
    computePs,
    memoryPs,
    linksPs,
    ...(spans ? { dcnPs } : {}),
    totalPs: Math.max(computePs, memoryPs, linksPs, dcnPs),
    physicalPs: Math.max(computePs, Math.floor(bytes / rates.hbmPeakBytesPerPs), physicalLinksPs, dcnPs),
  };
}

type Weighted = readonly { readonly task: Task; readonly repeat: number }[];

const AXES = [0, 1, 2];
const AXIS_SETS = [0b001, 0b010, 0b100, 0b011, 0b101, 0b110, 0b111];

/**
 * For every set of torus axes: the link time of all collectives that must stay inside the set, spread
 * evenly over its axes. The set with the most decides.
 */
function linkBoundPs(tasks: Weighted, boundPs: (task: CollectiveTask) => number): number {
  const setOf = (axes: readonly number[]): number => axes.reduce((set, axis) => set | (1 << axis), 0);
  const sizeOf = (set: number): number => AXES.filter((axis) => (set & (1 << axis)) !== 0).length;
  const loads = tasks.flatMap(({ task, repeat }) =>
    // One over several slices may bring data past the links: its bound is that of the ports.
    task.kind === 'collective' && task.dcn === undefined
      ? [{ set: setOf(task.torusAxes), axisPs: repeat * boundPs(task) * task.torusAxes.length }]
      : [],
  );
  return Math.max(
    ...AXIS_SETS.map((set) => {
      const inside = loads.filter((load) => (load.set & ~set) === 0);
      return Math.floor(inside.reduce((sum, load) => sum + load.axisPs, 0) / sizeOf(set));
    }),
  );
}

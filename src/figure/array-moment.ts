import { checkPeCount } from '../array/config.ts';
import { type ArraySchedule, scheduleOf } from '../array/schedule.ts';
import { clamp } from '../base/integers.ts';
import { err, InputError, ok, type Result } from '../base/result.ts';
import type { IdleCause, MatmulDetail, OpReport, RunReport } from '../machine/report.ts';
import type { TimeRange } from './time-scale.ts';
import type { LaneIndex, TimelineIndex } from './timeline-index.ts';
import { type PlacedSpan, spanAt } from './timeline-lookup.ts';

/** What the matrix units do at one moment. */
export type ArrayMoment =
  | RunningMoment
  | {
      readonly kind: 'idle';
      readonly cause: IdleCause;
      /** Op waited for, if one is. */
      readonly waitsFor: number | undefined;
      readonly startPs: number;
      readonly endPs: number;
      /** The matmul that runs next, so that its array can be shown empty. */
      readonly next: number | undefined;
    }
  /** An op runs whose array or cycles are more than one can look into; one line says what was expected. */
  | { readonly kind: 'refused'; readonly op: number; readonly message: string }
  | { readonly kind: 'nothing' };

/** Folds are numbered in 32 bits in the state of the array. */
const MAX_FOLDS = 2 ** 31 - 1;

export interface RunningMoment {
  readonly kind: 'running';
  readonly op: number;
  readonly report: OpReport;
  readonly detail: MatmulDetail;
  readonly schedule: ArraySchedule;
  readonly iteration: number;
  /** Which of the op's sequences of GEMMs, and of how many. */
  readonly part: number;
  readonly parts: number;
  /** Stretches of time in which the unit runs this part of this repetition of the op, in order. */
  readonly stretches: readonly TimeRange[];
  /** Cycle of the part, in [0, schedule.cycles). */
  readonly cycle: number;
}

/**
 * The op in the matrix units at `ps` and the cycle it has reached. The timeline knows when a unit starts and
 * ends an op; between, its cycles are spread evenly over the time it is busy, which is exact where the array
 * sets the pace and a mean where something else does.
 */
export function arrayMomentAt({ report, lanes }: TimelineIndex, ps: number): ArrayMoment {
  const lane = lanes.find((each) => each.lane === 'mxu');
  const placed = lane && spanAt(lane, ps);
  if (lane === undefined || placed === undefined) return { kind: 'nothing' };
  const { span } = placed;
  if (span.kind === 'idle') {
    return {
      kind: 'idle',
      cause: span.cause,
      waitsFor: span.waitsFor,
      startPs: placed.startPs,
      endPs: placed.endPs,
      next: nextMatmul(report, lane, placed),
    };
  }
  const opReport = report.ops[span.op];
  const detail = opReport?.detail;
  if (detail?.kind !== 'matmul') return { kind: 'nothing' };

  const schedules = schedulesOfOp(detail);
  if (!schedules.ok) return { kind: 'refused', op: span.op, message: schedules.error.message };
  const parts = partsOf(schedules.value, stretchesOf(lane, placed, span.op));
  const part = Math.max(
    0,
    parts.findIndex(({ stretches }) => stretches.some(({ endPs }) => ps < endPs)),
  );
  const { schedule, stretches } = parts[part];
  return {
    kind: 'running',
    op: span.op,
    report: opReport,
    detail,
    schedule,
    iteration: placed.iteration,
    part,
    parts: parts.length,
    stretches,
    cycle: cycleAt(stretches, schedule.cycles, ps),
  };
}

/**
 * What one matrix unit runs of an op: one sequence of GEMMs, or several one after the other. Chips and
 * workloads are the user's: an array of billions of PEs has a time, but no state that could be shown.
 */
export function schedulesOfOp({ arrays }: MatmulDetail): Result<readonly ArraySchedule[]> {
  try {
    return ok(
      arrays.map(({ config, gemm, repeats }) => {
        checkPeCount(config.rows, config.columns);
        const schedule = scheduleOf(config, { ...gemm, repeats });
        if (schedule.folds > MAX_FOLDS) {
          throw new InputError(
            'array',
            `expected at most ${MAX_FOLDS} tiles to look into, found ${schedule.folds}`,
          );
        }
        return schedule;
      }),
    );
  } catch (error) {
    if (error instanceof InputError) return err(error);
    throw error;
  }
}

interface Part {
  readonly schedule: ArraySchedule;
  readonly stretches: readonly TimeRange[];
}

/** Divides the busy time of an op among its sequences, by their cycles. */
function partsOf(schedules: readonly ArraySchedule[], stretches: readonly TimeRange[]): readonly Part[] {
  const total = schedules.reduce((sum, { cycles }) => sum + cycles, 0);
  const whole = busyPs(stretches);
  let cyclesBefore = 0;
  return schedules.map((schedule) => {
    const from = Math.round((whole * cyclesBefore) / total);
    cyclesBefore += schedule.cycles;
    return { schedule, stretches: cutStretches(stretches, from, Math.round((whole * cyclesBefore) / total)) };
  });
}

/** The part of `stretches` from `fromPs` to `toPs` of their summed length. */
function cutStretches(stretches: readonly TimeRange[], fromPs: number, toPs: number): readonly TimeRange[] {
  let before = 0;
  return stretches.flatMap(({ startPs, endPs }) => {
    const start = startPs + clamp(fromPs - before, 0, endPs - startPs);
    const end = startPs + clamp(toPs - before, 0, endPs - startPs);
    before += endPs - startPs;
    return end > start ? [{ startPs: start, endPs: end }] : [];
  });
}

/** The first moment at which the cursor is in a cycle of the op that runs; one beyond it means its end. */
export function psOfCycle({ stretches, schedule }: RunningMoment, wanted: number): number {
  const cycle = clamp(wanted, 0, schedule.cycles - 1);
  let before = Math.ceil((cycle / schedule.cycles) * busyPs(stretches));
  for (const { startPs, endPs } of stretches) {
    if (before < endPs - startPs) {
      // The division may round down into the cycle before.
      const ps = startPs + before;
      return cycleAt(stretches, schedule.cycles, ps) < cycle ? ps + 1 : ps;
    }
    before -= endPs - startPs;
  }
  return stretches[stretches.length - 1].endPs - 1;
}

function cycleAt(stretches: readonly TimeRange[], cycles: number, ps: number): number {
  let before = 0;
  for (const { startPs, endPs } of stretches) before += clamp(ps, startPs, endPs) - startPs;
  return clamp(Math.floor((before / busyPs(stretches)) * cycles), 0, cycles - 1);
}

function busyPs(stretches: readonly TimeRange[]): number {
  return stretches.reduce((total, { startPs, endPs }) => total + endPs - startPs, 0);
}

/** All busy spans of this repetition of the op: a unit may pause within one. */
function stretchesOf(lane: LaneIndex, placed: PlacedSpan, op: number): readonly TimeRange[] {
  const isSame = (other: PlacedSpan): boolean =>
    other.span.kind === 'busy' && other.span.op === op && other.iteration === placed.iteration;
  const stretches: PlacedSpan[] = [placed];
  for (let at = before(lane, placed); at !== undefined; at = before(lane, at)) {
    if (isSame(at)) stretches.unshift(at);
    else if (at.span.kind === 'busy') break;
  }
  for (let at = after(lane, placed); at !== undefined; at = after(lane, at)) {
    if (isSame(at)) stretches.push(at);
    else if (at.span.kind === 'busy') break;
  }
  return stretches.map(({ startPs, endPs }) => ({ startPs, endPs }));
}

function nextMatmul(report: RunReport, lane: LaneIndex, from: PlacedSpan): number | undefined {
  for (let at = after(lane, from); at !== undefined; at = after(lane, at)) {
    if (at.span.kind === 'busy' && report.ops[at.span.op]?.detail.kind === 'matmul') return at.span.op;
  }
  return undefined;
}

function before(lane: LaneIndex, { startPs }: PlacedSpan): PlacedSpan | undefined {
  return spanAt(lane, startPs - 1);
}

function after(lane: LaneIndex, { startPs, endPs }: PlacedSpan): PlacedSpan | undefined {
  return endPs > startPs ? spanAt(lane, endPs) : undefined;
}

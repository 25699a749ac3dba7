import { assert } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import { type ArrayConfig, checkPeCount, type GemmSequence, loadCyclesOf, repeatsOf } from './config.ts';
import type { Operands, PeArithmetic } from './operands.ts';
import { createSequencer, type Sequencer } from './sequencer.ts';
import {
  type ColumnHead,
  createPe,
  type Pe,
  type Sum,
  stepOutputStationaryPe,
  stepStationaryPe,
  type Wires,
} from './stepper-pe.ts';

/**
 * Register-transfer reference: steps the array one cycle at a time. It knows no closed form; every register
 * takes what its neighbour's register or an edge offers, and the edges are fed by a sequencer that only
 * counts. Slow and obvious on purpose: the closed-form state and the fast stepper are tested against it.
 */
export interface ArrayStepper {
  /** Cycles stepped so far. */
  readonly cycle: number;
  /** True once the last result has left the array. */
  readonly done: boolean;
  /** Registers after the last clock edge, [rows][columns]. */
  readonly pes: readonly (readonly Pe[])[];
  /** C [repeats, m, n] as far as it has been collected below the array. */
  readonly results: Float64Array;
  step(): void;
}

export function createStepper(
  config: ArrayConfig,
  gemm: GemmSequence,
  operands: Operands,
  arithmetic: PeArithmetic,
): ArrayStepper {
  checkPeCount(config.rows, config.columns);
  return new SteppedArray(config, gemm, createSequencer(config, gemm, operands), arithmetic);
}

class SteppedArray implements ArrayStepper {
  cycle = 0;
  done = false;
  pes: Pe[][];
  readonly results: Float64Array;
  private readonly written: Uint8Array;
  private readonly leftSkew: DelayLine<Wires['operand']>[];
  /** Rows from one point where weights enter to the next. */
  private readonly entryPitch: number;
  /** By point of entry and column. */
  private readonly headSkew: DelayLine<ColumnHead>[][];

  constructor(
    private readonly config: ArrayConfig,
    private readonly gemm: GemmSequence,
    private readonly sequencer: Sequencer,
    private readonly arithmetic: PeArithmetic,
  ) {
    const { rows, columns, rowsPerCycle, dataflow } = config;
    this.pes = Array.from({ length: rows }, () =>
      Array.from({ length: columns }, () => createPe(rowsPerCycle)),
    );
    const results = repeatsOf(gemm) * gemm.m * gemm.n;
    this.results = new Float64Array(results);
    this.written = new Uint8Array(results);
    // Edge skew in hardware is a triangle of registers: row r and column c are fed that much later.
    this.leftSkew = Array.from({ length: rows }, (_, row) => new DelayLine<Wires['operand']>(row, undefined));
    this.entryPitch = dataflow === 'os' ? rows : loadCyclesOf(config);
    this.headSkew = Array.from({ length: ceilDiv(rows, this.entryPitch) }, (_, entry) =>
      Array.from(
        { length: columns },
        (_, column) => new DelayLine<ColumnHead>(entry * this.entryPitch + column, {}),
      ),
    );
  }

  step(): void {
    const { rows, columns, dataflow } = this.config;
    const fed = this.sequencer.next();
    const left = this.leftSkew.map((line, row) => line.shift(fed.left?.[row]));
    const heads = this.headSkew.map((lines, entry) =>
      lines.map((line, column) => line.shift(fed.heads?.[entry]?.[column] ?? {})),
    );
    const now = this.pes;
    const stepPe = dataflow === 'os' ? stepOutputStationaryPe : stepStationaryPe;
    this.pes = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => {
        const wires: Wires = {
          operand: column === 0 ? left[row] : now[row][column - 1].operand,
          above: row === 0 ? undefined : now[row - 1][column],
          head: row % this.entryPitch === 0 ? heads[row / this.entryPitch][column] : undefined,
          drain: now[rows - 1][column].finished,
        };
        return stepPe(this.config, row, now[row][column], wires, this.arithmetic);
      }),
    );
    if (dataflow === 'os') this.collectShiftedOut(now);
    else this.collectSums();
    this.cycle += 1;
  }

  /** `ws`, `is`: the bottom PEs have just registered finished sums of this pass; accumulators add the passes. */
  private collectSums(): void {
    const bottom = this.pes[this.config.rows - 1];
    for (const pe of bottom) {
      for (const sum of pe.sums) {
        if (sum === undefined) continue;
        const at = this.placeOf(sum);
        this.results[at] = this.written[at] ? this.arithmetic.add(this.results[at], sum.value) : sum.value;
        this.written[at] = 1;
      }
    }
    const last = bottom[this.config.columns - 1].operand;
    this.done = last?.last === true && last.fold === this.sequencer.folds - 1;
  }

  /** Index of a sum's element in `results`. */
  private placeOf({ repeat, row, column }: Sum): number {
    return (repeat * this.gemm.m + row) * this.gemm.n + column;
  }

  /** `os`: what the bottom PEs held before the edge has been shifted out. */
  private collectShiftedOut(before: readonly (readonly Pe[])[]): void {
    const { rows, columns, doubleBuffered } = this.config;
    for (let column = 0; column < columns; column++) {
      const from = before[rows - 1][column];
      const to = this.pes[rows - 1][column];
      if (!to.shifting) continue;
      for (const sum of doubleBuffered ? from.shadowSums : from.sums) {
        if (sum === undefined) continue;
        assert(sum.depth === this.gemm.k, 'only finished sums leave');
        const at = this.placeOf(sum);
        assert(this.written[at] === 0, 'a sum leaves once');
        this.results[at] = sum.value;
        this.written[at] = 1;
      }
      if (column === columns - 1) {
        this.done = to.drainsLeft === 0 && to.drained === this.sequencer.folds;
      }
    }
  }
}

/** `delay` registers in a row. */
class DelayLine<T> {
  private readonly held: T[];

  constructor(delay: number, empty: T) {
    this.held = Array.from({ length: delay }, () => empty);
  }

  /** What went in `delay` cycles ago, while `item` goes in. */
  shift(item: T): T {
    this.held.push(item);
    return this.held.shift() as T;
  }
}

import { assert } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import { type ArrayConfig, checkPeCount, type GemmSequence } from './config.ts';
import type { FastBlock, FastOperands } from './fast-block.ts';
import {
  FLOAT_KERNELS,
  INTEGER_KERNELS,
  type Kernels,
  NORMAL_FLOAT_KERNELS,
  SPAN_CYCLES,
  type Sums,
} from './fast-kernels.ts';
import { createOutputStationaryBlock } from './fast-output-stationary.ts';
import { createStationaryBlock } from './fast-stationary.ts';
import { inVectors } from './fast-vector-kernels.ts';
import { type ArraySchedule, scheduleOf } from './schedule.ts';
import { arrayStateAt } from './state.ts';
import type { ArrayValues } from './values.ts';

/**
 * Steps an array many cycles at a time. Nothing in a systolic array feeds back, so a PE can run a whole span
 * of cycles before its neighbours do, as long as what it hands over is kept as a stream: operand registers
 * only delay and become offsets into the streams, and one PE's cycles become one loop over typed arrays.
 */
export interface FastStepper {
  /** Cycles stepped so far. */
  readonly cycle: number;
  readonly done: boolean;
  /** C [repeats, m, n] as far as it has left the PEs. */
  readonly results: Sums;
  /** Runs `cycles` more cycles, or to the end of the operation if that comes first. */
  advance(cycles: number): void;
  /** Registers of one lane after the last cycle stepped; at least one. */
  values(lane?: number): ArrayValues;
}

export function createFastStepper(
  config: ArrayConfig,
  gemm: GemmSequence,
  operands: FastOperands,
): FastStepper {
  const schedule = scheduleOf(config, gemm);
  checkPeCount(config.rows, config.columns);
  const kernels = kernelsFor(operands, streamBytes(config));
  const { repeats } = schedule;
  checkLength('a', operands.a.length, repeats * gemm.m * gemm.k);
  checkLength('b', operands.b.length, repeats * gemm.k * gemm.n);
  const results = kernels.results(repeats * gemm.m * gemm.n);
  const createBlock = config.dataflow === 'os' ? createOutputStationaryBlock : createStationaryBlock;
  const block = createBlock(schedule, operands, kernels, results);
  let cycle = 0;
  return {
    get cycle() {
      return cycle;
    },
    get done() {
      return cycle === schedule.cycles;
    },
    results,
    advance: (cycles) => {
      const end = Math.min(cycle + cycles, schedule.cycles);
      while (cycle < end) {
        const span = Math.min(end - cycle, block.maxSpanCycles);
        block.run(cycle, span);
        cycle += span;
      }
    },
    values: (lane = 0) => registersOf(schedule, cycle, lane, block, operands, results),
  };
}

/** Sums that still form come from the block; whatever only moves, by its name from where it came from. */
function registersOf(
  schedule: ArraySchedule,
  cycle: number,
  lane: number,
  block: FastBlock,
  operands: FastOperands,
  results: Sums,
): ArrayValues {
  assert(cycle > 0, 'at least one cycle has been stepped');
  const { config, gemm } = schedule;
  const state = arrayStateAt(config, gemm, cycle - 1);
  const outputStationary = config.dataflow === 'os';
  const size = config.rows * config.columns;
  const values = {
    operand: new Float64Array(size),
    weight: new Float64Array(size),
    shadow: new Float64Array(size),
    sum: new Float64Array(size),
  };
  const weights = config.dataflow === 'is' ? operands.a : operands.b;
  const [weightRows, weightColumns] = config.dataflow === 'is' ? [gemm.m, gemm.k] : [gemm.k, gemm.n];
  const weight = (repeat: number, row: number, column: number): number =>
    row >= 0 ? weights[(repeat * weightRows + row) * weightColumns + column] : 0;
  const result = (repeat: number, row: number, column: number): number =>
    row >= 0 && row + lane < gemm.m ? results[(repeat * gemm.m + row + lane) * gemm.n + column] : 0;
  for (let index = 0; index < size; index++) {
    const row = Math.floor(index / config.columns);
    const column = index - row * config.columns;
    const shadowRepeat = state.shadowRepeat[index];
    const shadowRow = state.shadowRow[index];
    const shadowColumn = state.shadowColumn[index];
    values.operand[index] = block.operand(row, column, lane);
    values.weight[index] = weight(
      state.weightRepeat[index],
      state.weightRow[index],
      state.weightColumn[index],
    );
    if (outputStationary) {
      const sumRow = state.sumRow[index];
      const forming = sumRow >= 0 && sumRow + lane < gemm.m && state.sumDepth[index] < gemm.k;
      values.sum[index] = forming
        ? block.sum(row, column, lane)
        : result(state.sumRepeat[index], sumRow, state.sumColumn[index]);
      values.shadow[index] = result(shadowRepeat, shadowRow, shadowColumn);
    } else {
      values.sum[index] = block.sum(row, column, lane);
      values.shadow[index] = weight(shadowRepeat, shadowRow, shadowColumn);
    }
  }
  return values;
}

/** At least the memory of all streams and sums of a block. */
function streamBytes({ rows, columns, rowsPerCycle }: ArrayConfig): number {
  const words = rows * (columns + SPAN_CYCLES) + columns * (rows + SPAN_CYCLES) + rows * columns;
  const slack = 8 * (rows + columns + 1);
  return 4 * (rowsPerCycle + 1) * (words + slack);
}

function kernelsFor({ a, b }: FastOperands, bytes: number): Kernels {
  if (a instanceof Int8Array) return inVectors(INTEGER_KERNELS, 'integer', bytes);
  return NORMAL_FLOAT_KERNELS.arithmetic.quickIsExact(smallestMagnitude(a), smallestMagnitude(b))
    ? inVectors(NORMAL_FLOAT_KERNELS, 'float', bytes)
    : inVectors(FLOAT_KERNELS, 'flushing', bytes);
}

function smallestMagnitude(values: ArrayLike<number>): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < values.length; index++) {
    const magnitude = Math.abs(values[index]);
    if (magnitude > 0 && magnitude < smallest) smallest = magnitude;
  }
  return smallest;
}

function checkLength(place: string, found: number, expected: number): void {
  if (found !== expected) throw new InputError(place, `expected ${expected} elements, found ${found}`);
}

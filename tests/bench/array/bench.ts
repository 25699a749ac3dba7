import { execFileSync } from 'node:child_process';
import { arch, cpus } from 'node:os';
import { type ArrayConfig, DATAFLOWS, type GemmShape } from '../../../src/array/config.ts';
import type { FastOperands } from '../../../src/array/fast-block.ts';
import { createFastStepper } from '../../../src/array/fast-stepper.ts';
import { FLOAT_ARITHMETIC, operandSource } from '../../../src/array/operands.ts';
import { scheduleOf } from '../../../src/array/schedule.ts';
import { arrayStateAt } from '../../../src/array/state.ts';
import { createArrayState } from '../../../src/array/state-grids.ts';
import { arrayTiming } from '../../../src/array/timing.ts';
import { arrayValues } from '../../../src/array/values.ts';
import { assert } from '../../../src/base/assert.ts';
import { createRandom } from '../../../src/base/random.ts';
import { RESNET50_LAYERS } from './resnet50-layers.ts';
import { verilatedArray } from './verilate.ts';

/**
 * The array model's speed, against its bars:
 * - state of a 256x256 array at random cycles of a 4096^3 product, names and values, under 50 ms. Nothing is kept
 *   from one cycle to the next but the grids' memory and compiled code, which the first two rounds are for;
 * - closed form of all layers of ResNet-50 on 5 arrays and 3 dataflows under 50 ms;
 * - fast stepper at least 3x a Verilator build of the same array, the same product, in turns, CPU time. Sizes
 *   16, 32 and 64, or the one in SYSTOLE_BENCH_SIZE.
 */
console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, ${arch()}, Node ${process.version}`);
benchState();
benchClosedForm();
benchSteppers();

function benchState(): void {
  const gemm = { m: 4096, k: 4096, n: 4096 };
  const random = createRandom(1);
  const values = (length: number): Float32Array =>
    Float32Array.from({ length }, () => (random.nextBelow(511) - 255) / 256);
  const source = operandSource(gemm, { a: values(gemm.m * gemm.k), b: values(gemm.k * gemm.n) });
  for (const dataflow of DATAFLOWS) {
    const config = { rows: 256, columns: 256, dataflow, doubleBuffered: true, rowsPerCycle: 1 };
    const { cycles } = scheduleOf(config, gemm);
    const grids = createArrayState(config.rows, config.columns);
    const names: number[] = [];
    const both: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round < 22; round++) {
      const cycle = random.nextBelow(cycles);
      const start = performance.now();
      const before = process.cpuUsage();
      arrayStateAt(config, gemm, cycle, grids);
      names.push(performance.now() - start);
      arrayValues(config, gemm, grids, source, FLOAT_ARITHMETIC);
      both.push(performance.now() - start);
      const { user, system } = process.cpuUsage(before);
      cpu.push((user + system) / 1000);
    }
    const [nameMs, bothMs, cpuMs] = [names, both, cpu].map((times) => spread(times.slice(2), ' ms'));
    const what = `state of 256x256, 4096^3 ${dataflow}`;
    console.log(`${what}: names ${nameMs}; with values ${bothMs}; of CPU time ${cpuMs}`);
  }
}

function benchClosedForm(): void {
  const times: number[] = [];
  for (let round = 0; round < 12; round++) {
    const start = performance.now();
    let cycles = 0;
    for (const gemm of RESNET50_LAYERS) {
      for (const size of [16, 32, 64, 128, 256]) {
        for (const dataflow of DATAFLOWS) {
          const config = { rows: size, columns: size, dataflow, doubleBuffered: true, rowsPerCycle: 1 };
          cycles += arrayTiming(config, gemm).cycles;
        }
      }
    }
    assert(cycles > 0, 'the loop did something');
    times.push(performance.now() - start);
  }
  const points = RESNET50_LAYERS.length * 15;
  console.log(
    `closed form, ResNet-50: ${points} timings in ${spread(times, ' ms')}, first ${times[0].toFixed(2)} ms`,
  );
}

function benchSteppers(): void {
  const chosen = process.env.SYSTOLE_BENCH_SIZE;
  const runs = (chosen === undefined ? [16, 32, 64] : [Number(chosen)]).map(stepperRun);
  // All sizes and both programs in turns: what disturbs one disturbs the others.
  for (let round = 0; round < 9; round++) for (const run of runs) stepOnce(run);
  for (const { size, gemm, cycles, systole, verilator } of runs) {
    const rate = (seconds: readonly number[]): number => (cycles * size * size) / median(seconds) / 1e6;
    const own = rate(systole.slice(2));
    const what = `${size}x${size} int8 ws, ${nameOf(gemm)}, ${cycles} cycles`;
    const ours = `fast stepper, ${what}: ${own.toFixed(0)} M PE updates a CPU second`;
    if (verilator.length === 0) {
      console.log(`${ours}; Verilator is not installed: no comparison`);
      continue;
    }
    const theirs = rate(verilator.slice(2));
    console.log(`${ours}, Verilator ${theirs.toFixed(0)} M: ${(own / theirs).toFixed(1)}x`);
  }
}

interface StepperRun {
  readonly size: number;
  readonly gemm: GemmShape;
  readonly config: ArrayConfig;
  readonly cycles: number;
  readonly operands: FastOperands;
  /** The Verilator build, where there is Verilator. */
  readonly program: string | undefined;
  /** CPU seconds of each round. */
  readonly systole: number[];
  readonly verilator: number[];
}

function stepperRun(size: number): StepperRun {
  // Smaller arrays step through more tiles: the same number of PE updates, about 34 million, up to 64x64.
  const gemm = { m: 1024, k: 8 * size, n: Math.max(Math.floor(4096 / size), size) };
  const config = {
    rows: size,
    columns: size,
    dataflow: 'ws',
    doubleBuffered: true,
    rowsPerCycle: 1,
  } as const;
  const { cycles } = scheduleOf(config, gemm);
  const operands = { a: int8s(gemm.m * gemm.k, 1), b: int8s(gemm.k * gemm.n, 2) };
  const program = verilatedArray(size, gemm);
  return { size, gemm, config, cycles, operands, program, systole: [], verilator: [] };
}

function stepOnce({ gemm, config, cycles, operands, program, systole, verilator }: StepperRun): void {
  const fast = createFastStepper(config, gemm, operands);
  const before = process.cpuUsage();
  fast.advance(cycles);
  const { user, system } = process.cpuUsage(before);
  systole.push((user + system) / 1e6);
  if (program === undefined) return;
  const run = runVerilated(program, cycles);
  const checksum = (fast.results as Int32Array).reduce((total, value) => (total + value) | 0, 0) >>> 0;
  assert(run.checksum === checksum, 'both computed the same product');
  verilator.push(run.cpuSeconds);
}

function runVerilated(program: string, cycles: number): { checksum: number; cpuSeconds: number } {
  const line = execFileSync(program, [String(cycles), '1'], { encoding: 'utf8' });
  return JSON.parse(line) as { checksum: number; cpuSeconds: number };
}

/** The operands that bench-main.cpp makes for itself. */
function int8s(length: number, seed: number): Int8Array {
  let state = seed;
  return Int8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

function nameOf({ m, k, n }: GemmShape): string {
  return `${m}x${k}x${n}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)];
}

function spread(values: readonly number[], unit: string): string {
  return `median ${median(values).toFixed(2)}${unit}, worst ${Math.max(...values).toFixed(2)}${unit}`;
}

import { sum } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { type ArrayConfig, checkPeCount, type GemmSequence } from './config.ts';
import type { OperandSource } from './operands.ts';
import { type ArraySchedule, type Fold, foldOf, scheduleOf, tileOfFold } from './schedule.ts';

/** What a whole operation does to the PEs' circuits, from its real values. */
export interface Switching {
  /**
   * [rows]: bits of the operand registers (all lanes) that change until the last wave has come; the same in
   * every column, for operands only pass through. Registers begin at 0 and hold 0 where no operand is.
   */
  readonly operandToggles: Float64Array;
  /** [rows, columns]: real products. */
  readonly products: Float64Array;
  /** [rows, columns]: products of which a factor is zero, so that a PE may gate its multiplier. */
  readonly gatedProducts: Float64Array;
}

/** About a minute. */
const MAX_STEPS = 2 ** 32;
/** Looks at elements between two signs of life: about a millisecond. */
const STEPS_A_PIECE = 2 ** 16;

/**
 * Toggles and zero operands of `gemm` on `config`. Each element of A and B is looked at a few times; `os`
 * besides compares rows of A with columns of B, 32 products a step. Throws `InputError`, also for an operation
 * that would take more than about a minute.
 *
 * @param bitsOf the bits that a register holds for a value, at most 32
 */
export function switchingOf(
  config: ArrayConfig,
  gemm: GemmSequence,
  source: OperandSource,
  bitsOf: (value: number) => number,
): Switching {
  const pieces = switchingInPieces(config, gemm, source, bitsOf);
  let piece = pieces.next();
  while (!piece.done) piece = pieces.next();
  return piece.value;
}

/** The same in pieces of milliseconds, for callers who show progress and may give up: yields the fraction done. */
export function* switchingInPieces(
  config: ArrayConfig,
  gemm: GemmSequence,
  source: OperandSource,
  bitsOf: (value: number) => number,
): Generator<number, Switching> {
  const schedule = scheduleOf(config, gemm);
  checkPeCount(config.rows, config.columns);
  const work = stepsOf(schedule);
  if (work > MAX_STEPS) {
    throw new InputError(
      'gemm',
      `expected an operation of at most ${MAX_STEPS} steps to look into, found about ${Math.round(work)}`,
    );
  }
  const size = config.rows * config.columns;
  const counts = { products: new Float64Array(size), gatedProducts: new Float64Array(size) };
  const count = config.dataflow === 'os' ? countOutputStationary : countStationary;
  let done = 0;
  let nextSign = STEPS_A_PIECE;
  function* told<T>(parts: Generator<number, T>): Generator<number, T> {
    let part = parts.next();
    while (!part.done) {
      done += part.value;
      if (done >= nextSign) {
        nextSign = done + STEPS_A_PIECE;
        yield Math.min(1, done / work);
      }
      part = parts.next();
    }
    return part.value;
  }
  for (let repeat = 0; repeat < schedule.repeats; repeat++) {
    yield* told(count(schedule, source, repeat, counts));
  }
  return { operandToggles: yield* told(operandToggles(schedule, source, bitsOf)), ...counts };
}

/** Elements and words looked at. */
function stepsOf({ config, gemm, repeats, folds }: ArraySchedule): number {
  const { m, k, n } = gemm;
  const streamed = config.dataflow === 'is' ? k * n : m * k;
  const products = config.dataflow === 'os' ? m * Math.ceil(k / 32) * n : 0;
  return repeats * (streamed + m * k + k * n + products) + folds * config.rows;
}

type ProductCounts = Pick<Switching, 'products' | 'gatedProducts'>;

/** Operand of lane `lane` in wave `wave` at row `row` of a fold; 0 beyond the edges. */
function operandAt(
  { config, gemm }: ArraySchedule,
  source: OperandSource,
  { m: { start: firstM }, k: { start: firstK }, repeat }: Fold,
  row: number,
  wave: number,
  lane: number,
): number {
  const lanes = config.rowsPerCycle;
  if (config.dataflow === 'os') {
    const m = firstM + row * lanes + lane;
    return m < gemm.m ? source.a(m, wave, repeat) : 0;
  }
  const k = firstK + row;
  const vector = wave * lanes + lane;
  if (k >= gemm.k || vector >= (config.dataflow === 'is' ? gemm.n : gemm.m)) return 0;
  return config.dataflow === 'is' ? source.b(k, vector, repeat) : source.a(vector, k, repeat);
}

/** Yields the steps it has taken since it last did, as do the counts of products. */
function* operandToggles(
  schedule: ArraySchedule,
  source: OperandSource,
  bitsOf: (value: number) => number,
): Generator<number, Float64Array> {
  const { config, folds, waves, intervalCycles } = schedule;
  const toggles = new Float64Array(config.rows);
  const zero = bitsOf(0);
  for (let row = 0; row < config.rows; row++) {
    for (let lane = 0; lane < config.rowsPerCycle; lane++) {
      const streams = new Map<number, StreamBits>();
      let held = zero;
      for (let index = 0; index < folds; index++) {
        const { repeat, down } = tileOfFold(schedule, index);
        const key = repeat * schedule.tilesDown + down;
        let stream = streams.get(key);
        if (stream === undefined) {
          const fold = foldOf(schedule, index);
          stream = streamBits(waves, (wave) => bitsOf(operandAt(schedule, source, fold, row, wave, lane)));
          streams.set(key, stream);
          yield waves;
        }
        toggles[row] += bitCount(held ^ stream.first) + stream.toggles;
        held = stream.last;
        // Bubbles between folds bring the registers back to 0.
        if (intervalCycles > waves && index < folds - 1) {
          toggles[row] += bitCount(held ^ zero);
          held = zero;
        }
      }
      yield folds;
    }
  }
  return toggles;
}

/** What one row's register sees in a fold: the same in all folds of one tile down, whatever their tile across. */
interface StreamBits {
  readonly first: number;
  readonly last: number;
  /** Bits that change from one wave to the next. */
  readonly toggles: number;
}

function streamBits(waves: number, bitsAt: (wave: number) => number): StreamBits {
  const first = bitsAt(0);
  let last = first;
  let toggles = 0;
  for (let wave = 1; wave < waves; wave++) {
    const next = bitsAt(wave);
    toggles += bitCount(last ^ next);
    last = next;
  }
  return { first, last, toggles };
}

/** A weight that is zero gates all its products, another one those of the streamed zeros. */
function* countStationary(
  schedule: ArraySchedule,
  source: OperandSource,
  repeat: number,
  counts: ProductCounts,
): Generator<number, void> {
  const { config, gemm } = schedule;
  const inputStationary = config.dataflow === 'is';
  const vectors = inputStationary ? gemm.n : gemm.m;
  const width = inputStationary ? gemm.m : gemm.n;
  for (let k = 0; k < gemm.k; k++) {
    let zeros = 0;
    for (let vector = 0; vector < vectors; vector++) {
      if ((inputStationary ? source.b(k, vector, repeat) : source.a(vector, k, repeat)) === 0) zeros += 1;
    }
    const row = k % config.rows;
    for (let x = 0; x < width; x++) {
      const at = row * config.columns + (x % config.columns);
      const weight = inputStationary ? source.a(x, k, repeat) : source.b(k, x, repeat);
      counts.products[at] += vectors;
      counts.gatedProducts[at] += weight === 0 ? vectors : zeros;
    }
    yield vectors + width;
  }
}

/** Products gated in a PE: steps k at which A's row or B's column has a zero. */
function* countOutputStationary(
  schedule: ArraySchedule,
  source: OperandSource,
  repeat: number,
  counts: ProductCounts,
): Generator<number, void> {
  const { config, gemm } = schedule;
  const zerosOfA: Uint32Array[] = [];
  for (let m = 0; m < gemm.m; m++) {
    zerosOfA.push(zeroBits(gemm.k, (k) => source.a(m, k, repeat)));
    yield gemm.k;
  }
  const zerosOfB: Uint32Array[] = [];
  for (let n = 0; n < gemm.n; n++) {
    zerosOfB.push(zeroBits(gemm.k, (k) => source.b(k, n, repeat)));
    yield gemm.k;
  }
  for (let m = 0; m < gemm.m; m++) {
    const row = Math.floor(m / config.rowsPerCycle) % config.rows;
    for (let n = 0; n < gemm.n; n++) {
      const at = row * config.columns + (n % config.columns);
      const [a, b] = [zerosOfA[m], zerosOfB[n]];
      counts.products[at] += gemm.k;
      for (let word = 0; word < a.length; word++) counts.gatedProducts[at] += bitCount(a[word] | b[word]);
    }
    yield gemm.n * Math.ceil(gemm.k / 32);
  }
}

function zeroBits(length: number, at: (k: number) => number): Uint32Array {
  const bits = new Uint32Array(Math.ceil(length / 32));
  for (let k = 0; k < length; k++) if (at(k) === 0) bits[k >>> 5] |= 1 << (k & 31);
  return bits;
}

/** Ones in a 32-bit word (Warren, "Hacker's Delight", section 5-1). */
export function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Share of the products of which a factor is zero. */
export function gatedFraction({ products, gatedProducts }: Switching): number {
  return sum([...gatedProducts]) / sum([...products]);
}

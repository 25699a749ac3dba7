import { float32FromBits } from '../numerics/float32.ts';
import type { GemmShape } from './config.ts';
import type { OperandSource } from './operands.ts';

/** Rows of A or columns of B of one GEMM, to be read along k. */
export interface Lines {
  at(line: number, k: number): number;
  /** Element k of a line is values[origin + line * lineStride + k * kStride]. */
  readonly stored?: {
    readonly values: ArrayLike<number>;
    readonly origin: number;
    readonly lineStride: number;
    readonly kStride: number;
  };
}

export function rowsOfA({ m, k }: GemmShape, source: OperandSource, repeat: number): Lines {
  const values = source.stored?.a;
  return {
    at: (line, index) => source.a(line, index, repeat),
    ...(values && { stored: { values, origin: repeat * m * k, lineStride: k, kStride: 1 } }),
  };
}

export function columnsOfB({ k, n }: GemmShape, source: OperandSource, repeat: number): Lines {
  const values = source.stored?.b;
  return {
    at: (line, index) => source.b(index, line, repeat),
    ...(values && { stored: { values, origin: repeat * k * n, lineStride: 1, kStride: n } }),
  };
}

/** Up to `width` lines from `first` on, side by side as a register tile takes them; missing ones are zero. */
export interface Panel {
  readonly width: number;
  readonly first: number;
  readonly lines: number;
}

/** What the elements packed so far are, which decides how they may be multiplied. */
export interface PackedRange {
  /** Every element is exactly what the kernels take: a bf16 number, or a 16-bit integer. */
  suits: boolean;
  /** Smallest magnitude of a nonzero element. */
  smallest: number;
}

/** Views of the memory that the kernels work in. */
export interface PackedWords {
  readonly floats: Float32Array;
  readonly integers: Int32Array;
}

const MAGNITUDE = 0x7fffffff;
/** Fraction bits of fp32 that bf16 does not have. */
const BELOW_BF16 = 0xffff;

/** Packs elements [firstK, endK) of each line as `[k][width]` fp32 words from `target` on. */
export function packFloats(
  lines: Lines,
  panel: Panel,
  firstK: number,
  endK: number,
  { floats, integers }: PackedWords,
  target: number,
  range: PackedRange,
): void {
  const copy = lines.stored ? copyStored : copyElements;
  const areExact = copy(lines, panel, firstK, endK, floats, target);
  const end = target + (endK - firstK) * panel.width;
  let anyBits = 0;
  let smallest = MAGNITUDE;
  for (let at = target; at < end; at++) {
    const bits = integers[at];
    const magnitude = bits & MAGNITUDE;
    anyBits |= bits;
    if (magnitude < smallest && magnitude !== 0) smallest = magnitude;
  }
  // The payload of a NaN may look like more digits too: its block then takes the slow path.
  if (!areExact || (anyBits & BELOW_BF16) !== 0) range.suits = false;
  if (smallest < MAGNITUDE) range.smallest = Math.min(range.smallest, float32FromBits(smallest));
}

/** Packs elements [firstK, endK) of each line as `[pair of k][width]` words of two int16 from `target` on. */
export function packPairs(
  lines: Lines,
  { width, first, lines: count }: Panel,
  firstK: number,
  endK: number,
  { integers }: PackedWords,
  target: number,
  range: PackedRange,
): void {
  let isOutside = false;
  for (let k = firstK; k < endK; k += 2) {
    for (let x = 0; x < count; x++) {
      const low = lines.at(first + x, k);
      const high = k + 1 < endK ? lines.at(first + x, k + 1) : 0;
      if ((low << 16) >> 16 !== low || (high << 16) >> 16 !== high) isOutside = true;
      integers[target + x] = (low & 0xffff) | (high << 16);
    }
    for (let x = count; x < width; x++) integers[target + x] = 0;
    target += width;
  }
  if (isOutside) range.suits = false;
}

/** True if every element is an fp32 number. */
function copyElements(
  { at }: Lines,
  { width, first, lines }: Panel,
  firstK: number,
  endK: number,
  floats: Float32Array,
  target: number,
): boolean {
  let isRounded = false;
  for (let k = firstK; k < endK; k++) {
    for (let x = 0; x < lines; x++) {
      const value = at(first + x, k);
      floats[target + x] = value;
      if (Math.fround(value) !== value && !Number.isNaN(value)) isRounded = true;
    }
    for (let x = lines; x < width; x++) floats[target + x] = 0;
    target += width;
  }
  return !isRounded;
}

function copyStored(
  { stored }: Lines,
  { width, first, lines }: Panel,
  firstK: number,
  endK: number,
  floats: Float32Array,
  target: number,
): boolean {
  if (stored === undefined) return false;
  const { values, origin, lineStride, kStride } = stored;
  let isRounded = false;
  let source = origin + first * lineStride + firstK * kStride;
  for (let k = firstK; k < endK; k++) {
    for (let x = 0; x < lines; x++) {
      const value = values[source + x * lineStride];
      floats[target + x] = value;
      if (Math.fround(value) !== value && !Number.isNaN(value)) isRounded = true;
    }
    for (let x = lines; x < width; x++) floats[target + x] = 0;
    target += width;
    source += kStride;
  }
  return !isRounded;
}

import { InputError } from '../base/result.ts';
import { DTYPE_TRAITS, type MatmulDtype } from './dtypes.ts';

/**
 * How products become a sum. What real chips do is not public in full; these are documented models to
 * choose from and to compare. A pass is `passRows` consecutive k: what one load of the array covers. Where
 * not said otherwise the passes are added in fp32 in order of k, rounding to nearest even.
 *
 * - `sequential`: one fp32 accumulator runs down the column, k by k (TPU v2 and v3: Norrie and Patil, Hot
 *   Chips 2020).
 * - `groups-of-four`: four products are summed exactly and rounded once, then added to the partial sum
 *   (after Jouppi et al., "Ten lessons from three generations", ISCA 2021, on TPU v4i).
 * - `pairwise-tree`: neighbours are added, then neighbouring sums, over the whole of k; no passes.
 * - `one-chain`: as sequential, over the whole of k; no passes.
 * - `narrow`: as sequential with an accumulator of that format (fp16 without subnormals) inside a pass.
 * - `aligned`: an accumulator of `bits` significant bits inside a pass. It and `group` products are aligned
 *   to the largest exponent among them, cut there towards zero, added as integers and cut to `bits` again.
 * - `int32`: integers, wrapping; the only one for int8 and int4, and only for them.
 */
export type Accumulation =
  | { readonly kind: 'sequential' }
  | { readonly kind: 'groups-of-four' }
  | { readonly kind: 'pairwise-tree' }
  | { readonly kind: 'one-chain'; readonly rounding: 'nearest-even' | 'toward-zero' }
  | { readonly kind: 'narrow'; readonly format: 'bf16' | 'fp16' }
  | { readonly kind: 'aligned'; readonly bits: number; readonly group: number }
  | { readonly kind: 'int32' };

/** The models that lists offer, under stable ids. */
export const ACCUMULATIONS = {
  sequential: { kind: 'sequential' },
  'groups-of-four': { kind: 'groups-of-four' },
  'pairwise-tree': { kind: 'pairwise-tree' },
  'one-chain': { kind: 'one-chain', rounding: 'nearest-even' },
  'one-chain-toward-zero': { kind: 'one-chain', rounding: 'toward-zero' },
  bf16: { kind: 'narrow', format: 'bf16' },
  fp16: { kind: 'narrow', format: 'fp16' },
  'aligned-14-bit': { kind: 'aligned', bits: 14, group: 32 },
  int32: { kind: 'int32' },
} as const satisfies Readonly<Record<string, Accumulation>>;
export type AccumulationId = keyof typeof ACCUMULATIONS;

export const ALIGNED_BITS = { minimum: 4, maximum: 24 } as const;
/** 32 products and the accumulator of 24 bits each still sum within an int32. */
export const ALIGNED_GROUP = { minimum: 1, maximum: 32 } as const;

export function defaultAccumulation(dtype: MatmulDtype): Accumulation {
  return DTYPE_TRAITS[dtype].carrier === 'int8' ? ACCUMULATIONS.int32 : ACCUMULATIONS.sequential;
}

/** Integers are summed as int32 and nothing else is. */
export function suitsDtype(accumulation: Accumulation, dtype: MatmulDtype): boolean {
  return (DTYPE_TRAITS[dtype].carrier === 'int8') === (accumulation.kind === 'int32');
}

/** Refuses a model that does not suit the operands, and parameters out of range. */
export function checkAccumulation(accumulation: Accumulation, dtype: MatmulDtype): void {
  if (!suitsDtype(accumulation, dtype)) {
    const integer = DTYPE_TRAITS[dtype].carrier === 'int8';
    throw new InputError(
      'accumulation',
      `expected ${integer ? 'int32' : 'a floating-point model'} for ${dtype}, found ${accumulation.kind}`,
    );
  }
  if (accumulation.kind !== 'aligned') return;
  checkRange('accumulation.bits', accumulation.bits, ALIGNED_BITS);
  checkRange('accumulation.group', accumulation.group, ALIGNED_GROUP);
}

function checkRange(place: string, value: number, range: { minimum: number; maximum: number }): void {
  if (!Number.isInteger(value) || value < range.minimum || value > range.maximum) {
    throw new InputError(
      place,
      `expected a whole number from ${range.minimum} to ${range.maximum}, found ${value}`,
    );
  }
}

/** True where one product after the other is added with the rounding of fp32, or none: vectors can do that. */
export function sumsInOrder(accumulation: Accumulation): boolean {
  switch (accumulation.kind) {
    case 'sequential':
    case 'int32':
      return true;
    case 'one-chain':
      return accumulation.rounding === 'nearest-even';
    case 'groups-of-four':
    case 'pairwise-tree':
    case 'narrow':
    case 'aligned':
      return false;
  }
}

/** Where passes begin and end along all products of one element of C. */
export interface PassPlan {
  /** Products of one element of C: k for each pass over the matrix unit. */
  readonly products: number;
  /** No pass reaches across a multiple of this. */
  readonly segment: number;
  /** Products of one pass; its last one in a segment may have fewer. */
  readonly pass: number;
}

export function passPlan(
  accumulation: Accumulation,
  dtype: MatmulDtype,
  extents: { readonly k: number; readonly passRows: number },
): PassPlan {
  const products = extents.k * DTYPE_TRAITS[dtype].passes;
  switch (accumulation.kind) {
    case 'one-chain':
      return { products, segment: products, pass: products };
    case 'pairwise-tree':
      return { products, segment: extents.k, pass: extents.k };
    case 'sequential':
    case 'groups-of-four':
    case 'narrow':
    case 'aligned':
    case 'int32':
      return { products, segment: extents.k, pass: Math.min(extents.passRows, extents.k) };
  }
}

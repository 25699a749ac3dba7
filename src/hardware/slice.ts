import { product } from '../base/integers.ts';
import { err, InputError, ok, type Result } from '../base/result.ts';
import type { Chip, IciTopology, WrapRule } from './chip.ts';
import { formatShape, isSubCube, nearestShapes, shortAxesFirst, type Torus } from './slice-shapes.ts';

/** Chips of one generation joined by ICI, as asked for. Axes are x, y, z in this order. */
export interface SliceRequest {
  /** Chips along each axis, as in [4, 4, 8]. */
  readonly shape: readonly number[];
  readonly twisted?: boolean;
  /** Slices of this shape that the data-centre network joins; 1 where left out. */
  readonly slices?: number;
}

/** A slice that its generation can have, with what follows from the generation's rules. */
export interface Slice {
  readonly shape: readonly number[];
  /**
   * For each axis, whether a link joins its last chip to its first. An extent of 1 has no links at all;
   * where an axis of extent 2 wraps, its two chips are joined by two parallel links, one of each port.
   */
  readonly wraps: readonly boolean[];
  /** Wrap links of the short axes also shift along the long ones (k x k x 2k, k x 2k x 2k). */
  readonly twisted: boolean;
  /** Of one slice. */
  readonly chips: number;
  /** How many slices like this the data-centre network joins. */
  readonly slices: number;
  /** Remarks for the user: inferred wrap rules, a slice larger than the pod ever built. */
  readonly notes: readonly string[];
}

export interface SliceOptions {
  /** Accept a torus of cubes that is larger than the generation's pod, up to `LARGEST_TORUS_CHIPS`. */
  readonly allowBeyondPod?: boolean;
}

/** The largest pod that a chip description may have: keeps searches and networks within reach. */
export const MAX_POD_CHIPS = 16_384;

/** The pod of TPU7x, the largest torus in service. */
export const LARGEST_TORUS_CHIPS = 9216;

/** More slices than any job has had (199 of v5e), and few enough to plan in an instant. */
export const MAX_SLICES = 1024;

/** Chips of all slices together. */
export const MAX_CHIPS = 2 ** 17;

const PLACE = 'slice';

/** `4x4x8` as a request: one to three whole extents from 1 up. */
export function parseSlice(text: string): Result<SliceRequest> {
  const words = text.trim().split(/[xX×]/);
  const extents = words.map((word) => (/^\d{1,6}$/.test(word) ? Number(word) : Number.NaN));
  if (words.length > 3 || extents.some((extent) => !isExtent(extent))) {
    const found = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    return refuse(`expected one to three extents from 1 up, as in 4x4x8, found "${found}"`);
  }
  return ok({ shape: extents });
}

function isExtent(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= MAX_POD_CHIPS;
}

/**
 * The slice that `chip`'s generation makes of `request`, or an `InputError` that says which slices it has.
 * One chip may be asked for as `1`, `1x1` or `1x1x1` of every generation. A twisted slice lists its short
 * axes first (4x4x8, 4x8x8); other slices list their axes in any order.
 */
export function resolveSlice(chip: Chip, request: SliceRequest, options: SliceOptions = {}): Result<Slice> {
  const { slices = 1 } = request;
  if (!Number.isSafeInteger(slices) || slices < 1 || slices > MAX_SLICES) {
    return err(new InputError('slices', `expected a whole number from 1 to ${MAX_SLICES}, found ${slices}`));
  }
  const one = resolveOne(chip, request, options);
  if (!one.ok || slices * one.value.chips <= MAX_CHIPS) return one.ok ? ok({ ...one.value, slices }) : one;
  const found = `${slices} x ${one.value.chips} = ${slices * one.value.chips}`;
  return err(new InputError('slices', `expected at most ${MAX_CHIPS} chips in all, found ${found}`));
}

function resolveOne(chip: Chip, request: SliceRequest, options: SliceOptions): Result<Slice> {
  const { shape, twisted = false } = request;
  if (shape.length < 1 || shape.length > 3 || !shape.every(isExtent)) {
    return refuse(`expected one to three extents from 1 to ${MAX_POD_CHIPS}, found ${formatShape(shape)}`);
  }
  const { topology } = chip.ici;
  if (product(shape) === 1) return twisted ? refuse('a single chip cannot be twisted') : ok(single(topology));
  switch (topology.kind) {
    case 'none':
      return refuse(`${chip.id} has no interconnect: its only slice is 1 chip`);
    case 'boardfly':
      return refuse(
        `${chip.id} is joined by a boardfly network, which is not modelled as a torus: only 1 chip is available`,
      );
    case 'torus':
      return resolveTorus(chip.id, topology, { shape, twisted }, options);
  }
}

function single(topology: IciTopology): Slice {
  const shape = topology.kind === 'torus' ? topology.maxShape.map(() => 1) : [1];
  return { shape, wraps: shape.map(() => false), twisted: false, chips: 1, slices: 1, notes: [] };
}

function resolveTorus(
  chipId: string,
  topology: Torus,
  request: { readonly shape: readonly number[]; readonly twisted: boolean },
  options: SliceOptions,
): Result<Slice> {
  const { shape, twisted } = request;
  const axes = topology.maxShape.length;
  const nearest = (): string => {
    const shapes = nearestShapes(topology, shape, chipLimit(topology, options));
    return shapes.length === 0 ? '' : `; nearest: ${shapes.join(', ')}`;
  };
  if (shape.length !== axes) {
    return refuse(`slices of ${chipId} have ${axes} axes, found ${formatShape(shape)}${nearest()}`);
  }
  const problem = unavailable(topology, shape, options);
  if (problem !== undefined) {
    return refuse(`${chipId} has no slice of ${formatShape(shape)}: ${problem}${nearest()}`);
  }
  const wraps = wrapsOf(topology.wrap, shape);
  if (twisted) {
    const obstacle = twistObstacle(topology, shape, wraps);
    if (obstacle !== undefined) {
      return refuse(`${chipId} has no twisted slice of ${formatShape(shape)}: ${obstacle}`);
    }
  }
  const chips = product(shape);
  return ok({ shape, wraps, twisted, chips, slices: 1, notes: notesOn(chipId, topology, chips) });
}

/** Why the generation has no such slice; `undefined` when it has. */
function unavailable(topology: Torus, shape: readonly number[], options: SliceOptions): string | undefined {
  const limit = chipLimit(topology, options);
  if (product(shape) > limit) return `${product(shape)} chips are more than ${limit}`;
  const sorted = shortAxesFirst(shape);
  const isOffered = topology.shapes?.some((offered) => formatShape(offered) === formatShape(sorted)) ?? true;
  const { wrap } = topology;
  if (wrap.kind === 'cube-multiple') {
    if (isSubCube(sorted, wrap.cube) && isOffered) return undefined;
    if (shape.some((extent) => extent % wrap.cube !== 0)) {
      return `extents are multiples of ${wrap.cube}, or one of ${listOf(topology)}`;
    }
    if (options.allowBeyondPod) return undefined;
  } else if (!isOffered) {
    return `its slices are ${listOf(topology)}`;
  }
  const limits = shortAxesFirst(topology.maxShape);
  const tooLong = sorted.some((extent, axis) => extent > (limits[axis] ?? 0));
  return tooLong ? `short axes first, extents are at most ${formatShape(limits)}` : undefined;
}

function listOf(topology: Torus): string {
  return (topology.shapes ?? []).map(formatShape).join(' ') || 'none';
}

function chipLimit(topology: Torus, options: SliceOptions): number {
  const grows = options.allowBeyondPod === true && topology.wrap.kind === 'cube-multiple';
  return grows ? Math.max(topology.maxChips, LARGEST_TORUS_CHIPS) : topology.maxChips;
}

function wrapsOf(wrap: WrapRule, shape: readonly number[]): readonly boolean[] {
  switch (wrap.kind) {
    case 'never':
      return shape.map(() => false);
    case 'cube-multiple':
      return shape.map(() => shape.every((extent) => extent % wrap.cube === 0));
    case 'full-axis':
      return shape.map((extent, axis) => extent > 1 && extent === wrap.extents[axis]);
  }
}

/** Why the slice cannot be twisted: twists are k x k x 2k and k x 2k x 2k, short axes first, all wrapping. */
function twistObstacle(
  topology: Torus,
  shape: readonly number[],
  wraps: readonly boolean[],
): string | undefined {
  if (!topology.twistable) return 'its generation has no twisted slices';
  const [first = 0, second = 0, third = 0] = shape;
  const isTwist = third === 2 * first && (second === first || second === third);
  if (isTwist && wraps.every((wrap) => wrap)) return undefined;
  return 'expected k x k x 2k or k x 2k x 2k with wraparound links, short axes first, as in 4x4x8 or 4x8x8';
}

function notesOn(chipId: string, topology: Torus, chips: number): readonly string[] {
  const notes = topology.note === undefined ? [] : [topology.note];
  if (chips <= topology.maxChips) return notes;
  return [...notes, `${chips} chips are more than any pod of ${chipId} has (${topology.maxChips})`];
}

function refuse(problem: string): Result<never> {
  return err(new InputError(PLACE, problem));
}

import { assert } from '../base/assert.ts';
import { product } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { Slice } from '../hardware/slice.ts';

const MAX_TORUS_AXES = 3;
/** Above every slice of any generation (9,600 chips), and still small enough to hold in an instant. */
export const MAX_TORUS_CHIPS = 16_384;

/** A direction along an axis: 0 towards higher coordinates, 1 towards lower ones. */
export type Direction = 0 | 1;

export interface TorusSpec {
  /** Chips along each axis, x first. */
  readonly shape: readonly number[];
  /** For each axis, whether a link joins its last chip to its first. */
  readonly wraps: readonly boolean[];
  /** Wrap links of the axes of extent k also shift by k along every axis of extent 2k. */
  readonly twisted?: boolean;
  /** Directed links, by id, that are not there. */
  readonly missingLinks?: ReadonlySet<number>;
  /** Chips, by node, that are not there: their links are missing with them. */
  readonly missingChips?: ReadonlySet<number>;
}

/**
 * Chips on a grid of one to three axes and the links between neighbours.
 *
 * A node is `x + X (y + Y z)`. A directed link is `(node * axes + axis) * 2 + direction`, so that ids are
 * dense and carry their source; an axis that does not wrap leaves the ids at its ends without a link. An
 * axis of extent 1 has no links. At extent 2 a mesh has one link between two neighbours and a torus two
 * (one each way round); no slice of a real generation wraps at 2.
 */
export class Torus {
  readonly shape: readonly number[];
  readonly wraps: readonly boolean[];
  /** `twist[a][b]`: how far the wrap link of axis a, taken upwards, shifts along axis b. */
  readonly twist: readonly (readonly number[])[];
  readonly twisted: boolean;
  readonly axes: number;
  readonly nodes: number;
  /** Node distance of one step along each axis. */
  readonly strides: readonly number[];
  /** Ids of directed links lie in [0, linkSlots). */
  readonly linkSlots: number;
  readonly missingLinks: ReadonlySet<number>;
  readonly missingChips: ReadonlySet<number>;
  #targets: Int32Array | undefined;
  #linkCount: number | undefined;

  /** Throws an `InputError` for a shape that is not one to three whole extents or that cannot be twisted. */
  constructor(spec: TorusSpec) {
    checkShape(spec.shape);
    assert(spec.wraps.length === spec.shape.length, 'one wrap rule for each axis');
    this.shape = [...spec.shape];
    // An axis of one chip has nothing to close.
    this.wraps = spec.shape.map((extent, axis) => extent > 1 && spec.wraps[axis] === true);
    this.twisted = spec.twisted === true;
    this.twist = this.twisted
      ? twistOf(this.shape, this.wraps)
      : this.shape.map(() => this.shape.map(() => 0));
    this.axes = this.shape.length;
    this.nodes = product(this.shape);
    this.strides = this.shape.map((_, axis) => product(this.shape.slice(0, axis)));
    this.linkSlots = this.nodes * this.axes * 2;
    this.missingLinks = spec.missingLinks ?? new Set();
    this.missingChips = spec.missingChips ?? new Set();
    for (const link of this.missingLinks) checkIndex('missing link', link, this.linkSlots);
    for (const chip of this.missingChips) checkIndex('missing chip', chip, this.nodes);
  }

  /** Node at the other end of each directed link, [linkSlots]; -1 where there is no link. */
  get targets(): Int32Array {
    this.#targets ??= linkTargets(this);
    return this.#targets;
  }

  /** Directed links there are. */
  get linkCount(): number {
    this.#linkCount ??= this.intact
      ? countLinks(this)
      : this.targets.reduce((n, to) => n + (to >= 0 ? 1 : 0), 0);
    return this.#linkCount;
  }

  /** Nothing is missing. */
  get intact(): boolean {
    return this.missingLinks.size === 0 && this.missingChips.size === 0;
  }

  /** Every chip sees the same torus, so that one of them stands for all. */
  get symmetric(): boolean {
    return this.intact && this.shape.every((extent, axis) => extent === 1 || this.wraps[axis]);
  }

  coordinate(node: number, axis: number): number {
    return Math.floor(node / this.strides[axis]) % this.shape[axis];
  }

  coordinates(node: number): number[] {
    return this.shape.map((_, axis) => this.coordinate(node, axis));
  }

  nodeAt(coordinates: readonly number[]): number {
    return coordinates.reduce((node, coordinate, axis) => node + coordinate * this.strides[axis], 0);
  }

  link(node: number, axis: number, direction: Direction): number {
    return (node * this.axes + axis) * 2 + direction;
  }

  linkSource(link: number): number {
    return Math.floor(link / (2 * this.axes));
  }

  linkAxis(link: number): number {
    return Math.floor(link / 2) % this.axes;
  }

  linkDirection(link: number): Direction {
    return link % 2 === 0 ? 0 : 1;
  }

  /** The same cable the other way. */
  reverseLink(link: number): number {
    const axis = this.linkAxis(link);
    const direction = this.linkDirection(link);
    const target = gridNeighbour(this, this.linkSource(link), axis, direction);
    return this.link(target, axis, direction === 0 ? 1 : 0);
  }

  /** Whether a link is the one that closes its axis. */
  isWrapLink(link: number): boolean {
    const axis = this.linkAxis(link);
    const end = this.linkDirection(link) === 0 ? this.shape[axis] - 1 : 0;
    return this.coordinate(this.linkSource(link), axis) === end;
  }

  /** A chip as people write it: `(0,1,3)`. */
  chipName(node: number): string {
    return `(${this.coordinates(node).join(',')})`;
  }

  /** A link as people write it: `(0,1,3) +y`. */
  linkName(link: number): string {
    const sign = this.linkDirection(link) === 0 ? '+' : '-';
    return `${this.chipName(this.linkSource(link))} ${sign}${axisName(this.linkAxis(link))}`;
  }

  /** This torus without the cables of `links`, both directions of each. */
  withoutCables(links: readonly number[]): Torus {
    const missing = new Set(this.missingLinks);
    for (const link of links) {
      checkIndex('missing link', link, this.linkSlots);
      missing.add(link);
      missing.add(this.reverseLink(link));
    }
    return new Torus({ ...this.#spec(), missingLinks: missing });
  }

  /** This torus without `chips` and all their links. */
  withoutChips(chips: readonly number[]): Torus {
    return new Torus({ ...this.#spec(), missingChips: new Set([...this.missingChips, ...chips]) });
  }

  #spec(): TorusSpec {
    const { shape, wraps, twisted, missingLinks, missingChips } = this;
    return { shape, wraps, twisted, missingLinks, missingChips };
  }
}

export function torusFromSlice(slice: Slice): Torus {
  return new Torus({ shape: slice.shape, wraps: slice.wraps, twisted: slice.twisted });
}

/** x, y, z. */
export function axisName(axis: number): string {
  return 'xyz'.charAt(axis);
}

/** Refuses with an `InputError` what is not one to three whole extents of together at most 16,384 chips. */
function checkShape(shape: readonly number[]): void {
  const wellFormed =
    shape.length >= 1 &&
    shape.length <= MAX_TORUS_AXES &&
    shape.every((extent) => Number.isSafeInteger(extent) && extent >= 1) &&
    product(shape) <= MAX_TORUS_CHIPS;
  if (!wellFormed) {
    throw new InputError(
      'torus',
      `expected 1 to ${MAX_TORUS_AXES} whole extents with a product of at most ${MAX_TORUS_CHIPS}, found ${shape.join('x')}`,
    );
  }
}

function checkIndex(what: string, index: number, count: number): void {
  if (!Number.isSafeInteger(index) || index < 0 || index >= count) {
    throw new InputError(what, `expected a whole number from 0 to ${count - 1}, found ${index}`);
  }
}

/**
 * The twists of TPU v4 (Jouppi et al., ISCA 2023): for k x 2k, k x k x 2k and k x 2k x 2k, in any order of
 * axes, the wrap link of a k axis also moves k along each 2k axis. 2k is even, so the shift is its own inverse.
 */
function twistOf(shape: readonly number[], wraps: readonly boolean[]): readonly (readonly number[])[] {
  const short = Math.min(...shape);
  const long = 2 * short;
  const possible =
    shape.length >= 2 &&
    wraps.every(Boolean) &&
    shape.includes(long) &&
    shape.every((extent) => extent === short || extent === long);
  if (!possible) {
    throw new InputError(
      'twisted torus',
      `expected extents k and 2k (k x 2k, k x k x 2k or k x 2k x 2k) with every axis wrapped, found ${shape.join('x')}`,
    );
  }
  return shape.map((extent) => shape.map((other) => (extent === short && other === long ? short : 0)));
}

/** The chip one step on in the full grid, every axis taken as wrapped, whether or not the link is there. */
function gridNeighbour(torus: Torus, node: number, axis: number, direction: Direction): number {
  const { shape, strides, twist } = torus;
  const step = direction === 0 ? 1 : -1;
  const coordinate = torus.coordinate(node, axis);
  const next = coordinate + step;
  if (next >= 0 && next < shape[axis]) return node + step * strides[axis];
  let target = node + (direction === 0 ? -coordinate : shape[axis] - 1) * strides[axis];
  for (let other = 0; other < torus.axes; other++) {
    const shift = twist[axis][other];
    if (shift === 0) continue;
    const from = torus.coordinate(node, other);
    target += (((from + shift) % shape[other]) - from) * strides[other];
  }
  return target;
}

function linkTargets(torus: Torus): Int32Array {
  const { nodes, axes, shape, wraps, missingLinks, missingChips } = torus;
  const targets = new Int32Array(torus.linkSlots).fill(-1);
  for (let node = 0; node < nodes; node++) {
    for (let axis = 0; axis < axes; axis++) {
      if (shape[axis] === 1) continue;
      for (const direction of [0, 1] as const) {
        const link = torus.link(node, axis, direction);
        if (torus.isWrapLink(link) && !wraps[axis]) continue;
        const target = gridNeighbour(torus, node, axis, direction);
        if (missingLinks.has(link) || missingChips.has(node) || missingChips.has(target)) continue;
        targets[link] = target;
      }
    }
  }
  return targets;
}

function countLinks(torus: Torus): number {
  let count = 0;
  torus.shape.forEach((extent, axis) => {
    const perLine = extent === 1 ? 0 : torus.wraps[axis] ? extent : extent - 1;
    count += 2 * perLine * (torus.nodes / extent);
  });
  return count;
}

import { packSteps } from './flit-word.ts';
import { minimalSteps } from './routing.ts';
import type { Torus } from './topology.ts';

const TIES = 8;
const UNKNOWN = -1;

/**
 * Packed minimal steps between any two nodes of a torus where every node sees the same: they depend only on
 * where the one lies from the other, and on which way a tie of half a ring is broken along each axis.
 */
export class RouteTable {
  readonly #torus: Torus;
  /** Coordinates of each node, [nodes, axes], and extents and strides of the axes. */
  readonly #coordinates: Int32Array;
  readonly #shape: Int32Array;
  readonly #strides: Int32Array;
  readonly #words: Int32Array;
  readonly #hops: Int32Array;

  constructor(torus: Torus) {
    this.#torus = torus;
    this.#coordinates = new Int32Array(torus.nodes * torus.axes);
    this.#shape = Int32Array.from(torus.shape);
    this.#strides = Int32Array.from(torus.strides);
    for (let node = 0; node < torus.nodes; node++) {
      this.#coordinates.set(torus.coordinates(node), node * torus.axes);
    }
    this.#words = new Int32Array(torus.nodes * TIES);
    this.#hops = new Int32Array(torus.nodes * TIES).fill(UNKNOWN);
  }

  /** Where the steps from `source` to `target` lie in the table; bit a of `ties` is for axis a. */
  entry(source: number, target: number, ties: number): number {
    const entry = this.#displacement(source, target) * TIES + ties;
    if (this.#hops[entry] === UNKNOWN) {
      const steps = minimalSteps(this.#torus, 0, Math.floor(entry / TIES), ties);
      this.#words[entry] = packSteps(steps);
      this.#hops[entry] = steps.reduce((total, each) => total + Math.abs(each), 0);
    }
    return entry;
  }

  /** All steps, then all hops, by displacement and ties, [2, nodes, 8]: what a shader looks up. */
  all(): Int32Array {
    const { nodes } = this.#torus;
    for (let target = 0; target < nodes; target++) {
      for (let ties = 0; ties < TIES; ties++) this.entry(0, target, ties);
    }
    const tables = new Int32Array(2 * nodes * TIES);
    tables.set(this.#words);
    tables.set(this.#hops, nodes * TIES);
    return tables;
  }

  steps(entry: number): number {
    return this.#words[entry];
  }

  hops(entry: number): number {
    return this.#hops[entry];
  }

  /** The node that lies from node 0 as `target` lies from `source`. */
  #displacement(source: number, target: number): number {
    const coordinates = this.#coordinates;
    const shape = this.#shape;
    const strides = this.#strides;
    const axes = shape.length;
    let node = 0;
    for (let axis = 0; axis < axes; axis++) {
      const delta = coordinates[target * axes + axis] - coordinates[source * axes + axis];
      // The extent is added to what is negative without a branch, which nobody could foresee.
      node += (delta + (shape[axis] & (delta >> 31))) * strides[axis];
    }
    return this.#torus.twisted ? this.#untwisted(node, source, target) : node;
  }

  /** A turn of a twisted axis is a shift along others, its own inverse. */
  #untwisted(displacement: number, source: number, target: number): number {
    const { axes, shape, strides, twist } = this.#torus;
    let turns = 0;
    for (let axis = 0; axis < axes; axis++) {
      const delta = this.#coordinates[target * axes + axis] - this.#coordinates[source * axes + axis];
      if (delta < 0 && twist[axis].some((shift) => shift > 0)) turns += 1;
    }
    if (turns % 2 === 0) return displacement;
    let node = displacement;
    for (let axis = 0; axis < axes; axis++) {
      const shift = Math.max(...twist.map((row) => row[axis]));
      if (shift === 0) continue;
      const at = Math.floor(node / strides[axis]) % shape[axis];
      node += (((at + shift) % shape[axis]) - at) * strides[axis];
    }
    return node;
  }
}

import { product } from '../base/integers.ts';
import type { Group } from './group.ts';
import type { ScheduleLayout } from './schedule-layout.ts';
import type { Direction, Torus } from './topology.ts';

/** Links that a schedule knows, and which links of the torus behave like each of them. */
export interface LinkClasses {
  readonly linkSlots: number;
  /** Links of one group that are in a class. */
  copies(link: number): number;
  /** Class of each directed link of the whole torus, [linkSlots]; -1 for axes outside the group. */
  classOfLinks(torus: Torus): Int32Array;
}

/** Every link of a group's torus by itself. */
export function separateLinks(group: Group): LinkClasses {
  return {
    linkSlots: group.torus.linkSlots,
    copies: () => 1,
    classOfLinks: (torus) => {
      const classes = new Int32Array(torus.linkSlots).fill(-1);
      for (let node = 0; node < torus.nodes; node++) {
        const own = group.torus.nodeAt(group.axes.map((axis) => torus.coordinate(node, axis)));
        group.axes.forEach((axis, index) => {
          for (const direction of [0, 1] as const) {
            classes[torus.link(node, axis, direction)] = group.torus.link(own, index, direction);
          }
        });
      }
      return classes;
    },
  };
}

/**
 * A group as a schedule sees it. Along an axis that closes, every chip does the same, and the same in both
 * directions: one chip and its upward link stand for all. Along an open axis each position is its own.
 */
export class FoldedTorus implements LinkClasses, ScheduleLayout {
  readonly shape: readonly number[];
  readonly chips: number;
  readonly linkSlots: number;
  /** Both ways round a ring do the same at the same time. */
  readonly ways = [0] as const;
  readonly #group: Group;

  constructor(group: Group) {
    this.#group = group;
    this.shape = group.torus.shape.map((extent, axis) => (group.torus.wraps[axis] ? 1 : extent));
    this.chips = product(this.shape);
    this.linkSlots = this.chips * this.shape.length * 2;
  }

  link(chip: number, axis: number, direction: Direction): number {
    return (chip * this.shape.length + axis) * 2 + direction;
  }

  isFirst(chip: number, axis: number): boolean {
    return Math.floor(chip / this.stride(axis)) % this.shape[axis] === 0;
  }

  next(chip: number, axis: number, direction: Direction): number {
    if (this.#group.torus.wraps[axis]) return chip;
    return chip + (direction === 0 ? this.stride(axis) : -this.stride(axis));
  }

  /** Distance of two chips that are neighbours along an open axis. */
  stride(axis: number): number {
    return product(this.shape.slice(0, axis));
  }

  /** Node of the group's torus that a folded chip is (with coordinate 0 along closed axes). */
  nodeOf(chip: number): number {
    const { torus } = this.#group;
    return torus.nodeAt(this.shape.map((extent, axis) => Math.floor(chip / this.stride(axis)) % extent));
  }

  copies(link: number): number {
    const closed = this.#group.torus.wraps[Math.floor(link / 2) % this.shape.length];
    return (this.#group.torus.nodes / this.chips) * (closed ? 2 : 1);
  }

  classOfLinks(torus: Torus): Int32Array {
    const { axes, torus: own } = this.#group;
    const strides = this.shape.map((_, axis) => this.stride(axis));
    const classes = new Int32Array(torus.linkSlots).fill(-1);
    for (let node = 0; node < torus.nodes; node++) {
      let chip = 0;
      axes.forEach((axis, index) => {
        if (!own.wraps[index]) chip += torus.coordinate(node, axis) * strides[index];
      });
      axes.forEach((axis, index) => {
        for (const direction of [0, 1] as const) {
          const folded = own.wraps[index] ? 0 : direction;
          classes[torus.link(node, axis, direction)] = this.link(chip, index, folded);
        }
      });
    }
    return classes;
  }
}

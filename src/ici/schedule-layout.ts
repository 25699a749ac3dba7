import type { Direction, Torus } from './topology.ts';

/** Chips and links as a schedule sees them: a whole torus, or one chip that stands for all like it. */
export interface ScheduleLayout {
  /** Chips are numbered from 0. */
  readonly chips: number;
  /** Ways round a ring that need transfers of their own. */
  readonly ways: readonly Direction[];
  /** Whether a chip is the first along an open axis of the group. */
  isFirst(chip: number, axis: number): boolean;
  /** The chip one step along an axis of the group. */
  next(chip: number, axis: number, direction: Direction): number;
  /** The link that leads there. */
  link(chip: number, axis: number, direction: Direction): number;
}

/** Every chip and link of a torus by itself, with all groups along `axes` side by side. */
export class UnfoldedTorus implements ScheduleLayout {
  readonly chips: number;
  readonly ways = [0, 1] as const;
  readonly torus: Torus;
  readonly #axes: readonly number[];

  constructor(torus: Torus, axes: readonly number[]) {
    this.torus = torus;
    this.chips = torus.nodes;
    this.#axes = axes;
  }

  isFirst(chip: number, axis: number): boolean {
    return this.torus.coordinate(chip, this.#axes[axis]) === 0;
  }

  next(chip: number, axis: number, direction: Direction): number {
    return this.torus.targets[this.link(chip, axis, direction)];
  }

  link(chip: number, axis: number, direction: Direction): number {
    return this.torus.link(chip, this.#axes[axis], direction);
  }
}

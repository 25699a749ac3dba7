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
  /** Where no link leads there: the ways to take instead at once, in equal parts. Left out, there is a link. */
  routes?(chip: number, axis: number, direction: Direction): readonly (readonly number[])[];
  /** Chips do not keep step, so that what a chip sends one way has to queue to arrive in order. */
  readonly uneven?: boolean;
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

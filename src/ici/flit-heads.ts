import { passesDateline, ringClass, wrapsNow } from './flit-dateline.ts';
import { axisOfPort, coordinateAlong, type FlitLayout } from './flit-layout.ts';
import type { FlitMemory } from './flit-memory.ts';
import type { RouterOrder } from './flit-order.ts';
import { WorkList } from './flit-queues.ts';
import { firstAxis, HEAD, packSteps, stepsAlong, withSteps, withUpperClass } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** Who decides at routers which way round packets go, and in which order it is asked. */
export interface Ties {
  readonly coin: () => number;
  readonly order: RouterOrder;
}

/**
 * What has to be written in the words of heads before they are routed: their classes of virtual channels and,
 * where both ways round a ring are as short, which one they take.
 */
export class HeadWords {
  readonly #torus: Torus;
  readonly #layout: FlitLayout;
  readonly #memory: FlitMemory;
  readonly #adaptive: boolean;
  readonly #ties: Ties | undefined;
  /** Whether heads do not keep the classes that they have from the start. */
  readonly #classChanges: boolean;
  /** Extents of the torus, as coordinates are packed. */
  readonly #extents: number;
  /** Inputs for which the coin decides this cycle. */
  readonly #tied: WorkList;

  constructor(
    torus: Torus,
    layout: FlitLayout,
    memory: FlitMemory,
    adaptive: boolean,
    ties: Ties | undefined,
  ) {
    this.#torus = torus;
    this.#layout = layout;
    this.#memory = memory;
    this.#adaptive = adaptive;
    this.#ties = ties;
    this.#classChanges = adaptive || torus.twisted;
    this.#extents = packSteps(torus.shape);
    this.#tied = new WorkList(new Int32Array(layout.channels));
  }

  /** A word as it comes from a node: on regular rings in dimension order its classes are known from the start. */
  injected(word: number, input: number): number {
    if ((word & HEAD) === 0 || this.#classChanges) return word;
    const { axes } = this.#torus;
    const here = this.#layout.here[input];
    const extents = this.#extents;
    let classed = word;
    for (let axis = 0; axis < axes; axis++) {
      const from = coordinateAlong(here, axis);
      const upper = ringClass(from, stepsAlong(word, axis), coordinateAlong(extents, axis));
      classed = withUpperClass(classed, axis, upper);
    }
    return classed;
  }

  /** Those to be routed in this cycle. */
  prepare(): void {
    if (this.#ties !== undefined) this.#breakTies(this.#ties);
    if (this.#classChanges) this.#reclass();
  }

  /** Heads on a twisted torus change their class on the way, adaptive ones wherever they turn. */
  #reclass(): void {
    const memory = this.#memory;
    const { words, left, here } = memory;
    const { axes, shape } = this.#torus;
    const { start, end } = memory.routing.now;
    for (let place = start; place < end; place++) {
      const input = words[place];
      const at = memory.flitAt(input, words[left + input]) + 1;
      const word = words[at];
      const axis = firstAxis(word, axes);
      if (axis === axes) continue;
      const from = coordinateAlong(words[here + input], axis);
      const steps = stepsAlong(word, axis);
      if (this.#adaptive) words[at] = withUpperClass(word, axis, passesDateline(from, steps, shape[axis]));
      else if (wrapsNow(from, steps, shape[axis])) words[at] = withUpperClass(word, axis, 1);
    }
  }

  /** Router by router, in each as the channels were routed: the coin is a stream, so that order matters. */
  #breakTies({ coin, order }: Ties): void {
    const memory = this.#memory;
    const { words, left, here, routing } = memory;
    const tied = this.#tied;
    const { start, end } = routing.now;
    for (let place = start; place < end; place++) {
      const input = words[place];
      order.routed(input, place);
      if (this.#isTied(input, words[memory.flitAt(input, words[left + input]) + 1])) tied.push(input);
    }
    order.byRouter(tied);
    for (let place = tied.start; place < tied.end; place++) {
      const input = tied.words[place];
      const at = memory.flitAt(input, words[left + input]) + 1;
      const axis = firstAxis(words[at], this.#torus.axes);
      const extent = this.#torus.shape[axis];
      const steps = coin() === 1 ? extent >> 1 : -(extent >> 1);
      const upper = ringClass(coordinateAlong(words[here + input], axis), steps, extent);
      words[at] = withUpperClass(withSteps(words[at], axis, steps), axis, upper);
    }
    tied.clear();
  }

  /** Whether the head turns into a ring half of which it has to go. */
  #isTied(input: number, word: number): boolean {
    const { axes, shape } = this.#torus;
    const axis = firstAxis(word, axes);
    if (axis === axes || axisOfPort(this.#layout.here[input]) === axis) return false;
    return 2 * Math.abs(stepsAlong(word, axis)) === shape[axis];
  }
}

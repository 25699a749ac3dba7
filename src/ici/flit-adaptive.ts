import { Islip } from './flit-islip.ts';
import type { FlitLayout } from './flit-layout.ts';
import { type FlitMemory, NONE } from './flit-memory.ts';
import type { ChannelAllocator } from './flit-ordered.ts';
import { WorkList } from './flit-queues.ts';
import { stepsAlong } from './flit-word.ts';

/**
 * Adaptive packets ask anew in every cycle, as what they may have changes with the credits of each output: the
 * ordered channel, and every empty channel beyond the first two on any way that is minimal. On leaving, any.
 */
export class AdaptiveAllocator implements ChannelAllocator {
  readonly #layout: FlitLayout;
  readonly #memory: FlitMemory;
  readonly #islip: Islip;
  readonly #asking: WorkList;

  constructor(layout: FlitLayout, nodes: number, memory: FlitMemory) {
    this.#layout = layout;
    this.#memory = memory;
    this.#islip = new Islip(memory, nodes, layout.ports * layout.virtualChannels);
    this.#asking = new WorkList(new Int32Array(layout.channels));
  }

  ask(): void {
    const { words, routing } = this.#memory;
    const { start, end } = routing.now;
    for (let place = start; place < end; place++) this.#asking.push(words[place]);
  }

  release(): void {
    const { words, holder, released } = this.#memory;
    for (let place = released.start; place < released.end; place++) words[holder + words[place]] = NONE;
    released.clear();
  }

  allocate(): void {
    const { words, output: outputOf, holder, credits, ready } = this.#memory;
    const { words: inputs, start, end } = this.#asking;
    const { accepted } = this.#islip;
    for (let place = start; place < end; place++) this.#request(inputs[place]);
    this.#islip.grant();
    this.#asking.clear();
    for (let place = start; place < end; place++) {
      const input = inputs[place];
      const output = accepted[input];
      if (output < 0) {
        this.#asking.push(input);
        continue;
      }
      accepted[input] = -1;
      words[outputOf + input] = output;
      words[holder + output] = input;
      if (words[credits + output] > 0) ready.push(input);
    }
  }

  #request(input: number): void {
    const { words, holder, left, bufferFlits } = this.#memory;
    const { linkPorts, placeOf, routerOf, virtualChannels } = this.#layout;
    const first = this.#memory.outputOf(input);
    if (placeOf[first] >= linkPorts) {
      this.#requestFree(input, first, first + virtualChannels, 0);
      return;
    }
    if (words[holder + first] === NONE) this.#islip.request(input, first);
    const word = words[this.#memory.flitAt(input, words[left + input]) + 1];
    for (let axis = 0; 2 * axis < linkPorts; axis++) {
      const steps = stepsAlong(word, axis);
      if (steps === 0) continue;
      const port = routerOf[input] + (2 * axis + (steps >>> 31)) * virtualChannels;
      this.#requestFree(input, port + 2, port + virtualChannels, bufferFlits);
    }
  }

  #requestFree(input: number, from: number, to: number, leastCredits: number): void {
    const { words, holder, credits } = this.#memory;
    for (let output = from; output < to; output++) {
      if (words[holder + output] !== NONE || words[credits + output] < leastCredits) continue;
      this.#islip.request(input, output);
    }
  }
}

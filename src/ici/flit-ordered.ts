import { startTurns, turnsAfter } from './flit-islip.ts';
import type { FlitLayout } from './flit-layout.ts';
import { type FlitMemory, NONE } from './flit-memory.ts';
import type { RouterOrder } from './flit-order.ts';

/** Gives output virtual channels to packets. */
export interface ChannelAllocator {
  /** One round of iSLIP between those that ask and those that are free. */
  allocate(): void;
  /** From the next cycle on all that have been routed ask, for what their `output` says. */
  ask(): void;
  /** From the next cycle on what has been released is free. */
  release(): void;
}

/**
 * Packets in dimension order may have any virtual channel of one class. Those that find none free wait with
 * their class until one is released, so that waiting costs nothing.
 */
export class OrderedAllocator implements ChannelAllocator {
  readonly #memory: FlitMemory;
  readonly #order: RouterOrder | undefined;
  readonly #choices: Uint8Array;
  readonly #perRouter: number;
  /** What each input of a contested class accepts so far, or -1. */
  readonly #accepted: Int32Array;

  constructor(
    { channels, choices, ports, virtualChannels }: FlitLayout,
    memory: FlitMemory,
    order: RouterOrder | undefined,
  ) {
    this.#memory = memory;
    this.#order = order;
    this.#choices = choices;
    this.#perRouter = ports * virtualChannels;
    this.#accepted = new Int32Array(channels).fill(-1);
    startTurns(memory, channels, this.#perRouter);
  }

  ask(): void {
    const { words, output, firstAsking, nextAsking, free, open, routing } = this.#memory;
    const { start, end } = routing.now;
    let openEnd = open.end;
    for (let place = start; place < end; place++) {
      const input = words[place];
      const group = ~words[output + input];
      const other = words[firstAsking + group];
      words[firstAsking + group] = input;
      words[nextAsking + input] = other;
      // Put down in any case, and kept where it is the first to ask and some are free: as a branch, nobody could
      // foresee that.
      words[openEnd] = group;
      openEnd += (other & -words[free + group]) >>> 31;
    }
    open.end = openEnd;
  }

  release(): void {
    const { words, classOf, holder, firstAsking, free, open, released } = this.#memory;
    const { start, end } = released;
    let openEnd = open.end;
    for (let place = start; place < end; place++) {
      const output = words[place];
      const group = words[classOf + output];
      const before = words[free + group];
      words[holder + output] = NONE;
      words[free + group] = before + 1;
      words[openEnd] = group;
      openEnd += ((before - 1) & ~words[firstAsking + group]) >>> 31;
    }
    open.end = openEnd;
    released.clear();
  }

  allocate(): void {
    const { words, firstAsking, nextAsking, free, holder, lastGrant, lastAccept, open } = this.#memory;
    const { output: outputOf, credits, ready } = this.#memory;
    const { start, end } = open;
    const perRouter = this.#perRouter;
    const order = this.#order;
    let readyEnd = ready.end;
    open.clear();
    for (let place = start; place < end; place++) {
      const group = words[place];
      const left = words[free + group] - 1;
      let link = firstAsking + group;
      let input = words[link];
      let output = group;
      if (left > 0 && words[nextAsking + input] >= 0) {
        ready.end = readyEnd;
        this.#contest(group);
        readyEnd = ready.end;
        continue;
      }
      if (words[holder + output] >= 0 || left > 0) output = this.#firstAccepted(input, group);

      // The output grants to whom of the list has the first turn.
      const last = words[lastGrant + output];
      let best = input;
      let bestLink = link;
      let bestTurns = turnsAfter(last, input, perRouter);
      for (;;) {
        link = nextAsking + input;
        input = words[link];
        if (input < 0) break;
        const turns = turnsAfter(last, input, perRouter);
        if (turns > bestTurns) continue;
        best = input;
        bestLink = link;
        bestTurns = turns;
      }
      words[bestLink] = words[nextAsking + best];
      words[lastGrant + output] = best;
      words[lastAccept + best] = output;
      words[free + group] = left;
      words[holder + output] = best;
      words[outputOf + best] = output;
      words[readyEnd] = best;
      readyEnd += -words[credits + output] >>> 31;
      if (order !== undefined) order.granted(best);
    }
    ready.end = readyEnd;
  }

  /** Of the free outputs, the one that a packet accepts. */
  #firstAccepted(input: number, group: number): number {
    const { words, holder, lastAccept } = this.#memory;
    const last = words[lastAccept + input];
    const end = group + this.#choices[group];
    let best = group;
    let bestTurns = this.#perRouter;
    for (let output = group; output < end; output++) {
      const turns = turnsAfter(last, output, this.#perRouter);
      if (words[holder + output] >= 0 || turns > bestTurns) continue;
      best = output;
      bestTurns = turns;
    }
    return best;
  }

  /** Several that ask for several: each output grants to one of them, each of these accepts one. */
  #contest(group: number): void {
    const { words, holder, firstAsking, nextAsking, lastGrant, lastAccept } = this.#memory;
    const perRouter = this.#perRouter;
    const accepted = this.#accepted;
    const end = group + this.#choices[group];
    for (let output = group; output < end; output++) {
      if (words[holder + output] >= 0) continue;
      const last = words[lastGrant + output];
      let best = words[firstAsking + group];
      for (let input = words[nextAsking + best]; input >= 0; input = words[nextAsking + input]) {
        if (turnsAfter(last, input, perRouter) < turnsAfter(last, best, perRouter)) best = input;
      }
      const before = accepted[best];
      const lastOutput = words[lastAccept + best];
      const later = turnsAfter(lastOutput, output, perRouter);
      if (before < 0 || later < turnsAfter(lastOutput, before, perRouter)) accepted[best] = output;
    }
    this.#giveAccepted(group);
  }

  #giveAccepted(group: number): void {
    const { words, output: outputOf, holder, firstAsking, nextAsking, free, open } = this.#memory;
    const { lastGrant, lastAccept, credits, ready } = this.#memory;
    const accepted = this.#accepted;
    let link = firstAsking + group;
    for (let input = words[link]; input >= 0; input = words[link]) {
      const output = accepted[input];
      if (output < 0) {
        link = nextAsking + input;
        continue;
      }
      accepted[input] = -1;
      words[link] = words[nextAsking + input];
      words[lastGrant + output] = input;
      words[lastAccept + input] = output;
      words[free + group] -= 1;
      words[holder + output] = input;
      words[outputOf + input] = output;
      if (words[credits + output] > 0) ready.push(input);
      this.#order?.granted(input);
    }
    if (words[firstAsking + group] >= 0 && words[free + group] > 0) open.push(group);
  }
}

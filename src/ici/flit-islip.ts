import { WorkList } from './flit-queues.ts';

/** `checkFlitTorus` lets 2^23 channels through, 192 a router: a turn and a requester fit a positive number. */
const REQUESTER_BITS = 23;
const REQUESTER = (1 << REQUESTER_BITS) - 1;
/** Further off than any turn. */
const NOBODY = 0x7fff_ffff;

/** Whose turn it is. */
export interface IslipTurns {
  readonly words: Int32Array;
  /** Where in `words` lies whom each resource was given to last, and what each requester got last. */
  readonly lastGrant: number;
  readonly lastAccept: number;
}

/**
 * iSLIP with one iteration (McKeown, IEEE/ACM ToN 7(2) 1999) in every router at once: each resource grants the
 * requester next in turn, each requester accepts the grant next in turn, and only what is accepted moves the
 * turns on. Requesters and resources are numbered alike over the whole network, `perRouter` of each a router.
 * No result depends on the order of requests, so routers may be done in parallel.
 */
export class Islip {
  readonly #perRouter: number;
  readonly #turns: IslipTurns;
  /** Of each resource the best requester so far: how many turns it is off, then its number. */
  readonly #best: Int32Array;
  readonly #asked: WorkList;
  /** What each requester has got, or -1; who takes it sets it back. */
  readonly accepted: Int32Array;
  /** Requesters that got something in this round. */
  readonly #winners: WorkList;

  /** Sets all turns to the first requester and the first resource of each router. */
  constructor(turns: IslipTurns, routers: number, perRouter: number) {
    const all = routers * perRouter;
    this.#perRouter = perRouter;
    this.#turns = turns;
    startTurns(turns, all, perRouter);
    this.#best = new Int32Array(all).fill(NOBODY);
    this.#asked = new WorkList(new Int32Array(all));
    this.accepted = new Int32Array(all).fill(-1);
    this.#winners = new WorkList(new Int32Array(all));
  }

  /** Both belong to the same router. */
  request(requester: number, resource: number): void {
    const key = (this.#grantTurns(requester, resource) << REQUESTER_BITS) | requester;
    const best = this.#best[resource];
    if (key >= best) return;
    this.#best[resource] = key;
    if (best === NOBODY) this.#asked.push(resource);
  }

  grant(): void {
    const { words, start, end } = this.#asked;
    const best = this.#best;
    const accepted = this.accepted;
    const winners = this.#winners;
    for (let index = start; index < end; index++) {
      const resource = words[index];
      const requester = best[resource] & REQUESTER;
      best[resource] = NOBODY;
      const before = accepted[requester];
      if (before < 0) winners.push(requester);
      else if (this.#acceptTurns(requester, before) < this.#acceptTurns(requester, resource)) continue;
      accepted[requester] = resource;
    }
    this.#moveOn();
    this.#asked.clear();
    winners.clear();
  }

  #moveOn(): void {
    const { words, lastGrant, lastAccept } = this.#turns;
    const winners = this.#winners;
    for (let index = winners.start; index < winners.end; index++) {
      const requester = winners.words[index];
      const resource = this.accepted[requester];
      words[lastGrant + resource] = requester;
      words[lastAccept + requester] = resource;
    }
  }

  #grantTurns(requester: number, resource: number): number {
    const { words, lastGrant } = this.#turns;
    return turnsAfter(words[lastGrant + resource], requester, this.#perRouter);
  }

  #acceptTurns(requester: number, resource: number): number {
    const { words, lastAccept } = this.#turns;
    return turnsAfter(words[lastAccept + requester], resource, this.#perRouter);
  }
}

/** The first turns are those of the first of each router. */
export function startTurns(
  { words, lastGrant, lastAccept }: IslipTurns,
  all: number,
  perRouter: number,
): void {
  for (let each = 0; each < all; each++) {
    const last = each - (each % perRouter) - 1;
    words[lastGrant + each] = last;
    words[lastAccept + each] = last;
  }
}

/**
 * How many turns after the one next to `last`, in groups of `size` in which turns go round; without a branch,
 * which nobody could foresee.
 */
export function turnsAfter(last: number, each: number, size: number): number {
  const difference = each - last - 1;
  return difference + (size & (difference >> 31));
}

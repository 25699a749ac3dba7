/** One who asks for a thing; both are numbers below the size of the matching. */
export interface Request {
  readonly requester: number;
  readonly resource: number;
}

/** Whose turn comes after that of `winner`. */
export type NextTurn = (winner: number, size: number) => number;

export const roundRobin: NextTurn = (winner, size) => (winner + 1) % size;

/**
 * iSLIP with one iteration (McKeown, IEEE/ACM ToN 7(2) 1999), read off its three steps: requesters ask, each
 * resource grants one of those that ask, each requester accepts one of those granted. Both choose the first from
 * their turn on. Turns pass on only where a grant was accepted.
 */
export class PlainIslip {
  readonly #size: number;
  readonly #nextTurn: NextTurn;
  readonly #grantTurn: number[];
  readonly #acceptTurn: number[];

  constructor(size: number, nextTurn: NextTurn) {
    this.#size = size;
    this.#nextTurn = nextTurn;
    this.#grantTurn = new Array<number>(size).fill(0);
    this.#acceptTurn = new Array<number>(size).fill(0);
  }

  /** The requests that are met. */
  match<R extends Request>(requests: readonly R[]): readonly R[] {
    const size = this.#size;
    const granted = firstOfEach(
      requests,
      ({ resource }) => resource,
      ({ requester, resource }) => turnsUntil(requester, this.#grantTurn[resource], size),
    );
    const accepted = firstOfEach(
      granted,
      ({ requester }) => requester,
      ({ requester, resource }) => turnsUntil(resource, this.#acceptTurn[requester], size),
    );
    for (const { requester, resource } of accepted) {
      this.#grantTurn[resource] = this.#nextTurn(requester, size);
      this.#acceptTurn[requester] = this.#nextTurn(resource, size);
    }
    return accepted;
  }
}

/** How long `each` of `size` has to wait when it is the turn of `turn`. */
export function turnsUntil(each: number, turn: number, size: number): number {
  return (each - turn + size) % size;
}

/** Of all items with the same key, the one that waits least. */
export function firstOfEach<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  waitOf: (item: T) => number,
): readonly T[] {
  const firsts = new Map<number, T>();
  for (const item of items) {
    const before = firsts.get(keyOf(item));
    if (before === undefined || waitOf(item) < waitOf(before)) firsts.set(keyOf(item), item);
  }
  return [...firsts.values()];
}

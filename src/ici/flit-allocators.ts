/** `checkFlitTorus` lets 2^23 channels through, 192 a router: a turn and a requester fit a positive number. */
const REQUESTER_BITS = 23;
const REQUESTER = (1 << REQUESTER_BITS) - 1;
/** Further off than any turn. */
const NOBODY = 0x7fff_ffff;

/**
 * iSLIP with one iteration (McKeown, IEEE/ACM ToN 7(2) 1999) in every router at once: each resource grants the
 * requester next in turn, each requester accepts the grant next in turn, and only what is accepted moves the
 * turns on. Requesters and resources are numbered alike over the whole network, `perRouter` of each a router.
 * No result depends on the order of requests, so routers may be done in parallel.
 */
export class Islip {
  readonly #perRouter: number;
  readonly #after: Int32Array;
  /** Whose turn it is with each resource, and which resource's with each requester. */
  readonly #grantTurn: Int32Array;
  readonly #acceptTurn: Int32Array;
  /** Of each resource the best requester so far: how many turns it is off, then its number. */
  readonly #best: Int32Array;
  readonly #asked: Int32Array;
  #askedCount = 0;
  /** What each requester has got, or -1; who takes it sets it back. */
  readonly accepted: Int32Array;
  /** Requesters that got something in this round. */
  readonly winners: Int32Array;
  winnerCount = 0;

  constructor(routers: number, perRouter: number) {
    const all = routers * perRouter;
    this.#perRouter = perRouter;
    this.#after = successors(all, perRouter);
    this.#grantTurn = Int32Array.from({ length: all }, (_, each) => each - (each % perRouter));
    this.#acceptTurn = this.#grantTurn.slice();
    this.#best = new Int32Array(all).fill(NOBODY);
    this.#asked = new Int32Array(all);
    this.accepted = new Int32Array(all).fill(-1);
    this.winners = new Int32Array(all);
  }

  /** Both belong to the same router. */
  request(requester: number, resource: number): void {
    const off = turnsOff(requester, this.#grantTurn[resource], this.#perRouter);
    const key = (off << REQUESTER_BITS) | requester;
    const best = this.#best[resource];
    if (key >= best) return;
    this.#best[resource] = key;
    if (best === NOBODY) this.#asked[this.#askedCount++] = resource;
  }

  grant(): void {
    const count = this.#askedCount;
    const perRouter = this.#perRouter;
    const asked = this.#asked;
    const best = this.#best;
    const after = this.#after;
    const grantTurn = this.#grantTurn;
    const acceptTurn = this.#acceptTurn;
    const accepted = this.accepted;
    const winners = this.winners;
    let won = 0;
    for (let index = 0; index < count; index++) {
      const resource = asked[index];
      const requester = best[resource] & REQUESTER;
      best[resource] = NOBODY;
      const before = accepted[requester];
      if (before < 0) {
        winners[won++] = requester;
      } else {
        const turn = acceptTurn[requester];
        if (turnsOff(before, turn, perRouter) < turnsOff(resource, turn, perRouter)) continue;
      }
      accepted[requester] = resource;
    }
    for (let index = 0; index < won; index++) {
      const requester = winners[index];
      const resource = accepted[requester];
      grantTurn[resource] = after[requester];
      acceptTurn[requester] = after[resource];
    }
    this.winnerCount = won;
    this.#askedCount = 0;
  }
}

/**
 * The switches of all routers: iSLIP between input and output ports, where one virtual channel speaks for all
 * those of its port that want the same output, each in its turn.
 */
export class SwitchAllocator {
  readonly #vcs: number;
  readonly #islip: Islip;
  readonly #portOf: Int32Array;
  readonly #after: Int32Array;
  /** Place of an output port within its router, times all ports: an input port added is a pair of both. */
  readonly #pairBase: Int32Array;
  /** Pairs of ports that asked, and the virtual channel that speaks for each. */
  readonly #pairs: Int32Array;
  #pairCount = 0;
  readonly #speaker: Int32Array;
  readonly #speakerTurn: Int32Array;
  /** The virtual channel of each input port that crosses the switch now, or -1; who sends sets it back. */
  readonly #won: Int32Array;

  /** `portOf` tells the port of each virtual channel. */
  constructor(routers: number, ports: number, vcs: number, portOf: Int32Array) {
    const allPorts = routers * ports;
    this.#vcs = vcs;
    this.#islip = new Islip(routers, ports);
    this.#portOf = portOf;
    this.#after = successors(allPorts * vcs, vcs);
    this.#pairBase = Int32Array.from({ length: allPorts }, (_, port) => (port % ports) * allPorts);
    this.#pairs = new Int32Array(allPorts * ports);
    this.#speaker = new Int32Array(allPorts * ports).fill(-1);
    this.#speakerTurn = Int32Array.from({ length: allPorts }, (_, port) => port * vcs);
    this.#won = new Int32Array(allPorts).fill(-1);
  }

  /** An input and an output virtual channel of the same router. */
  request(channel: number, outVc: number): void {
    const input = this.#portOf[channel];
    const output = this.#portOf[outVc];
    const pair = this.#pairBase[output] + input;
    const before = this.#speaker[pair];
    if (before < 0) {
      this.#pairs[this.#pairCount++] = pair;
      this.#islip.request(input, output);
    } else {
      const turn = this.#speakerTurn[input];
      if (turnsOff(channel, turn, this.#vcs) > turnsOff(before, turn, this.#vcs)) return;
    }
    this.#speaker[pair] = channel;
  }

  grant(): void {
    const { winners, accepted } = this.#islip;
    const speaker = this.#speaker;
    const pairs = this.#pairs;
    this.#islip.grant();
    const count = this.#islip.winnerCount;
    for (let index = 0; index < count; index++) {
      const input = winners[index];
      const channel = speaker[this.#pairBase[accepted[input]] + input];
      accepted[input] = -1;
      this.#won[input] = channel;
      this.#speakerTurn[input] = this.#after[channel];
    }
    for (let index = 0; index < this.#pairCount; index++) speaker[pairs[index]] = -1;
    this.#pairCount = 0;
  }

  /** Whether `channel` crosses the switch now; true once. */
  take(channel: number): boolean {
    const input = this.#portOf[channel];
    if (this.#won[input] !== channel) return false;
    this.#won[input] = -1;
    return true;
  }
}

/** How many turns from the one whose turn it is; without a branch, which nobody could foresee. */
function turnsOff(each: number, turn: number, size: number): number {
  const difference = each - turn;
  return difference + (size & (difference >> 31));
}

/** Whose turn it is after each, in groups of `size` in which turns go round. */
function successors(all: number, size: number): Int32Array {
  return Int32Array.from({ length: all }, (_, each) =>
    each % size === size - 1 ? each + 1 - size : each + 1,
  );
}

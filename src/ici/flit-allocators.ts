/** Further off than any turn: a router has at most 12 ports of 16 virtual channels. */
const NOBODY = 0xffff;
const PLACE_BITS = 8;
const PLACE = (1 << PLACE_BITS) - 1;

/**
 * iSLIP with one iteration (McKeown, IEEE/ACM ToN 7(2) 1999) in every router at once: each resource grants the
 * requester next in turn, each requester accepts the grant next in turn, and only what is accepted moves the
 * turns on. Requesters and resources are numbered alike over the whole network, `perRouter` of each a router.
 * No result depends on the order of requests, so routers may be done in parallel.
 */
export class Islip {
  readonly #perRouter: number;
  /** Place within its router, looked up because dividing is dear in the innermost loops. */
  readonly #place: Uint8Array;
  readonly #grantTurn: Uint8Array;
  readonly #acceptTurn: Uint8Array;
  /** Of each resource the best requester so far: how far its turn is off, then its place. */
  readonly #best: Uint16Array;
  readonly #accepted: Int32Array;
  readonly #asked: Int32Array;
  #askedCount = 0;
  /** Requesters that accepted something in this round. */
  readonly winners: Int32Array;
  winnerCount = 0;

  constructor(routers: number, perRouter: number) {
    const all = routers * perRouter;
    this.#perRouter = perRouter;
    this.#place = Uint8Array.from({ length: all }, (_, each) => each % perRouter);
    this.#grantTurn = new Uint8Array(all);
    this.#acceptTurn = new Uint8Array(all);
    this.#best = new Uint16Array(all).fill(NOBODY);
    this.#accepted = new Int32Array(all).fill(-1);
    this.#asked = new Int32Array(all);
    this.winners = new Int32Array(all);
  }

  /** Both belong to the same router. */
  request(requester: number, resource: number): void {
    const place = this.#place[requester];
    const key = (turnsOff(place, this.#grantTurn[resource], this.#perRouter) << PLACE_BITS) | place;
    const best = this.#best[resource];
    if (key >= best) return;
    this.#best[resource] = key;
    if (best === NOBODY) this.#asked[this.#askedCount++] = resource;
  }

  grant(): void {
    const count = this.#askedCount;
    const perRouter = this.#perRouter;
    const place = this.#place;
    const best = this.#best;
    const grantTurn = this.#grantTurn;
    const acceptTurn = this.#acceptTurn;
    const accepted = this.#accepted;
    const winners = this.winners;
    let won = 0;
    for (let index = 0; index < count; index++) {
      const resource = this.#asked[index];
      const requester = resource - place[resource] + (best[resource] & PLACE);
      best[resource] = NOBODY;
      const before = accepted[requester];
      if (before < 0) {
        winners[won++] = requester;
      } else {
        const turn = acceptTurn[requester];
        if (turnsOff(place[before], turn, perRouter) < turnsOff(place[resource], turn, perRouter)) continue;
      }
      accepted[requester] = resource;
    }
    for (let index = 0; index < won; index++) {
      const requester = winners[index];
      const resource = accepted[requester];
      grantTurn[resource] = after(place[requester], perRouter);
      acceptTurn[requester] = after(place[resource], perRouter);
    }
    this.winnerCount = won;
    this.#askedCount = 0;
  }

  /** The resource that `requester` has got, or -1; to be asked once. */
  take(requester: number): number {
    const resource = this.#accepted[requester];
    if (resource >= 0) this.#accepted[requester] = -1;
    return resource;
  }
}

/**
 * The switches of all routers: iSLIP between input and output ports, where one virtual channel speaks for all
 * those of its port that want the same output, each in its turn.
 */
export class SwitchAllocator {
  readonly #ports: number;
  readonly #vcs: number;
  readonly #islip: Islip;
  readonly #portOf: Int32Array;
  readonly #placeOfPort: Uint8Array;
  /** Input and output port of those that asked, as `input * ports + output`, and who speaks for each. */
  readonly #pairs: Int32Array;
  #pairCount = 0;
  readonly #speaker: Int32Array;
  readonly #speakerTurn: Uint8Array;
  readonly #won: Int32Array;

  /** `portOf` tells the port of each input virtual channel. */
  constructor(routers: number, ports: number, vcs: number, portOf: Int32Array) {
    const allPorts = routers * ports;
    this.#ports = ports;
    this.#vcs = vcs;
    this.#islip = new Islip(routers, ports);
    this.#portOf = portOf;
    this.#placeOfPort = Uint8Array.from({ length: allPorts }, (_, port) => port % ports);
    this.#pairs = new Int32Array(allPorts * ports);
    this.#speaker = new Int32Array(allPorts * ports).fill(-1);
    this.#speakerTurn = new Uint8Array(allPorts);
    this.#won = new Int32Array(allPorts).fill(-1);
  }

  /** `outPort` is a place within the router of `channel`. */
  request(channel: number, outPort: number): void {
    const input = this.#portOf[channel];
    const pair = input * this.#ports + outPort;
    const before = this.#speaker[pair];
    if (before < 0) {
      this.#pairs[this.#pairCount++] = pair;
      this.#islip.request(input, input - this.#placeOfPort[input] + outPort);
    } else {
      const turn = this.#speakerTurn[input] + input * this.#vcs;
      if (turnsOff(channel, turn, this.#vcs) > turnsOff(before, turn, this.#vcs)) return;
    }
    this.#speaker[pair] = channel;
  }

  grant(): void {
    const { winners } = this.#islip;
    const speaker = this.#speaker;
    this.#islip.grant();
    for (let index = 0; index < this.#islip.winnerCount; index++) {
      const input = winners[index];
      const output = this.#islip.take(input);
      const channel = speaker[input * this.#ports + this.#placeOfPort[output]];
      this.#won[input] = channel;
      this.#speakerTurn[input] = after(channel - input * this.#vcs, this.#vcs);
    }
    for (let index = 0; index < this.#pairCount; index++) speaker[this.#pairs[index]] = -1;
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
function turnsOff(place: number, turn: number, size: number): number {
  const difference = place - turn;
  return difference + (size & (difference >> 31));
}

function after(place: number, size: number): number {
  return place + 1 === size ? 0 : place + 1;
}

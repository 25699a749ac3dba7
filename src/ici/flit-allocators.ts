const NOBODY = 0x7fff_ffff;

/**
 * The two allocators of every router. Both are iSLIP with one iteration (McKeown, IEEE/ACM ToN 7(2) 1999):
 * each output grants the requester next in turn, each input accepts the grant next in turn, and only what is
 * accepted moves the turns on. No result depends on the order of requests, so routers may be done in parallel.
 */
export class RouterAllocators {
  readonly #ports: number;
  readonly #vcs: number;
  readonly #perNode: number;

  // Virtual channels: requesters are input, resources output virtual channels, numbered alike.
  readonly #channelInputs: Int32Array;
  readonly #channelOutputs: Int32Array;
  #channelRequests = 0;
  readonly #channelGrantTurn: Int32Array;
  readonly #channelAcceptTurn: Int32Array;
  readonly #channelWinner: Int32Array;
  readonly #channelBest: Int32Array;
  readonly #channelAccepted: Int32Array;
  readonly #channelAcceptBest: Int32Array;

  // Switch: requesters are input, resources output ports; one virtual channel speaks for a pair.
  readonly #pairs: Int32Array;
  #pairCount = 0;
  readonly #pairLabel: Int32Array;
  readonly #switchGrantTurn: Int32Array;
  readonly #switchAcceptTurn: Int32Array;
  readonly #labelTurn: Int32Array;
  readonly #switchWinner: Int32Array;
  readonly #switchBest: Int32Array;
  readonly #switchAccepted: Int32Array;
  readonly #switchAcceptBest: Int32Array;
  readonly #won: Int32Array;

  // Places within a router, looked up because dividing is dear in the innermost loops.
  readonly #channelPlace: Int32Array;
  readonly #channelPort: Int32Array;
  readonly #portPlace: Int32Array;
  readonly #pairInput: Int32Array;
  readonly #pairOutput: Int32Array;

  constructor(nodes: number, ports: number, vcs: number) {
    const allPorts = nodes * ports;
    const channels = allPorts * vcs;
    this.#ports = ports;
    this.#vcs = vcs;
    this.#perNode = ports * vcs;
    // An adaptive packet asks for channels on one port of each axis, any other on one port.
    const requests = channels * vcs * Math.max(1, ports >> 1);
    this.#channelInputs = new Int32Array(requests);
    this.#channelOutputs = new Int32Array(requests);
    this.#channelGrantTurn = new Int32Array(channels);
    this.#channelAcceptTurn = new Int32Array(channels);
    this.#channelWinner = new Int32Array(channels);
    this.#channelBest = new Int32Array(channels).fill(NOBODY);
    this.#channelAccepted = new Int32Array(channels).fill(-1);
    this.#channelAcceptBest = new Int32Array(channels).fill(NOBODY);
    this.#pairs = new Int32Array(allPorts * ports);
    this.#pairLabel = new Int32Array(allPorts * ports).fill(-1);
    this.#switchGrantTurn = new Int32Array(allPorts);
    this.#switchAcceptTurn = new Int32Array(allPorts);
    this.#labelTurn = new Int32Array(allPorts);
    this.#switchWinner = new Int32Array(allPorts);
    this.#switchBest = new Int32Array(allPorts).fill(NOBODY);
    this.#switchAccepted = new Int32Array(allPorts).fill(-1);
    this.#switchAcceptBest = new Int32Array(allPorts).fill(NOBODY);
    this.#won = new Int32Array(allPorts).fill(-1);
    this.#channelPlace = Int32Array.from({ length: channels }, (_, channel) => channel % (ports * vcs));
    this.#channelPort = Int32Array.from({ length: channels }, (_, channel) => Math.floor(channel / vcs));
    this.#portPlace = Int32Array.from({ length: allPorts }, (_, port) => port % ports);
    this.#pairInput = Int32Array.from({ length: allPorts * ports }, (_, pair) => Math.floor(pair / ports));
    this.#pairOutput = Int32Array.from({ length: allPorts * ports }, (_, pair) => {
      const inputPort = Math.floor(pair / ports);
      return inputPort - (inputPort % ports) + (pair % ports);
    });
  }

  /** `input` and `output` are numbered over the whole network and belong to the same router. */
  requestChannel(input: number, output: number): void {
    this.#channelInputs[this.#channelRequests] = input;
    this.#channelOutputs[this.#channelRequests++] = output;
  }

  grantChannels(): void {
    const requests = this.#channelRequests;
    if (requests === 0) return;
    const perNode = this.#perNode;
    const inputs = this.#channelInputs;
    const outputs = this.#channelOutputs;
    const place = this.#channelPlace;
    const best = this.#channelBest;
    const winner = this.#channelWinner;
    const grantTurn = this.#channelGrantTurn;
    for (let index = 0; index < requests; index++) {
      const output = outputs[index];
      const turn = wrapped(place[inputs[index]] - grantTurn[output], perNode);
      if (turn >= best[output]) continue;
      best[output] = turn;
      winner[output] = inputs[index];
    }
    const acceptTurn = this.#channelAcceptTurn;
    const acceptBest = this.#channelAcceptBest;
    const accepted = this.#channelAccepted;
    for (let index = 0; index < requests; index++) {
      const input = inputs[index];
      const output = outputs[index];
      if (winner[output] !== input) continue;
      const turn = wrapped(place[output] - acceptTurn[input], perNode);
      if (turn >= acceptBest[input]) continue;
      acceptBest[input] = turn;
      accepted[input] = output;
    }
    for (let index = 0; index < requests; index++) {
      const input = inputs[index];
      const output = outputs[index];
      best[output] = NOBODY;
      acceptBest[input] = NOBODY;
      if (accepted[input] !== output) continue;
      grantTurn[output] = after(place[input], perNode);
      acceptTurn[input] = after(place[output], perNode);
    }
    this.#channelRequests = 0;
  }

  /** The output virtual channel that `input` has got, or -1; to be asked once. */
  takeChannel(input: number): number {
    const output = this.#channelAccepted[input];
    if (output >= 0) this.#channelAccepted[input] = -1;
    return output;
  }

  /** Of several virtual channels of a port that want the same output the one next in turn asks. */
  requestSwitch(channel: number, outPort: number): void {
    const vcs = this.#vcs;
    const inputPort = this.#channelPort[channel];
    const pair = inputPort * this.#ports + outPort;
    const before = this.#pairLabel[pair];
    if (before < 0) {
      this.#pairs[this.#pairCount++] = pair;
    } else {
      const turn = this.#labelTurn[inputPort] + inputPort * vcs;
      if (wrapped(channel - turn, vcs) >= wrapped(before - turn, vcs)) return;
    }
    this.#pairLabel[pair] = channel;
  }

  grantSwitches(): void {
    const count = this.#pairCount;
    if (count === 0) return;
    const ports = this.#ports;
    const pairs = this.#pairs;
    const place = this.#portPlace;
    const inputOf = this.#pairInput;
    const outputOf = this.#pairOutput;
    const best = this.#switchBest;
    const winner = this.#switchWinner;
    const grantTurn = this.#switchGrantTurn;
    for (let index = 0; index < count; index++) {
      const pair = pairs[index];
      const output = outputOf[pair];
      const turn = wrapped(place[inputOf[pair]] - grantTurn[output], ports);
      if (turn >= best[output]) continue;
      best[output] = turn;
      winner[output] = inputOf[pair];
    }
    const acceptTurn = this.#switchAcceptTurn;
    const acceptBest = this.#switchAcceptBest;
    const accepted = this.#switchAccepted;
    for (let index = 0; index < count; index++) {
      const pair = pairs[index];
      const input = inputOf[pair];
      if (winner[outputOf[pair]] !== input) continue;
      const turn = wrapped(place[outputOf[pair]] - acceptTurn[input], ports);
      if (turn >= acceptBest[input]) continue;
      acceptBest[input] = turn;
      accepted[input] = pair;
    }
    for (let index = 0; index < count; index++) {
      const pair = pairs[index];
      const input = inputOf[pair];
      const output = outputOf[pair];
      best[output] = NOBODY;
      acceptBest[input] = NOBODY;
      if (accepted[input] === pair) {
        const channel = this.#pairLabel[pair];
        this.#won[input] = channel;
        grantTurn[output] = after(place[input], ports);
        acceptTurn[input] = after(place[output], ports);
        this.#labelTurn[input] = after(channel - input * this.#vcs, this.#vcs);
        accepted[input] = -1;
      }
      this.#pairLabel[pair] = -1;
    }
    this.#pairCount = 0;
  }

  /** Whether `channel` crosses the switch now; true once. */
  takeSwitch(channel: number): boolean {
    const inputPort = this.#channelPort[channel];
    if (this.#won[inputPort] !== channel) return false;
    this.#won[inputPort] = -1;
    return true;
  }
}

function wrapped(difference: number, size: number): number {
  return difference < 0 ? difference + size : difference;
}

function after(place: number, size: number): number {
  return place + 1 === size ? 0 : place + 1;
}

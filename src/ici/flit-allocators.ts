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

  constructor(nodes: number, ports: number, vcs: number) {
    const allPorts = nodes * ports;
    const channels = allPorts * vcs;
    this.#ports = ports;
    this.#vcs = vcs;
    this.#perNode = ports * vcs;
    this.#channelInputs = new Int32Array(channels * vcs);
    this.#channelOutputs = new Int32Array(channels * vcs);
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
  }

  /** `input` and `output` are numbered over the whole network and belong to the same router. */
  requestChannel(input: number, output: number): void {
    this.#channelInputs[this.#channelRequests] = input;
    this.#channelOutputs[this.#channelRequests++] = output;
  }

  grantChannels(): void {
    const perNode = this.#perNode;
    const requests = this.#channelRequests;
    for (let index = 0; index < requests; index++) {
      const input = this.#channelInputs[index];
      const output = this.#channelOutputs[index];
      const turn = wrapped((input % perNode) - this.#channelGrantTurn[output], perNode);
      if (turn >= this.#channelBest[output]) continue;
      this.#channelBest[output] = turn;
      this.#channelWinner[output] = input;
    }
    for (let index = 0; index < requests; index++) {
      const input = this.#channelInputs[index];
      const output = this.#channelOutputs[index];
      if (this.#channelWinner[output] !== input) continue;
      const turn = wrapped((output % perNode) - this.#channelAcceptTurn[input], perNode);
      if (turn >= this.#channelAcceptBest[input]) continue;
      this.#channelAcceptBest[input] = turn;
      this.#channelAccepted[input] = output;
    }
    for (let index = 0; index < requests; index++) {
      const input = this.#channelInputs[index];
      const output = this.#channelOutputs[index];
      this.#channelBest[output] = NOBODY;
      this.#channelAcceptBest[input] = NOBODY;
      if (this.#channelAccepted[input] !== output) continue;
      this.#channelGrantTurn[output] = ((input % perNode) + 1) % perNode;
      this.#channelAcceptTurn[input] = ((output % perNode) + 1) % perNode;
    }
    this.#channelRequests = 0;
  }

  /** The output virtual channel that `input` has got, or -1; to be asked once. */
  takeChannel(input: number): number {
    const output = this.#channelAccepted[input];
    this.#channelAccepted[input] = -1;
    return output;
  }

  /** Of several virtual channels of a port that want the same output the one next in turn asks. */
  requestSwitch(channel: number, outPort: number): void {
    const vcs = this.#vcs;
    const inputPort = Math.floor(channel / vcs);
    const pair = inputPort * this.#ports + outPort;
    const before = this.#pairLabel[pair];
    if (before < 0) {
      this.#pairs[this.#pairCount++] = pair;
    } else {
      const turn = this.#labelTurn[inputPort];
      const base = inputPort * vcs;
      if (wrapped(channel - base - turn, vcs) >= wrapped(before - base - turn, vcs)) return;
    }
    this.#pairLabel[pair] = channel;
  }

  grantSwitches(): void {
    const ports = this.#ports;
    const count = this.#pairCount;
    for (let index = 0; index < count; index++) {
      const pair = this.#pairs[index];
      const inputPort = Math.floor(pair / ports);
      const output = this.#outputOf(pair, inputPort);
      const turn = wrapped((inputPort % ports) - this.#switchGrantTurn[output], ports);
      if (turn >= this.#switchBest[output]) continue;
      this.#switchBest[output] = turn;
      this.#switchWinner[output] = inputPort;
    }
    for (let index = 0; index < count; index++) {
      const pair = this.#pairs[index];
      const inputPort = Math.floor(pair / ports);
      if (this.#switchWinner[this.#outputOf(pair, inputPort)] !== inputPort) continue;
      const turn = wrapped(pair - inputPort * ports - this.#switchAcceptTurn[inputPort], ports);
      if (turn >= this.#switchAcceptBest[inputPort]) continue;
      this.#switchAcceptBest[inputPort] = turn;
      this.#switchAccepted[inputPort] = pair;
    }
    for (let index = 0; index < count; index++) {
      const pair = this.#pairs[index];
      const inputPort = Math.floor(pair / ports);
      const output = this.#outputOf(pair, inputPort);
      this.#switchBest[output] = NOBODY;
      this.#switchAcceptBest[inputPort] = NOBODY;
      if (this.#switchAccepted[inputPort] === pair) {
        const channel = this.#pairLabel[pair];
        this.#won[inputPort] = channel;
        this.#switchGrantTurn[output] = ((inputPort % ports) + 1) % ports;
        this.#switchAcceptTurn[inputPort] = (pair - inputPort * ports + 1) % ports;
        this.#labelTurn[inputPort] = (channel - inputPort * this.#vcs + 1) % this.#vcs;
        this.#switchAccepted[inputPort] = -1;
      }
      this.#pairLabel[pair] = -1;
    }
    this.#pairCount = 0;
  }

  /** Whether `channel` crosses the switch now; true once. */
  takeSwitch(channel: number): boolean {
    const inputPort = Math.floor(channel / this.#vcs);
    if (this.#won[inputPort] !== channel) return false;
    this.#won[inputPort] = -1;
    return true;
  }

  /** Output port of a pair, numbered over the whole network. */
  #outputOf(pair: number, inputPort: number): number {
    const ports = this.#ports;
    return inputPort - (inputPort % ports) + (pair - inputPort * ports);
  }
}

function wrapped(difference: number, size: number): number {
  return difference < 0 ? difference + size : difference;
}

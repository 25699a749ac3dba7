import type { FlitLayout } from './flit-layout.ts';
import { PortOrder, type WorkList } from './flit-queues.ts';

/**
 * The order in which BookSim's routers work, which only the coin tells from any other. Each router has three
 * queues: of packets to be routed, of those that ask for a virtual channel and of those that ask for the switch.
 * In each, those that come from the stage before are put in front of those that wait; flits that come to an
 * empty buffer are put at the end, port by port. Nobody overtakes, so that what is noted as a packet joins a
 * queue tells its place in it.
 */
export class RouterOrder {
  readonly #byPort: PortOrder;
  readonly #nodeOf: Int32Array;
  #cycle = 0;
  /** When the head was routed and as which of that cycle. */
  readonly #routedCycle: Int32Array;
  readonly #routedTurn: Int32Array;
  /** Where it joined the queue for the switch: in front, -1 - cycle; at the end, cycle. */
  readonly #switchTurn: Int32Array;

  constructor({ channels, nodeOf, portOf, ports }: FlitLayout, nodes: number) {
    this.#byPort = new PortOrder(portOf, nodes * ports);
    this.#nodeOf = nodeOf;
    this.#routedCycle = new Int32Array(channels);
    this.#routedTurn = new Int32Array(channels);
    this.#switchTurn = new Int32Array(channels);
  }

  begin(cycle: number): void {
    this.#cycle = cycle;
  }

  byPort(arrivals: WorkList): void {
    this.#byPort.sort(arrivals);
  }

  /** A flit of a packet whose head has gone ahead comes to an empty buffer. */
  followed(input: number): void {
    this.#switchTurn[input] = this.#cycle;
    this.#routedCycle[input] = 0;
    this.#routedTurn[input] = input;
  }

  routed(input: number, turn: number): void {
    this.#routedCycle[input] = this.#cycle;
    this.#routedTurn[input] = turn;
  }

  granted(input: number): void {
    this.#switchTurn[input] = -1 - this.#cycle;
  }

  /** Inputs that sent in one cycle, no two of a port, as their routers come to them. */
  byTurn(sent: WorkList): void {
    // By port they lie router by router, and few of each.
    this.#byPort.sort(sent);
    sent.sortBy((a, b) => this.#comesBefore(a, b));
  }

  byRouter(ties: WorkList): void {
    const nodeOf = this.#nodeOf;
    ties.sortBy((a, b) => nodeOf[a] < nodeOf[b]);
  }

  #comesBefore(a: number, b: number): boolean {
    const node = this.#nodeOf[a] - this.#nodeOf[b];
    if (node !== 0) return node < 0;
    const joined = this.#switchTurn[a] - this.#switchTurn[b];
    if (joined !== 0) return joined < 0;
    const routed = this.#routedCycle[a] - this.#routedCycle[b];
    if (routed !== 0) return routed > 0;
    return this.#routedTurn[a] < this.#routedTurn[b];
  }
}

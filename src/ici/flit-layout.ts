import { localPortCount, type RouterConfig } from './flit-config.ts';
import { WAYS_PER_AXIS } from './flit-word.ts';
import type { Torus } from './topology.ts';

const BITS_PER_AXIS = 8;
const BYTE = 0xff;
const PLACE_BIT = 24;

/**
 * Where the virtual channels of all routers lie and how they are joined, looked up because dividing is dear in
 * the innermost loops. A channel is `(node * ports + port) * virtualChannels + vc`, in or out; ports of links
 * come first, then those of the node. Every table is by channel, [channels], -1 where there is none.
 */
export class FlitLayout {
  readonly ports: number;
  /** Ports that links are on; those towards the node follow. */
  readonly linkPorts: number;
  readonly localPorts: number;
  readonly virtualChannels: number;
  readonly channels: number;
  /** With those of the nodes that inject. */
  readonly allOutputs: number;
  readonly nodeOf: Int32Array;
  /** Ports of nodes that inject are numbered behind those of routers. */
  readonly portOf: Int32Array;
  /** Of its port within its router. */
  readonly placeOf: Uint8Array;
  /** First channel of its router. */
  readonly routerOf: Int32Array;
  /** Coordinates of its node, a byte an axis, and above them the port within the router. */
  readonly here: Int32Array;
  /** Of an input, the first output channel of the port through which its flits leave for the node. */
  readonly exit: Int32Array;
  /** Of an output, how many of its port a packet may choose from: those of its class, or on leaving all. */
  readonly choices: Uint8Array;
  /** Of an output, the first of those. */
  readonly classOf: Int32Array;
  /**
   * The other end of its link: of an output the input that it leads to, which has the same number as the output
   * that leads here and gets the credits. Ports of the node have the channel by which it injects.
   */
  readonly peer: Int32Array;

  /** First channel of the class that a word leads to, within its router, by `wayOf`; on leaving by the first port. */
  readonly ways: Int32Array;

  constructor(torus: Torus, config: RouterConfig) {
    const { nodes, axes, targets } = torus;
    const vcs = config.virtualChannels;
    const links = 2 * axes;
    this.localPorts = localPortCount(torus, config);
    this.linkPorts = links;
    this.ports = links + this.localPorts;
    this.virtualChannels = vcs;
    this.channels = nodes * this.ports * vcs;
    this.allOutputs = this.injection(nodes, 0, 0);
    this.nodeOf = new Int32Array(this.channels);
    this.portOf = Int32Array.from({ length: this.allOutputs }, (_, channel) => Math.floor(channel / vcs));
    this.placeOf = new Uint8Array(this.channels);
    this.routerOf = new Int32Array(this.channels);
    this.here = new Int32Array(this.channels);
    this.exit = new Int32Array(this.channels);
    this.choices = new Uint8Array(this.channels);
    this.classOf = new Int32Array(this.channels);
    this.peer = new Int32Array(this.channels);
    // Where packets may leave dimension order, it keeps one channel of each class and all others are free to them.
    const classChannels = config.routing === 'adaptive' ? 1 : vcs >> 1;
    this.ways = Int32Array.from({ length: WAYS_PER_AXIS * (axes + 1) }, (_, way) => {
      const axis = Math.floor(way / WAYS_PER_AXIS);
      const [down, upper] = [(way >> 1) & 1, way & 1];
      return axis === axes ? links * vcs : (2 * axis + down) * vcs + upper * classChannels;
    });
    for (let channel = 0; channel < this.channels; channel++) {
      const port = this.portOf[channel];
      const node = Math.floor(port / this.ports);
      const place = port % this.ports;
      const vc = channel % vcs;
      this.nodeOf[channel] = node;
      this.placeOf[channel] = place;
      this.routerOf[channel] = node * this.ports * vcs;
      this.here[channel] = torus
        .coordinates(node)
        .reduce((word, each, axis) => word | (each << (BITS_PER_AXIS * axis)), place << PLACE_BIT);
      // A node with a port beside each link takes what a link brings there.
      const exitPort = this.localPorts === 1 || place >= links ? Math.max(place, links) : links + place;
      this.exit[channel] = this.routerOf[channel] + exitPort * vcs;
      this.choices[channel] = place < links ? vcs >> 1 : vcs;
      this.classOf[channel] = channel - (vc % this.choices[channel]);
      // Output port 2 axis + direction leads to the input port of the neighbour that faces it.
      this.peer[channel] =
        place < links
          ? (targets[node * links + place] * this.ports + (place ^ 1)) * vcs + vc
          : this.injection(node, vc, place - links);
    }
  }

  /** The channels of nodes that inject follow those of routers. */
  injection(node: number, vc: number, localPort: number): number {
    return this.channels + (node * this.localPorts + localPort) * this.virtualChannels + vc;
  }
}

/** Coordinate along an axis, out of `FlitLayout.here`. */
export function coordinateAlong(here: number, axis: number): number {
  return (here >> (BITS_PER_AXIS * axis)) & BYTE;
}

/** Axis of a link's port, out of `FlitLayout.here`. */
export function axisOfPort(here: number): number {
  return here >> (PLACE_BIT + 1);
}

/** 1 if it leads down, else 0. */
export function isDownPort(here: number): number {
  return (here >> PLACE_BIT) & 1;
}

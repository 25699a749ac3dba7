import { localPortCount, type RouterConfig } from './flit-config.ts';
import type { Torus } from './topology.ts';

const BITS_PER_AXIS = 8;
const BYTE = 0xff;

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
  readonly nodeOf: Int32Array;
  readonly portOf: Int32Array;
  /** Of its port within its router. */
  readonly placeOf: Uint8Array;
  /** First channel of its router. */
  readonly routerOf: Int32Array;
  /** Coordinates of its node, a byte an axis. */
  readonly coordinates: Int32Array;
  /** Of an input, the first output channel of the port through which its flits leave for the node. */
  readonly exit: Int32Array;
  /** Of an output, how many of its port a packet may choose from: those of its class, or on leaving all. */
  readonly choices: Uint8Array;
  /** Of an output, the input at the other end of its link, and that link. */
  readonly facing: Int32Array;
  readonly link: Int32Array;
  /** Of an input, the output (or the channel of its node) that gets its credits. */
  readonly creditTo: Int32Array;

  constructor(torus: Torus, config: RouterConfig) {
    const { nodes, axes, targets } = torus;
    const vcs = config.virtualChannels;
    const links = 2 * axes;
    this.localPorts = localPortCount(torus, config);
    this.linkPorts = links;
    this.ports = links + this.localPorts;
    this.virtualChannels = vcs;
    this.channels = nodes * this.ports * vcs;
    this.nodeOf = new Int32Array(this.channels);
    this.portOf = new Int32Array(this.channels);
    this.placeOf = new Uint8Array(this.channels);
    this.routerOf = new Int32Array(this.channels);
    this.coordinates = new Int32Array(this.channels);
    this.exit = new Int32Array(this.channels);
    this.choices = new Uint8Array(this.channels);
    this.facing = new Int32Array(this.channels).fill(-1);
    this.link = new Int32Array(this.channels).fill(-1);
    this.creditTo = new Int32Array(this.channels).fill(-1);
    for (let channel = 0; channel < this.channels; channel++) {
      const port = Math.floor(channel / vcs);
      const node = Math.floor(port / this.ports);
      const place = port % this.ports;
      const vc = channel % vcs;
      this.nodeOf[channel] = node;
      this.portOf[channel] = port;
      this.placeOf[channel] = place;
      this.routerOf[channel] = node * this.ports * vcs;
      this.coordinates[channel] = torus
        .coordinates(node)
        .reduce((word, each, axis) => word | (each << (BITS_PER_AXIS * axis)), 0);
      // A node with a port beside each link takes what a link brings there.
      const exitPort = this.localPorts === 1 || place >= links ? Math.max(place, links) : links + place;
      this.exit[channel] = this.routerOf[channel] + exitPort * vcs;
      this.choices[channel] = place < links ? vcs >> 1 : vcs;
      if (place >= links) {
        this.creditTo[channel] = this.injection(node, vc, place - links);
      } else if (targets[node * links + place] >= 0) {
        // Output port 2 axis + direction leads to the input port of the neighbour that faces it.
        const facing = (targets[node * links + place] * this.ports + (place ^ 1)) * vcs + vc;
        this.facing[channel] = facing;
        this.creditTo[facing] = channel;
        this.link[channel] = node * links + place;
      }
    }
  }

  /** The channels of nodes that inject follow those of routers. */
  injection(node: number, vc: number, localPort: number): number {
    return this.channels + (node * this.localPorts + localPort) * this.virtualChannels + vc;
  }
}

/** Coordinate along an axis, out of `FlitLayout.coordinates`. */
export function coordinateAlong(coordinates: number, axis: number): number {
  return (coordinates >> (BITS_PER_AXIS * axis)) & BYTE;
}

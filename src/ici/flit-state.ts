import type { FlitMemory } from './flit-memory.ts';

/**
 * The routers of a `FlitNetwork` between two cycles: its own memory, to be read and never written. A channel is
 * `(node * ports + port) * virtualChannels + vc`; ports of links come first, output channels are numbered alike.
 */
export interface FlitState {
  readonly ports: number;
  readonly linkPorts: number;
  readonly channels: number;
  readonly adaptive: boolean;
  /** Port of a channel, in or out, within its router. */
  readonly placeOf: Uint8Array;
  readonly memory: FlitMemory;
}

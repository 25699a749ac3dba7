import type { WorkList } from './flit-queues.ts';

type Listed = Pick<WorkList, 'data' | 'count'>;

/**
 * The routers of a `FlitNetwork` between two cycles: its own arrays, to be read and never written. A channel is
 * `(node * ports + port) * virtualChannels + vc`; ports of links come first, output channels are numbered alike.
 */
export interface FlitState {
  readonly ports: number;
  readonly linkPorts: number;
  readonly bufferFlits: number;
  readonly adaptive: boolean;
  /** Port of a channel, in or out, within its router. */
  readonly placeOf: Uint8Array;
  /** Of input channels: whether the packet at the head has an output channel. */
  readonly active: Uint8Array;
  /** The output channel that it has, or while it asks, the first that it may have. */
  readonly outVc: Int32Array;
  /** Where the head of the queue lies in the channel's buffer, and how many flits there are. */
  readonly first: Uint16Array;
  readonly held: Uint16Array;
  /** What flits were tagged with and their words, [channels, bufferFlits, 2]; those under way lie there too. */
  readonly flits: Int32Array;
  /** Of output channels: room that is known of behind them, and whether a packet has them. */
  readonly credits: Int32Array;
  readonly taken: Uint8Array;
  /** Input channels whose head was routed, asked for a channel, or had one, in the cycle that is over. */
  routed(): Listed;
  allocated(): Listed;
  switched(): Listed;
}

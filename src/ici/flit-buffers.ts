/**
 * The buffers of all input virtual channels, rings of `depth` flits. A flit is put in the buffer that it goes to
 * as it is sent, which has room, as its credit says: what is under way is then no more than a channel's number.
 */
export class FlitBuffers {
  readonly depth: number;
  /** Where the first flit of each channel lies in its ring, and how many have arrived, [channels]. */
  readonly first: Uint16Array;
  readonly held: Uint16Array;
  /** Where the next flit will lie, behind those that have arrived and those under way. */
  readonly #next: Uint16Array;
  /** Tag and word of each flit, [channels, depth, 2]. */
  readonly flits: Int32Array;

  constructor(channels: number, depth: number) {
    this.depth = depth;
    this.first = new Uint16Array(channels);
    this.held = new Uint16Array(channels);
    this.#next = new Uint16Array(channels);
    this.flits = new Int32Array(channels * depth * 2);
  }

  /** Where in `flits` the word of the first flit of a channel lies. */
  firstWord(channel: number): number {
    return 2 * (channel * this.depth + this.first[channel]) + 1;
  }

  write(channel: number, tag: number, word: number): void {
    const slot = this.#next[channel];
    const at = 2 * (channel * this.depth + slot);
    this.flits[at] = tag;
    this.flits[at + 1] = word;
    this.#next[channel] = slot + 1 === this.depth ? 0 : slot + 1;
  }
}

import type { FlowResult } from './flow.ts';
import type { Transfers } from './transfers.ts';

/** Whenever something changes on a link: by link, in the order of time. */
export interface LinkEvents {
  /** Events of link l: from `offsets[l]` to `offsets[l + 1] - 1`, [links + 1]. */
  readonly offsets: Int32Array;
  readonly seconds: Float64Array;
  /** Bytes a second from then on; NaN where an event leaves the rate as it is. */
  readonly bytesPerSecond: Float64Array;
  /** Bytes that come to wait for the link with a transfer that begins; 0 for other events. */
  readonly queuedBytes: Float64Array;
  /** 1 for a transfer that begins, -1 for one that has sent all, 0 for a change of rate. */
  readonly flows: Int8Array;
}

/** Events of all links from a run whose changes were recorded. */
export function linkEvents(links: number, transfers: Transfers, result: FlowResult): LinkEvents {
  const { linkOffsets, crossings } = transfers;
  const offsets = new Int32Array(links + 1);
  const moving = movingTransfers(transfers);
  for (const { link } of result.changes) offsets[link + 1] += 1;
  for (const transfer of moving) {
    for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++) {
      offsets[transfers.links[place] + 1] += 2;
    }
  }
  for (let link = 0; link < links; link++) offsets[link + 1] += offsets[link];
  const count = offsets[links];
  const seconds = new Float64Array(count);
  const bytesPerSecond = new Float64Array(count).fill(Number.NaN);
  const queuedBytes = new Float64Array(count);
  const flows = new Int8Array(count);
  const filled = offsets.slice(0, links);
  for (const change of result.changes) {
    const at = filled[change.link]++;
    seconds[at] = change.seconds;
    bytesPerSecond[at] = change.bytesPerSecond;
  }
  for (const transfer of moving) {
    for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++) {
      const begins = filled[transfers.links[place]]++;
      seconds[begins] = result.begun[transfer];
      queuedBytes[begins] = transfers.bytes[transfer] * crossings[place];
      flows[begins] = 1;
      const ends = filled[transfers.links[place]]++;
      seconds[ends] = result.sent[transfer];
      flows[ends] = -1;
    }
  }
  return inOrder({ offsets, seconds, bytesPerSecond, queuedBytes, flows });
}

/** Transfers that use links at all. */
export function movingTransfers({ count, bytes, linkOffsets }: Transfers): Int32Array {
  const moving: number[] = [];
  for (let transfer = 0; transfer < count; transfer++) {
    if (bytes[transfer] > 0 && linkOffsets[transfer + 1] > linkOffsets[transfer]) moving.push(transfer);
  }
  return Int32Array.from(moving);
}

function inOrder(events: LinkEvents): LinkEvents {
  const { offsets, seconds } = events;
  const order = Int32Array.from(seconds, (_, index) => index);
  for (let link = 0; link + 1 < offsets.length; link++) {
    order.subarray(offsets[link], offsets[link + 1]).sort((a, b) => seconds[a] - seconds[b] || a - b);
  }
  return {
    offsets,
    seconds: Float64Array.from(order, (index) => seconds[index]),
    bytesPerSecond: Float64Array.from(order, (index) => events.bytesPerSecond[index]),
    queuedBytes: Float64Array.from(order, (index) => events.queuedBytes[index]),
    flows: Int8Array.from(order, (index) => events.flows[index]),
  };
}

/** A stretch of time in which nothing changes on a link. */
export interface LinkSpan {
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly bytesPerSecond: number;
  /** Transfers under way. */
  readonly flows: number;
  /** Bytes of theirs that wait at its beginning. */
  readonly queuedBytes: number;
}

/** Walks one link from its first event to its last. */
export function* linkSpans(events: LinkEvents, link: number): Generator<LinkSpan> {
  let bytesPerSecond = 0;
  let flows = 0;
  let queuedBytes = 0;
  let fromSeconds = 0;
  for (let index = events.offsets[link]; index < events.offsets[link + 1]; index++) {
    const toSeconds = events.seconds[index];
    if (toSeconds > fromSeconds && flows > 0) {
      yield { fromSeconds, toSeconds, bytesPerSecond, flows, queuedBytes };
    }
    queuedBytes = Math.max(0, queuedBytes - bytesPerSecond * (toSeconds - fromSeconds));
    fromSeconds = toSeconds;
    flows += events.flows[index];
    // What rounding leaves is nothing once the last transfer has gone.
    queuedBytes = flows === 0 ? 0 : queuedBytes + events.queuedBytes[index];
    if (!Number.isNaN(events.bytesPerSecond[index])) bytesPerSecond = events.bytesPerSecond[index];
  }
}

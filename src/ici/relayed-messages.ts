import type { Path } from './pair-orbits.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** Pieces that follow one another from relay to relay: enough to fill the way, long enough to fill packets. */
const MOST_PIECES = 128;
const SMALLEST_PIECE_FLITS = 24;

/**
 * Messages along `paths` as routers can carry them. One that goes whole by a way that a router takes is left to
 * the routers. Parts of a message are relayed: every chip sends on, piece after piece, what has arrived whole,
 * so that none stands in a buffer in front of another and a path may go anywhere.
 */
export function relayedMessages(
  torus: Torus,
  paths: readonly Path[],
  bytes: number,
  flitBytes: number,
): TransferList {
  const list = new TransferList();
  for (const { links, share } of paths) {
    const isRouted = share >= 1 && isRoutable(torus, links);
    const legs = isRouted ? [links] : links.map((link) => [link]);
    const pieces = legs.length === 1 ? 1 : Math.max(1, piecesOf(bytes * share, flitBytes));
    const ahead = new Array<number | undefined>(legs.length).fill(undefined);
    for (let piece = 0; piece < pieces; piece++) {
      let arrived: number | undefined;
      legs.forEach((leg, index) => {
        const before = ahead[index];
        arrived = list.add({
          bytes: (bytes * share) / pieces,
          links: leg,
          latencySeconds: 0,
          after: arrived === undefined ? [] : [arrived],
          behind: before === undefined ? [] : [before],
        });
        ahead[index] = arrived;
      });
    }
  }
  return list;
}

function piecesOf(bytes: number, flitBytes: number): number {
  return Math.min(MOST_PIECES, Math.floor(bytes / flitBytes / SMALLEST_PIECE_FLITS));
}

/** Of what is sent, how much must be in parts long enough to fill half of their relays with pieces. */
const MOSTLY = 0.9;

/** Whether parts of messages are long enough to be relayed. */
export function relaysPayOff(paths: readonly Path[], bytes: number, flitBytes: number): boolean {
  let all = 0;
  let filling = 0;
  for (const { links, share } of paths) {
    all += share;
    if (share >= 1 || 2 * piecesOf(bytes * share, flitBytes) >= links.length) filling += share;
  }
  return filling >= MOSTLY * all;
}

/**
 * Whether routers take this path: they take axes in order and go one way along each, and at most half way
 * round a ring, or their virtual channels could wait for each other in a circle.
 */
function isRoutable(torus: Torus, links: readonly number[]): boolean {
  const along = torus.shape.map(() => 0);
  return links.every((link, place) => {
    const axis = torus.linkAxis(link);
    along[axis] += 1;
    if (torus.wraps[axis] && along[axis] > Math.floor(torus.shape[axis] / 2)) return false;
    if (place === 0) return true;
    const before = links[place - 1];
    return (
      axis > torus.linkAxis(before) ||
      (axis === torus.linkAxis(before) && torus.linkDirection(link) === torus.linkDirection(before))
    );
  });
}

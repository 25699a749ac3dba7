import { largestOf } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { Candidate } from './candidate.ts';
import { closedForm } from './closed-form.ts';
import { runFlitMessages, type WatchFlits } from './flit-messages.ts';
import { CYCLES_PER_HOP } from './flit-timing.ts';
import { separateLinks } from './folded-torus.ts';
import type { Group } from './group.ts';
import type { Path } from './permute.ts';
import { relayedMessages } from './relayed-messages.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import type { Torus } from './topology.ts';
import type { TransferList } from './transfers.ts';
import { unfoldedTransfers } from './unfolded-transfers.ts';

/** A flit where hops cost nothing. */
const SMALLEST_FLIT_BYTES = 512;
/** About ten seconds of computing. */
const MAX_ROUTER_CYCLES = 40_000_000;

/**
 * A collective flit by flit: what the routers' buffers, virtual channels and arbiters make of the schedule.
 * A flit is what a link carries in a sixth of a hop's latency, so that a hop takes what it takes in the other
 * models; messages are rounded up to whole flits. More than some millions of flits are an `InputError`.
 */
export function flitCollective(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
  watch?: WatchFlits,
): Candidate {
  const base = closedForm(kind, group, bytes, rates);
  const { torus } = group;
  checkSize(torus, base.seconds, rates);
  const request = { kind, axes: [...torus.shape.keys()], bytes };
  const list = unfoldedTransfers(torus, request, rates);
  const { linkSlots } = torus;
  const onTorus = (whole: Torus, linkBytes: Float64Array): Float64Array => {
    const own = separateLinks(group).classOfLinks(whole);
    return Float64Array.from(own, (link) => (link < 0 || link >= linkSlots ? 0 : linkBytes[link]));
  };
  return flitCandidate(base, torus, list, rates, onTorus, watch);
}

/** A permute flit by flit: messages that go whole are routed, parts of others relayed by chips. */
export function flitPermute(
  base: Candidate,
  torus: Torus,
  paths: readonly Path[],
  bytes: number,
  rates: LinkRates,
): Candidate {
  checkSize(torus, base.seconds, rates);
  const list = relayedMessages(torus, paths, bytes, flitBytesOf(rates));
  return flitCandidate(base, torus, list, rates, (_, linkBytes) => linkBytes);
}

/** What one flit carries. */
export function flitBytesOf(rates: LinkRates): number {
  const sixth = Math.round((rates.linkBytesPerSecond * rates.hopLatencySeconds) / CYCLES_PER_HOP);
  return Math.max(SMALLEST_FLIT_BYTES, sixth);
}

function checkSize(torus: Torus, seconds: number, rates: LinkRates): void {
  const routerCycles = (torus.nodes * seconds * rates.linkBytesPerSecond) / flitBytesOf(rates);
  if (routerCycles <= MAX_ROUTER_CYCLES) return;
  throw new InputError('model', 'flit is a zoom for small networks and little data; use flow for this one');
}

function flitCandidate(
  base: Candidate,
  network: Torus,
  list: TransferList,
  rates: LinkRates,
  onTorus: (torus: Torus, linkBytes: Float64Array) => Float64Array,
  watch?: WatchFlits,
): Candidate {
  const flitBytes = flitBytesOf(rates);
  const { cycles, linkFlits } = runFlitMessages(network, list.flatten(), flitBytes, watch);
  const linkBytes = linkFlits.map((flits) => flits * flitBytes);
  return {
    ...base,
    seconds: (cycles * flitBytes) / rates.linkBytesPerSecond,
    algorithm: `${base.algorithm}, in flits of ${flitBytes} bytes`,
    largestLinkBytes: largestOf(linkBytes),
    groupLinkBytes: linkBytes.reduce((total, each) => total + each, 0),
    linkBytes: (torus) => onTorus(torus, linkBytes),
  };
}

import { InputError } from '../base/result.ts';
import type { Candidate } from './candidate.ts';
import { closedForm } from './closed-form.ts';
import { type FlitMessage, runFlitMessages } from './flit-messages.ts';
import { CYCLES_PER_HOP } from './flit-network.ts';
import { ringParts } from './flow-schedules.ts';
import type { Group } from './group.ts';
import type { Path } from './permute.ts';
import type { CollectiveKind, LinkRates } from './request.ts';
import { fastestRingPlan } from './ring-plan.ts';
import type { StreamedPart } from './ring-schedule.ts';
import { minimalSteps } from './routing.ts';
import type { Torus } from './topology.ts';

/** A flit where hops cost nothing. */
const SMALLEST_FLIT_BYTES = 512;
/** About ten seconds of computing. */
const MAX_ROUTER_CYCLES = 40_000_000;
const MAX_MESSAGES = 1_000_000;

/**
 * A collective flit by flit: what the routers' buffers, virtual channels and arbiters make of the schedule.
 * A flit is what a link carries in a sixth of a hop's latency, so that a hop takes what it takes in the other
 * models; shards are rounded up to whole flits. Lines, broadcasts and more than some millions of
 * flits are an `InputError`.
 */
export function flitCollective(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate {
  const base = closedForm(kind, group, bytes, rates);
  const flitBytes = flitBytesOf(rates);
  checkSize(group.torus, base.seconds, rates);
  const messages = messagesOf(kind, group, bytes / flitBytes, rates, bytes);
  return flitCandidate(base, group.torus, messages, rates, (torus, linkBytes) =>
    spread(torus, group, linkBytes),
  );
}

/** A permute flit by flit. Routers take axes in order, so that halves of a message take the same way. */
export function flitPermute(
  base: Candidate,
  torus: Torus,
  paths: readonly Path[],
  bytes: number,
  rates: LinkRates,
): Candidate {
  checkSize(torus, base.seconds, rates);
  const flits = bytes / flitBytesOf(rates);
  const messages = paths.map(({ links, share }) => {
    const steps = new Array<number>(torus.axes).fill(0);
    for (const link of links) steps[torus.linkAxis(link)] += torus.linkDirection(link) === 0 ? 1 : -1;
    return { source: torus.linkSource(links[0]), steps, flits: Math.ceil(flits * share), after: [] };
  });
  return flitCandidate(base, torus, messages, rates, (_, linkBytes) => linkBytes);
}

function flitBytesOf(rates: LinkRates): number {
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
  messages: readonly FlitMessage[],
  rates: LinkRates,
  onTorus: (torus: Torus, linkBytes: Float64Array) => Float64Array,
): Candidate {
  const flitBytes = flitBytesOf(rates);
  const { cycles, linkFlits } = runFlitMessages(network, messages);
  const linkBytes = linkFlits.map((flits) => flits * flitBytes);
  return {
    ...base,
    seconds: (cycles * flitBytes) / rates.linkBytesPerSecond,
    algorithm: `${base.algorithm}, in flits of ${flitBytes} bytes`,
    largestLinkBytes: linkBytes.reduce((most, each) => Math.max(most, each), 0),
    groupLinkBytes: linkBytes.reduce((total, each) => total + each, 0),
    linkBytes: (torus) => onTorus(torus, linkBytes),
  };
}

function messagesOf(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  flits: number,
  rates: LinkRates,
  bytes: number,
): readonly FlitMessage[] {
  switch (kind) {
    case 'all-gather':
    case 'reduce-scatter':
    case 'all-reduce':
      return ringMessages(group, ringParts(kind, fastestRingPlan(group, bytes, rates).parts, flits));
    case 'all-to-all':
      return exchangeMessages(group.torus, flits / group.torus.nodes);
    case 'broadcast':
      throw new InputError('model', 'the flit model has no broadcast; use flow');
  }
}

/** Rings in steps: each chip passes on what has come from behind, both ways, phase after phase. */
function ringMessages(group: Group, parts: readonly StreamedPart[]): readonly FlitMessage[] {
  const { torus } = group;
  if (!torus.symmetric)
    throw new InputError('model', 'flit has rings only; use flow where an axis does not wrap');
  const messages: FlitMessage[] = [];
  for (const part of parts) {
    let held: readonly (readonly number[])[] = Array.from({ length: torus.nodes }, () => []);
    for (const phase of part.phases) {
      const hops = Math.floor(phase.length / 2);
      checkMessages(messages.length + torus.nodes * hops * 2);
      const shard = Math.ceil(part.bytes * phase.shard);
      const done: number[][] = Array.from({ length: torus.nodes }, () => []);
      for (const direction of [0, 1] as const) {
        const steps = torus.shape.map((_, axis) => (axis === phase.axis ? 1 - 2 * direction : 0));
        let before: readonly (readonly number[])[] = held;
        for (let hop = 1; hop <= hops; hop++) {
          const arriving: number[][] = Array.from({ length: torus.nodes }, () => []);
          const half = hop * 2 === phase.length;
          for (let node = 0; node < torus.nodes; node++) {
            arriving[torus.targets[torus.link(node, phase.axis, direction)]].push(messages.length);
            messages.push({
              source: node,
              steps,
              flits: half ? Math.ceil(shard / 2) : shard,
              after: before[node],
            });
          }
          before = arriving;
        }
        before.forEach((last, node) => {
          done[node].push(...last);
        });
      }
      held = done;
    }
  }
  return messages;
}

/** Every chip to every other, the farthest first. */
function exchangeMessages(torus: Torus, flits: number): readonly FlitMessage[] {
  checkMessages(torus.nodes * torus.nodes);
  const messages: FlitMessage[] = [];
  for (let source = 0; source < torus.nodes; source++) {
    const own = Array.from({ length: torus.nodes }, (_, target) => minimalSteps(torus, source, target))
      .filter((steps) => steps.some((each) => each !== 0))
      .sort((a, b) => lengthOf(b) - lengthOf(a));
    for (const steps of own) messages.push({ source, steps, flits: Math.ceil(flits), after: [] });
  }
  return messages;
}

function lengthOf(steps: readonly number[]): number {
  return steps.reduce((total, each) => total + Math.abs(each), 0);
}

function checkMessages(count: number): void {
  if (count <= MAX_MESSAGES) return;
  throw new InputError(
    'model',
    `the flit model follows at most ${MAX_MESSAGES} messages, this collective has ${count}`,
  );
}

function spread(torus: Torus, group: Group, bytes: Float64Array): Float64Array {
  const all = new Float64Array(torus.linkSlots);
  for (let node = 0; node < torus.nodes; node++) {
    const own = group.torus.nodeAt(group.axes.map((axis) => torus.coordinate(node, axis)));
    group.axes.forEach((axis, index) => {
      for (const direction of [0, 1] as const) {
        all[torus.link(node, axis, direction)] = bytes[group.torus.link(own, index, direction)];
      }
    });
  }
  return all;
}

import { largestOf } from '../base/integers.ts';
import type { Candidate } from './candidate.ts';
import { ringParts } from './flow-schedules.ts';
import { groupOf } from './group.ts';
import type { CollectiveRequest, LinkRates } from './request.ts';
import {
  describeRingPlan,
  fastestRingPlan,
  laneHops,
  ringBytes,
  ringPlanHops,
  ringWords,
} from './ring-plan.ts';
import { routesAround } from './routing.ts';
import { UnfoldedTorus } from './schedule-layout.ts';
import { ringsPlan, type ScheduledPlan } from './scheduled-plan.ts';
import { type Direction, Torus } from './topology.ts';

type RingRequest = CollectiveRequest & { readonly kind: 'all-gather' | 'reduce-scatter' | 'all-reduce' };

/** What one step of all rings along an axis puts on links, for one byte of a shard and each way round. */
interface AxisRoutes {
  readonly perLink: Float64Array;
  readonly longestRoute: number;
}

/**
 * The rings of the whole torus where links or chips are missing: a neighbour plays the part of a missing chip,
 * and whoever is next in a ring without a link between is reached by all shortest ways at once. `undefined`
 * where an axis is open or all neighbours of a chip are missing with it.
 */
export function ringsWithStandIns(
  torus: Torus,
  request: RingRequest,
  rates: LinkRates,
): ScheduledPlan | undefined {
  const whole = new Torus({ shape: torus.shape, wraps: torus.wraps, twisted: torus.twisted });
  const group = groupOf(whole, request.axes);
  if (group === undefined || !group.torus.wraps.every(Boolean)) return undefined;
  const players = playersOf(torus, whole, group.axes);
  if (players === undefined) return undefined;
  const layout = new StandInTorus(torus, whole, group.axes, players);
  const routes = group.axes.map((_, axis) => axisRoutes(torus, layout, axis));
  const plan = fastestRingPlan(group, request.bytes, rates);
  const passes = request.kind === 'all-reduce' ? 2 : 1;
  const latency = rates.hopLatencySeconds;
  const total = new Float64Array(torus.linkSlots);
  let seconds = 0;
  for (const lanes of plan.steps) {
    const loads = new Float64Array(torus.linkSlots);
    let hops = 0;
    let detourHops = 0;
    for (const lane of lanes) {
      const { perLink, longestRoute } = routes[lane.axis];
      const turns = passes * ((lane.length - 1) / 2) * lane.shard * request.bytes;
      for (let link = 0; link < loads.length; link++) loads[link] += perLink[link] * turns;
      hops = Math.max(hops, laneHops(lane));
      detourHops = Math.max(detourHops, laneHops(lane) * (longestRoute - 1));
    }
    seconds +=
      passes * detourHops * latency +
      Math.max(passes * hops * latency, largestOf(loads) / rates.linkBytesPerSecond);
    for (let link = 0; link < loads.length; link++) total[link] += loads[link];
  }
  const { most, own } = ringBytes(plan, request.bytes);
  const crowded = torus.linkName(total.indexOf(largestOf(total)));
  const reduces = request.kind !== 'all-gather';
  const candidate: Candidate = {
    seconds,
    algorithm: `${passes === 2 ? 'reduce-scatter and all-gather in ' : ''}${ringWords(group)} along ${describeRingPlan(plan, group)}, around what is missing`,
    reason: `${torus.missingChips.size > 0 ? 'neighbours play the part of missing chips' : 'what a missing link carried goes round it by all shortest ways'}: that crowds ${crowded}, and all rings wait for it`,
    steps: passes * ringPlanHops(plan) * Math.max(...routes.map(({ longestRoute }) => longestRoute)),
    chipBytes: {
      sent: passes === 2 ? most + own : reduces ? own : most,
      received: passes === 2 ? most + own : reduces ? most : own,
      reduced: reduces ? most : 0,
    },
    largestLinkBytes: largestOf(total),
    groupLinkBytes: total.reduce((sum, each) => sum + each, 0),
    linkBytes: () => total.slice(),
  };
  return ringsPlan(candidate, layout, ringParts(request.kind, plan.parts, request.bytes), latency);
}

/** Who does what each chip would: itself, or for one that is missing a neighbour of its group. */
function playersOf(torus: Torus, whole: Torus, axes: readonly number[]): Int32Array | undefined {
  const players = Int32Array.from({ length: torus.nodes }, (_, node) => node);
  for (const chip of torus.missingChips) {
    const neighbours = axes.flatMap((axis) =>
      ([0, 1] as const).map((direction) => whole.targets[whole.link(chip, axis, direction)]),
    );
    const player = neighbours.find((node) => !torus.missingChips.has(node));
    if (player === undefined) return undefined;
    players[chip] = player;
  }
  return players;
}

/** The chips and rings of the whole torus, whose steps go where links and chips are left. */
class StandInTorus extends UnfoldedTorus {
  readonly uneven = true;
  readonly #left: Torus;
  readonly #players: Int32Array;
  /** By link of the whole torus. */
  readonly #routes = new Map<number, readonly (readonly number[])[]>();

  constructor(left: Torus, whole: Torus, axes: readonly number[], players: Int32Array) {
    super(whole, axes);
    this.#left = left;
    this.#players = players;
  }

  /** One empty way where both chips are played by the same one. */
  routes(chip: number, axis: number, direction: Direction): readonly (readonly number[])[] {
    const link = this.link(chip, axis, direction);
    let routes = this.#routes.get(link);
    if (routes === undefined) {
      const next = this.torus.targets[link];
      const [from, to] = [this.#players[chip], this.#players[next]];
      const isThere = from === chip && to === next && this.#left.targets[link] === next;
      routes = from === to ? [[]] : isThere ? [[link]] : routesAround(this.#left, from, to);
      this.#routes.set(link, routes);
    }
    return routes;
  }
}

function axisRoutes(torus: Torus, layout: StandInTorus, axis: number): AxisRoutes {
  const perLink = new Float64Array(torus.linkSlots);
  let longestRoute = 1;
  for (let node = 0; node < torus.nodes; node++) {
    for (const direction of [0, 1] as const) {
      const ways = layout.routes(node, axis, direction);
      for (const way of ways) {
        longestRoute = Math.max(longestRoute, way.length);
        for (const each of way) perLink[each] += 1 / ways.length;
      }
    }
  }
  return { perLink, longestRoute };
}

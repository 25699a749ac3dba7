import type { RouterConfig } from './flit-config.ts';
import { CYCLES_PER_HOP } from './flit-timing.ts';
import { stepsAlong } from './flit-word.ts';
import { RouteTable } from './route-table.ts';
import type { Torus } from './topology.ts';
import { destinations, type TrafficPattern } from './traffic-pattern.ts';

/** Ways to break ties along three axes. */
const TIES = 8;
/** From the node through its own router to the node again. */
const NO_HOP_CYCLES = 7;

/** What no router can better, whatever its buffers. */
export interface TrafficBound {
  /** Flits that each node can send a cycle before a link, or its own port, is full all the time. */
  readonly flitsPerNodePerCycle: number;
  readonly meanHops: number;
  /** Mean latency of a packet that never waits. */
  readonly zeroLoadCycles: number;
}

/**
 * The ideal throughput, 1 / the largest channel load (Dally and Towles, Principles and Practices of
 * Interconnection Networks, 3.3.1): in dimension order over the links that packets take, ties split evenly;
 * adaptive ones may spread over all links of an axis and direction, so that the mean of these counts.
 */
export function trafficBound(
  torus: Torus,
  {
    pattern,
    routing,
    packetFlits,
  }: Pick<RouterConfig, 'routing'> & {
    readonly pattern: TrafficPattern;
    readonly packetFlits: number;
  },
): TrafficBound {
  const loads = pattern === 'uniform' ? uniformTraffic(torus) : patternTraffic(torus, pattern);
  const meanHops = loads.reduce((total, load) => total + load, 0) / torus.nodes;
  const largest = Math.max(...(routing === 'adaptive' ? meansByWay(torus, loads) : loads), 0);
  return {
    flitsPerNodePerCycle: largest > 1 ? 1 / largest : 1,
    meanHops,
    zeroLoadCycles: NO_HOP_CYCLES + CYCLES_PER_HOP * meanHops + packetFlits - 1,
  };
}

/** Everyone to everyone: all links of an axis and direction carry alike. By link, of one flit a node. */
function uniformTraffic(torus: Torus): Float64Array {
  const routes = new RouteTable(torus);
  const loads = new Float64Array(torus.axes * 2);
  for (let target = 0; target < torus.nodes; target++) {
    for (let ties = 0; ties < TIES; ties++) {
      const word = routes.steps(routes.entry(0, target, ties));
      for (let axis = 0; axis < torus.axes; axis++) {
        const steps = stepsAlong(word, axis);
        loads[2 * axis + (steps > 0 ? 0 : 1)] += Math.abs(steps) / (TIES * torus.nodes);
      }
    }
  }
  return Float64Array.from({ length: torus.linkSlots }, (_, link) => loads[link % loads.length]);
}

function patternTraffic(torus: Torus, pattern: TrafficPattern): Float64Array {
  const routes = new RouteTable(torus);
  const loads = new Float64Array(torus.linkSlots);
  for (const [source, target] of (destinations(torus, pattern) ?? []).entries()) {
    for (let ties = 0; ties < TIES; ties++) {
      const word = routes.steps(routes.entry(source, target, ties));
      let node = source;
      for (let axis = 0; axis < torus.axes; axis++) {
        const steps = stepsAlong(word, axis);
        for (let left = Math.abs(steps); left > 0; left--) {
          const link = torus.link(node, axis, steps > 0 ? 0 : 1);
          loads[link] += 1 / TIES;
          node = torus.targets[link];
        }
      }
    }
  }
  return loads;
}

/** Mean load of the links of each axis and direction. */
function meansByWay(torus: Torus, loads: Float64Array): number[] {
  const ways = 2 * torus.axes;
  const means = Array.from({ length: ways }, () => 0);
  for (const [link, load] of loads.entries()) means[link % ways] += load / torus.nodes;
  return means;
}

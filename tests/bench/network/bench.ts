import { arch, cpus } from 'node:os';
import { createRandom } from '../../../src/base/random.ts';
import { planCollective } from '../../../src/ici/collective.ts';
import { runFlows } from '../../../src/ici/flow.ts';
import type { LinkRates } from '../../../src/ici/request.ts';
import { routeOf } from '../../../src/ici/routing.ts';
import { Torus } from '../../../src/ici/topology.ts';
import { TrafficRun } from '../../../src/ici/traffic-run.ts';
import { TransferList } from '../../../src/ici/transfers.ts';
import { finishesByFilling } from './filling.ts';

/**
 * The network models' speed, against their bars:
 * - all-reduce on 9,216 chips by flow under 20 ms, all-to-all on 4,096 under 1 s;
 * - 100,000 random equal flows on 4,096 chips under 5 s, finish times within 1 % of a plain solver on 512;
 * - flit model at least 3 million router-cycles a CPU-second on 8x8, at low load and saturated;
 * - flow within 5 % of flit on rings and neighbours.
 */
const RATES: LinkRates = {
  linkBytesPerSecond: 9e10,
  physicalLinkBytesPerSecond: 1e11,
  hopLatencySeconds: 1e-6,
};
const FLOW_BYTES = 1_000_000;

console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, ${arch()}, Node ${process.version}`);
benchCollectives();
benchRandomFlows();
benchFlits();
benchAgreement();

function benchCollectives(): void {
  const pod = wrapped(16, 24, 24);
  const half = wrapped(16, 16, 16);
  const allReduce = (round: number): void => {
    planCollective(pod, { kind: 'all-reduce', axes: [0, 1, 2], bytes: 4e9 + round }, RATES, 'flow');
  };
  const allToAll = (round: number): void => {
    planCollective(half, { kind: 'all-to-all', axes: [0, 1, 2], bytes: 4e9 + round }, RATES, 'flow');
  };
  report('all-reduce by flow, 9,216 chips', milliseconds(allReduce, 22), 20);
  report('all-to-all by flow, 4,096 chips', milliseconds(allToAll, 7), 1000);
}

function benchRandomFlows(): void {
  const large = wrapped(16, 16, 16);
  const paths = randomPaths(large, 100_000, 2);
  report(
    '100,000 random flows, 4,096 chips',
    milliseconds(() => finishes(large, paths), 4),
    5000,
  );

  const small = wrapped(8, 8, 8);
  const few = randomPaths(small, 3000, 1);
  const ours = finishes(small, few);
  const plain = finishesByFilling(RATES.linkBytesPerSecond, small.linkSlots, few, FLOW_BYTES);
  const worst = ours.reduce((most, time, flow) => Math.max(most, Math.abs(time / plain[flow] - 1)), 0);
  console.log(
    `  finish times of 3,000 flows on 512 chips against a plain solver: at most ${worst.toExponential(1)} off`,
  );
}

function benchFlits(): void {
  const torus = wrapped(8, 8);
  for (const rate of [0.01, 0.1, 1]) {
    const run = new TrafficRun(torus, {
      pattern: 'uniform',
      rate,
      packetFlits: 1,
      virtualChannels: 2,
      bufferFlits: 8,
      seed: 1,
    });
    run.advance(3000);
    const perSecond = Array.from({ length: 5 }, () => {
      const before = process.cpuUsage();
      run.advance(10_000);
      const { user, system } = process.cpuUsage(before);
      return (torus.nodes * 10_000) / (user + system);
    });
    const [least, middle, most] = summary(perSecond);
    console.log(
      `flits on 8x8 at rate ${rate}: ${middle.toFixed(2)} M router-cycles a CPU-second (${least.toFixed(2)} to ${most.toFixed(2)}), bar 3`,
    );
  }
}

function benchAgreement(): void {
  const cases = [
    [[8], 'all-gather', 1e9],
    [[16], 'all-reduce', 1e9],
    [[4, 4], 'all-gather', 3e8],
    [[8], 'collective-permute', 1e9],
    [[8, 8], 'all-to-all', 1e8],
  ] as const;
  for (const [shape, kind, bytes] of cases) {
    const torus = wrapped(...shape);
    const request = { kind, axes: shape.map((_, axis) => axis), bytes };
    const flow = planCollective(torus, request, RATES, 'flow').seconds;
    const flit = planCollective(torus, request, RATES, 'flit').seconds;
    const cause = kind === 'all-to-all' ? ': packets for other links wait behind blocked ones' : '';
    console.log(
      `${kind} on ${shape.join('x')}: flit takes ${((flit / flow - 1) * 100).toFixed(1)} % longer than flow${cause}`,
    );
  }
}

function wrapped(...shape: number[]): Torus {
  return new Torus({ shape, wraps: shape.map(() => true) });
}

function randomPaths(torus: Torus, count: number, seed: number): readonly (readonly number[])[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const source = random.nextBelow(torus.nodes);
    const target = (source + 1 + random.nextBelow(torus.nodes - 1)) % torus.nodes;
    return routeOf(torus, source, target);
  });
}

function finishes(torus: Torus, paths: readonly (readonly number[])[]): Float64Array {
  const list = new TransferList();
  for (const links of paths) list.add({ bytes: FLOW_BYTES, links, latencySeconds: 0 });
  const capacities = new Float64Array(torus.linkSlots).fill(RATES.linkBytesPerSecond);
  return runFlows(capacities, list.flatten()).sent;
}

/** Times of all rounds but the first two (or one of few), which warm up. */
function milliseconds(work: (round: number) => void, rounds: number): number[] {
  const times = Array.from({ length: rounds }, (_, round) => {
    const start = performance.now();
    work(round);
    return performance.now() - start;
  });
  return times.slice(rounds > 10 ? 2 : 1);
}

function report(what: string, times: readonly number[], bar: number): void {
  const [least, middle, most] = summary(times);
  console.log(
    `${what}: ${middle.toFixed(1)} ms (${least.toFixed(1)} to ${most.toFixed(1)} of ${times.length}), bar ${bar} ms`,
  );
}

function summary(values: readonly number[]): readonly [least: number, middle: number, most: number] {
  const sorted = [...values].sort((a, b) => a - b);
  return [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted[sorted.length - 1]];
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flitCollective } from '../../src/ici/flit-collective.ts';
import { FlitNetwork } from '../../src/ici/flit-network.ts';
import { FLIT_CAUSES, FlitProbe, MOVED } from '../../src/ici/flit-probe.ts';
import { FlitReader, isWait } from '../../src/ici/flit-reader.ts';
import { FlitRecorder, type FlitRecording, OUTPUT_USES, WAITS } from '../../src/ici/flit-recording.ts';
import { flitSentence } from '../../src/ici/flit-sentence.ts';
import { HEAD, packSteps, TAIL } from '../../src/ici/flit-word.ts';
import { groupOf } from '../../src/ici/group.ts';
import { minimalSteps } from '../../src/ici/routing.ts';
import { Torus } from '../../src/ici/topology.ts';
import { trafficBound } from '../../src/ici/traffic-bound.ts';
import { TRAFFIC_PATTERNS } from '../../src/ici/traffic-pattern.ts';
import type { TrafficRequest } from '../../src/ici/traffic-request.ts';
import { TrafficRun } from '../../src/ici/traffic-run.ts';
import { RANDOM_STREAMS } from '../../src/ici/traffic-stream.ts';

const torusOf = (...shape: number[]): Torus => new Torus({ shape, wraps: shape.map(() => true) });

const request = (change: Partial<TrafficRequest> = {}): TrafficRequest => ({
  pattern: 'tornado',
  rate: 0.9,
  packetFlits: 4,
  virtualChannels: 2,
  bufferFlits: 4,
  seed: 1,
  ...change,
});

function record(
  torus: Torus,
  change: Partial<TrafficRequest>,
  firstCycle: number,
  cycles: number,
): FlitRecording {
  const run = new TrafficRun(torus, request(change));
  const recorder = new FlitRecorder(run.network, { firstCycle, cycles });
  while (!recorder.done) {
    run.advance(1);
    recorder.observe();
  }
  return recorder.finish();
}

const anyRequest = fc.record({
  pattern: fc.constantFrom(...TRAFFIC_PATTERNS),
  rate: fc.constantFrom(0.05, 0.3, 1),
  packetFlits: fc.constantFrom(1, 3, 9),
  virtualChannels: fc.constantFrom(4, 6),
  bufferFlits: fc.constantFrom(1, 2, 5, 16),
  seed: fc.nat(1000),
  routing: fc.constantFrom('dimension-order' as const, 'adaptive' as const),
  random: fc.constantFrom(...RANDOM_STREAMS),
});
const anyShape = fc.constantFrom([4, 4], [5, 5], [8], [2, 4, 2]);
const suits = (shape: readonly number[], pattern: string): boolean =>
  pattern !== 'transpose' || (shape.length === 2 && shape[0] === shape[1]);

describe('a probe', () => {
  it('changes no bit of a run', () => {
    fc.assert(
      fc.property(anyShape, anyRequest, (shape, change) => {
        fc.pre(suits(shape, change.pattern));
        const [plain, probed] = [0, 1].map(() => new TrafficRun(torusOf(...shape), request(change)));
        const probe = new FlitProbe(probed.network);
        plain.beginMeasuring();
        probed.beginMeasuring();
        plain.advance(300);
        for (let cycle = 0; cycle < 300; cycle++) {
          probed.advance(1);
          probe.observe();
        }
        expect(probed.counters()).toEqual(plain.counters());
      }),
      { numRuns: 30 },
    );
  });

  it('names one cause for every channel that holds a flit, and no flit is lost', () => {
    fc.assert(
      fc.property(anyShape, anyRequest, (shape, change) => {
        const torus = torusOf(...shape);
        let out = 0;
        const onEject = (): void => {
          out += 1;
        };
        const network = new FlitNetwork(torus, change, { onEject });
        const probe = new FlitProbe(network);
        const { state } = probe;
        const left = new Int32Array(torus.nodes);
        const target = new Int32Array(torus.nodes);
        // Of each cycle: flits that nodes sent, that crossed to a link, and that crossed to a node.
        const entered: number[] = [];
        const crossed: number[] = [];
        const ejected: number[] = [];
        const sum = (flits: readonly number[]): number => flits.reduce((total, each) => total + each, 0);
        for (let cycle = 0; cycle < 200; cycle++) {
          network.beginCycle();
          let [sent, linked, taken] = [0, 0, 0];
          for (let node = 0; node < torus.nodes; node++) {
            if (left[node] === 0) {
              left[node] = change.packetFlits;
              target[node] = (node * 7 + cycle * 3 + change.seed) % torus.nodes;
            }
            if (network.injectionCredits(node, 0) === 0) continue;
            const head = left[node] === change.packetFlits ? HEAD : 0;
            left[node] -= 1;
            const word = packSteps(minimalSteps(torus, node, target[node], 0));
            network.inject(node, 0, cycle, word | head | (left[node] === 0 ? TAIL : 0));
            sent += 1;
          }
          network.endCycle();
          probe.observe();
          let held = 0;
          let unnamed = 0;
          for (let channel = 0; channel < probe.channels; channel++) {
            if (probe.cause[channel] > 0 !== probe.occupancy(channel) > 0) unnamed += 1;
            held += state.memory.held(channel);
            if (probe.cause[channel] !== MOVED) continue;
            if (state.placeOf[state.memory.outputOf(channel)] >= state.linkPorts) taken += 1;
            else linked += 1;
          }
          expect(unnamed).toBe(0);
          expect(probe.occupied.count).toBe(probe.cause.filter((cause) => cause > 0).length);
          entered.push(sent);
          crossed.push(linked);
          ejected.push(taken);
          const under = sum(entered.slice(-2)) + sum(crossed.slice(-4)) + sum(ejected.slice(-3));
          expect(sum(entered)).toBe(out + held + under);
          expect(out).toBe(sum(ejected.slice(0, -3)));
        }
        expect(out).toBeGreaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  it('knows where each packet comes from and goes to', () => {
    const torus = torusOf(6, 6);
    for (const change of [{}, { routing: 'adaptive', virtualChannels: 4 }, { bufferFlits: 1 }] as const) {
      const run = new TrafficRun(torus, request(change));
      const probe = new FlitProbe(run.network);
      let seen = 0;
      for (let cycle = 0; cycle < 150; cycle++) {
        run.advance(1);
        probe.observe();
        for (const channel of probe.occupied.items) {
          const [x, y] = torus.coordinates(probe.source(channel));
          expect(torus.coordinates(probe.target(channel))).toEqual([(x + 2) % 6, (y + 2) % 6]);
          seen += 1;
        }
      }
      expect(seen).toBeGreaterThan(1000);
    }
  });

  it('knows it where routers choose the way round, of flits behind the head too', () => {
    const torus = torusOf(6, 6);
    const traffic = request({ pattern: 'bit-complement', random: 'booksim', bufferFlits: 1 });
    const run = new TrafficRun(torus, traffic);
    const probe = new FlitProbe(run.network);
    for (let cycle = 0; cycle < 150; cycle++) {
      run.advance(1);
      probe.observe();
      for (const channel of probe.occupied.items) {
        expect(probe.target(channel)).toBe(torus.nodes - 1 - probe.source(channel));
      }
    }
    expect(run.acceptedFlits).toBeGreaterThan(100);
  });
});

describe('a recording', () => {
  it('adds up: sums are of what each cycle had, whatever the range', () => {
    const recording = record(torusOf(4, 4), {}, 100, 200);
    const reader = new FlitReader(recording);
    expect(recording).toMatchObject({ frames: 200, cycles: 200, stride: 1, firstCycle: 100 });
    for (const range of [
      { from: 0, to: 200 },
      { from: 31, to: 32 },
      { from: 60, to: 101 },
    ]) {
      const causes = reader.causes(range);
      const counted = Object.fromEntries(FLIT_CAUSES.map((cause) => [cause, 0])) as Record<string, number>;
      for (let frame = range.from; frame < range.to; frame++) {
        for (let node = 0; node < 16; node++) {
          for (const { stage } of reader.router(frame, node)) {
            if (stage !== 'empty' && stage !== 'kept') counted[stage] += 1 / (range.to - range.from);
          }
        }
      }
      for (const cause of FLIT_CAUSES) expect(causes[cause]).toBeCloseTo(counted[cause], 9);
      const outputs = Array.from({ length: reader.outputs }, (_, output) =>
        reader.outputWaits(range, output),
      );
      for (const wait of WAITS) {
        expect(outputs.reduce((sum, { waits }) => sum + waits[wait], 0)).toBeCloseTo(causes[wait], 9);
      }
      expect(outputs.reduce((sum, { sent }) => sum + sent, 0)).toBeCloseTo(causes.moved, 9);
    }
  });

  it('splits every cycle of every output port into one use', () => {
    const reader = new FlitReader(record(torusOf(4, 4), {}, 0, 300));
    for (let output = 0; output < reader.outputs; output++) {
      const uses = reader.uses(output);
      expect(OUTPUT_USES.reduce((sum, use) => sum + uses[use], 0)).toBeCloseTo(1, 12);
      expect(uses.sent).toBeCloseTo(reader.outputWaits({ from: 0, to: 300 }, output).sent, 12);
    }
  });

  it('drops frames, never counts, when there are too many', () => {
    const cycles = 5000;
    const run = new TrafficRun(torusOf(4, 4), request());
    const recorder = new FlitRecorder(run.network, { firstCycle: 0 });
    run.beginMeasuring();
    for (let cycle = 0; cycle < cycles; cycle++) {
      run.advance(1);
      recorder.observe();
    }
    const recording = recorder.finish();
    const reader = new FlitReader(recording);
    expect(recording.stride).toBe(4);
    expect(recording.frames).toBe(1250);
    const all = { from: 0, to: recording.frames };
    expect(reader.cyclesIn(all)).toBe(cycles);
    const flits = run.network.linkFlits();
    reader.utilization(all).forEach((share, link) => {
      expect(share * cycles).toBeCloseTo(flits[link], 1);
    });
    // A frame that is kept is the state of its first cycle.
    const exact = new FlitReader(record(torusOf(4, 4), {}, 0, 100));
    for (const frame of [0, 5, 17]) {
      for (let node = 0; node < 16; node++) {
        expect(reader.router(frame, node)).toEqual(exact.router(4 * frame, node));
      }
    }
  });

  it('refuses a network whose buffers would not fit', () => {
    const run = new TrafficRun(torusOf(16, 16, 16), request({ virtualChannels: 16, bufferFlits: 1 }));
    expect(() => new FlitRecorder(run.network, { firstCycle: 0 })).toThrow(/more than can be recorded/);
  });
});

describe('who waits for whom', () => {
  it('ends at somebody who does not wait, never in a circle', () => {
    fc.assert(
      fc.property(anyShape, anyRequest, (shape, change) => {
        fc.pre(suits(shape, change.pattern));
        const reader = new FlitReader(record(torusOf(...shape), change, 200, 4));
        for (let frame = 0; frame < 4; frame++) {
          for (let node = 0; node < reader.torus.nodes; node++) {
            for (const moment of reader.router(frame, node)) {
              const { steps, root } = reader.chain(frame, moment.channel);
              expect(steps[0]).toEqual(moment);
              const last = steps[steps.length - 1];
              expect(root).not.toBe('circle');
              const { outPort = 0, outVc = 0 } = moment;
              // Whoever may leave the order waits for a channel that keeps to it.
              if (change.routing === 'adaptive' && moment.stage === 'channel' && outPort < 2 * shape.length)
                expect(outVc).toBeLessThan(2);
              if (root === 'moves') expect(last.stage).toBe('moved');
              for (const step of steps.slice(0, -1))
                expect(isWait(step.stage) || step.stage === 'kept').toBe(true);
            }
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  it('follows a full row of buffers to the packet that is stuck at its end', () => {
    // Two packets meet at (3): one from (2) and one that starts there; the tail of the queue waits behind.
    const recording = record(torusOf(8), { pattern: 'tornado', packetFlits: 16, rate: 1 }, 300, 1);
    const reader = new FlitReader(recording);
    const waiting = Array.from({ length: reader.torus.nodes }, (_, node) => reader.router(0, node)).flat();
    const longest = waiting
      .map(({ channel }) => reader.chain(0, channel))
      .sort((a, b) => b.steps.length - a.steps.length)[0];
    expect(longest.steps.length).toBeGreaterThan(2);
    for (const [index, step] of longest.steps.slice(0, -1).entries()) {
      const next = longest.steps[index + 1];
      if (step.stage === 'credit') {
        // What it waits for is the buffer behind its output: a router further along.
        const link = reader.torus.link(step.node, 0, (step.outPort ?? 0) as 0 | 1);
        expect(next.node).toBe(reader.torus.targets[link]);
        expect(next.vc).toBe(step.outVc);
      } else if (step.stage === 'channel' || step.stage === 'switch') expect(next.node).toBe(step.node);
    }
    const counted = reader.roots(0).reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBe(waiting.filter(({ stage }) => isWait(stage)).length);
  });

  it('is told in a sentence', () => {
    const busy = new FlitReader(record(torusOf(8, 8), {}, 500, 100));
    expect(flitSentence(busy, { from: 0, to: 100 })).toMatch(/^Most wait for .*packets at a time.*%.*\.$/);
    const idle = new FlitReader(record(torusOf(4, 4), { rate: 1e-6 }, 0, 10));
    expect(flitSentence(idle, { from: 0, to: 10 })).toMatch(/^Nobody waits/);
  });
});

describe('a collective', () => {
  it('is recorded to its end and takes as long as unrecorded', () => {
    const torus = torusOf(4, 4);
    const rates = { linkBytesPerSecond: 45e9, physicalLinkBytesPerSecond: 45e9, hopLatencySeconds: 1e-6 };
    const group = groupOf(torus, [0, 1]);
    if (group === undefined) throw new Error('no group');
    const plain = flitCollective('all-gather', group, 1 << 20, rates);
    let recorder: FlitRecorder | undefined;
    const watched = flitCollective('all-gather', group, 1 << 20, rates, (network) => {
      recorder = new FlitRecorder(network, { firstCycle: 0 });
      return () => recorder?.observe();
    });
    expect(watched.seconds).toBe(plain.seconds);
    const recording = recorder?.finish();
    if (recording === undefined) throw new Error('not recorded');
    const reader = new FlitReader(recording);
    const all = { from: 0, to: recording.frames };
    const flits = reader.utilization(all).reduce((sum, share) => sum + share, 0) * reader.cyclesIn(all);
    const flitBytes = Number(/flits of (\d+) bytes/.exec(plain.algorithm)?.[1]);
    expect(flits * flitBytes).toBeCloseTo(plain.groupLinkBytes, -6);
  });
});

describe('the bound of traffic', () => {
  it('is what no run passes, and latency without load is as it says', () => {
    for (const pattern of TRAFFIC_PATTERNS) {
      for (const routing of ['dimension-order', 'adaptive'] as const) {
        const torus = torusOf(4, 4);
        const config = request({ pattern, routing, virtualChannels: 4, bufferFlits: 16, packetFlits: 2 });
        const bound = trafficBound(torus, config);
        const full = new TrafficRun(torus, { ...config, rate: 1 });
        full.advance(1000);
        full.beginMeasuring();
        full.advance(4000);
        expect(full.acceptedFlits / (16 * 4000)).toBeLessThanOrEqual(bound.flitsPerNodePerCycle * 1.01);
        const slow = new TrafficRun(torus, { ...config, rate: 0.002 });
        slow.beginMeasuring();
        slow.advance(40_000);
        slow.endMeasuring();
        expect(slow.deliveredLatency / bound.zeroLoadCycles).toBeGreaterThan(0.97);
        expect(slow.deliveredLatency / bound.zeroLoadCycles).toBeLessThan(1.05);
      }
    }
  });

  it('of tornado on a ring of 8 is a third, of its neighbours one', () => {
    expect(trafficBound(torusOf(8), request({ pattern: 'tornado' })).flitsPerNodePerCycle).toBeCloseTo(1 / 3);
    expect(trafficBound(torusOf(8, 8), request({ pattern: 'neighbor' })).flitsPerNodePerCycle).toBe(1);
    expect(trafficBound(torusOf(8, 8), request({ pattern: 'uniform' })).flitsPerNodePerCycle).toBe(1);
  });
});

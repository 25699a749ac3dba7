import { describe, expect, it } from 'vitest';
import { FlitReader } from '../../src/ici/flit-reader.ts';
import { gapSentence } from '../../src/ici/flit-sentence.ts';
import { Torus } from '../../src/ici/topology.ts';
import { runTraffic } from '../../src/ici/traffic.ts';
import type { TrafficSweep } from '../../src/ici/traffic-sweep.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createFlitService, type TrafficWanted } from '../../src/worker/flit-service.ts';
import type { Outcome } from '../../src/worker/outcome.ts';

const service = createFlitService();
const wanted: TrafficWanted = {
  shape: [4, 4],
  twisted: false,
  pattern: 'tornado',
  rate: 0.5,
  packetFlits: 4,
  virtualChannels: 2,
  bufferFlits: 8,
  seed: 1,
  routing: 'dimension-order',
};

function done<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'done') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

describe('traffic for the page', () => {
  it('is recorded over the cycles asked for, and says how far it is', async () => {
    const fractions: number[] = [];
    const { recording, accepted, bound } = done(
      await service.recordTraffic(wanted, { firstCycle: 300, cycles: 200 }, (fraction) => {
        fractions.push(fraction);
      }),
    );
    expect(recording).toMatchObject({ firstCycle: 300, cycles: 200, frames: 200 });
    expect(accepted).toBeGreaterThan(0.1);
    expect(accepted).toBeLessThanOrEqual(bound.flitsPerNodePerCycle * 1.05);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.length).toBeGreaterThan(2);
  });

  it('is refused in one line', async () => {
    const range = { firstCycle: 0, cycles: 10 };
    for (const change of [
      { rate: 0 },
      { shape: [64, 64] },
      { virtualChannels: 3 },
      { pattern: 'transpose', shape: [3, 4] },
    ] as const) {
      const outcome = await service.recordTraffic({ ...wanted, ...change }, range, () => undefined);
      expect(outcome.kind).toBe('refused');
      if (outcome.kind === 'refused') expect(outcome.message).not.toMatch(/\n|fault of Systole/);
    }
    const outcome = await service.recordTraffic(wanted, { firstCycle: -1, cycles: 10 }, () => undefined);
    expect(outcome.kind).toBe('refused');
  });

  it('is swept to where it saturates, each point as the model alone has it', async () => {
    const found: TrafficSweep[] = [];
    const sweep = done(await service.sweep(wanted, (each) => found.push(each)));
    expect(found.map(({ points }) => points.length)).toEqual(found.map((_, index) => index + 1));
    const { points, lastStable = 0, firstUnstable = 0, bound } = sweep;
    expect(lastStable).toBeGreaterThan(0);
    expect(firstUnstable).toBeGreaterThan(lastStable);
    expect(firstUnstable - lastStable).toBeLessThan(0.1 * bound.flitsPerNodePerCycle);
    for (const point of points) {
      expect(point.accepted).toBeLessThanOrEqual(bound.flitsPerNodePerCycle * 1.05);
      if (point.stable) expect(point.latencyCycles).toBeGreaterThan(bound.zeroLoadCycles * 0.95);
    }
    const torus = new Torus({ shape: [4, 4], wraps: [true, true] });
    const again = runTraffic(torus, { ...wanted, rate: points[2].offered, measuredCycles: 20_000 });
    expect(again.packetLatencyCycles).toBe(points[2].latencyCycles);
  });
});

describe('a collective for the page', () => {
  const gather = { collective: 'all-gather', torusAxes: [0, 1], bytes: 4e6 } as const;
  const all = { firstCycle: 0 };

  it('is recorded beside flow, closed form and bound', async () => {
    const answer = done(await service.recordCollective(EMBEDDED_SCENARIO, gather, all, () => undefined));
    expect(answer.groups).toBe(4);
    expect(answer.seconds).toBeGreaterThanOrEqual(answer.lowerBoundSeconds);
    expect(answer.flowSeconds).toBeGreaterThanOrEqual(answer.lowerBoundSeconds);
    expect(answer.recording.cycles * answer.cycleSeconds).toBeCloseTo(answer.seconds, 9);
    const text = gapSentence(new FlitReader(answer.recording), answer);
    expect(text).toMatch(
      /^Flits take .* than flows\..*The busiest link, .* sends in .* of the recorded cycles/,
    );
  });

  it('can be looked at closer', async () => {
    const range = { firstCycle: 40, cycles: 16 };
    const { recording } = done(
      await service.recordCollective(EMBEDDED_SCENARIO, gather, range, () => undefined),
    );
    expect(recording).toMatchObject({ firstCycle: 40, cycles: 16, frames: 16, stride: 1 });
  });

  it('that is too large, or has a cable cut, is refused in one line', async () => {
    const large = { ...gather, collective: 'all-to-all', torusAxes: [0, 1, 2], bytes: 1e12 } as const;
    const outcome = await service.recordCollective(EMBEDDED_SCENARIO, large, all, () => undefined);
    expect(outcome).toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/zoom for small networks/),
    });
    const cut = { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } };
    const across = { ...gather, dcn: { bottleneck: 'dcn', portBytes: 1 } } as const;
    const several = { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], slices: 2 } };
    const refused = await service.recordCollective(several, across, all, () => undefined);
    expect(refused).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('flit is for one slice'),
    });
    const broken = await service.recordCollective(cut, gather, all, () => undefined);
    expect(broken).toMatchObject({ kind: 'refused', message: expect.stringMatching(/nothing missing/) });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { criticalChain } from '../../src/ici/critical-chain.ts';
import { runFlows } from '../../src/ici/flow.ts';
import { LinkStatistics } from '../../src/ici/link-statistics.ts';
import { Torus } from '../../src/ici/topology.ts';
import { transferStory } from '../../src/ici/transfer-story.ts';
import { TransferList } from '../../src/ici/transfers.ts';

const ring = new Torus({ shape: [8], wraps: [true] });

function run(list: TransferList, bytesPerSecond = 1): LinkStatistics {
  const transfers = list.flatten();
  const capacities = new Float64Array(ring.linkSlots).fill(bytesPerSecond);
  const result = runFlows(capacities, transfers, { recordChanges: true });
  return new LinkStatistics({ torus: ring, capacities, transfers, result, labelOf: (each) => `t${each}` });
}

/** Any transfers over stretches of the ring, each waiting for some earlier ones. */
function anyRun(seed: number, count: number): LinkStatistics {
  const random = createRandom(seed);
  const list = new TransferList();
  for (let transfer = 0; transfer < count; transfer++) {
    const first = random.nextBelow(8);
    const links = Array.from({ length: random.nextBelow(4) }, (_, step) => ((first + step) % 8) * 2);
    const earlier = (): number[] =>
      transfer > 0 && random.nextBelow(3) > 0 ? [random.nextBelow(transfer)] : [];
    list.add({
      bytes: random.nextBelow(5) === 0 ? 0 : 1 + random.nextBelow(1000),
      links,
      latencySeconds: random.nextBelow(2) * random.nextFraction(),
      startSeconds: random.nextBelow(3) === 0 ? 100 * random.nextFraction() : 0,
      after: earlier(),
      behind: earlier(),
    });
  }
  return run(list, 1 + random.nextFraction());
}

const runs = fc
  .tuple(fc.integer(), fc.integer({ min: 1, max: 30 }))
  .map(([seed, count]) => anyRun(seed, count));

/** What is on a link just after a moment, from the recorded rates of all transfers. */
function rateOn(
  { run: { transfers, result } }: LinkStatistics,
  link: number,
  from: number,
  to: number,
): number {
  const middle = (from + to) / 2;
  let total = 0;
  for (let transfer = 0; transfer < transfers.count; transfer++) {
    if (!(result.begun[transfer] <= middle && middle < result.sent[transfer])) continue;
    const own = transfers.links.subarray(
      transfers.linkOffsets[transfer],
      transfers.linkOffsets[transfer + 1],
    );
    if (!own.includes(link)) continue;
    for (let at = result.rates.offsets[transfer + 1] - 1; at >= result.rates.offsets[transfer]; at--) {
      if (result.rates.seconds[at] > middle) continue;
      total += result.rates.bytesPerSecond[at];
      break;
    }
  }
  return total;
}

describe('the story of a transfer', () => {
  it('tells waits, sharing, rates and arrival in order', () => {
    const list = new TransferList();
    list.add({ bytes: 2, links: [0], latencySeconds: 1 });
    list.add({ bytes: 4, links: [2], latencySeconds: 0 });
    list.add({ bytes: 3, links: [0, 2], latencySeconds: 2, after: [0] });
    list.add({ bytes: 1, links: [4], latencySeconds: 0, behind: [2], startSeconds: 1 });
    const statistics = run(list);
    const story = transferStory(statistics, 2);
    // It shares link 2 with the second from 3 s to 5 s, where one byte of that is left; then it is alone.
    expect(story.stages).toEqual([
      { kind: 'waits', from: 0, to: 3, for: { transfer: 0, needs: 'data', seconds: 3 } },
      { kind: 'moves', from: 3, to: 5, bytesPerSecond: 0.5, bottleneck: 2, others: 1 },
      { kind: 'moves', from: 5, to: 7, bytesPerSecond: 1, bottleneck: expect.any(Number), others: 0 },
      { kind: 'flies', from: 7, to: 9 },
    ]);
    expect(story).toMatchObject({ begun: 3, sent: 7, arrived: 9, path: [0, 2] });
    expect(story.heldBack).toEqual([{ link: 2, seconds: 2, lostSeconds: 1, others: 1 }]);
    expect(story.waitedForBy).toEqual([{ transfer: 3, needs: 'turn', last: true }]);
    expect(transferStory(statistics, 0).waitedForBy).toEqual([{ transfer: 2, needs: 'data', last: true }]);
  });

  it('has no gap, moves all bytes, and names links that are full', () => {
    fc.assert(
      fc.property(runs, (statistics) => {
        const { transfers, result, capacities } = statistics.run;
        for (let transfer = 0; transfer < transfers.count; transfer++) {
          const story = transferStory(statistics, transfer);
          let at = 0;
          let bytes = 0;
          for (const stage of story.stages) {
            expect(stage.from).toBe(at);
            expect(stage.to).toBeGreaterThan(stage.from);
            at = stage.to;
            if (stage.kind === 'waits' && stage.for !== undefined) {
              expect(stage.to).toBeLessThanOrEqual(stage.for.seconds * (1 + 1e-9));
            }
            if (stage.kind !== 'moves') continue;
            bytes += stage.bytesPerSecond * (stage.to - stage.from);
            expect(story.path).toContain(stage.bottleneck);
            const used = rateOn(statistics, stage.bottleneck, stage.from, stage.to);
            // What ends within the clock's last bits of a span's end may be gone in its middle.
            if (stage.to - stage.from > 1e-9 * result.seconds) {
              expect(used / capacities[stage.bottleneck]).toBeCloseTo(1, 9);
              // The same as when everybody under way is solved anew.
              const anew = statistics
                .flowsOn(stage.bottleneck, (stage.from + stage.to) / 2)
                .find((flow) => flow.transfer === transfer);
              expect((anew?.bytesPerSecond ?? 0) / stage.bytesPerSecond).toBeCloseTo(1, 9);
            }
            const free = stage.bytesPerSecond >= capacities[stage.bottleneck] * (1 - 1e-9);
            expect(stage.others === 0).toBe(free);
          }
          expect(at).toBe(result.arrived[transfer]);
          const moved = story.path.length === 0 ? 0 : transfers.bytes[transfer];
          expect(Math.abs(bytes - moved)).toBeLessThanOrEqual(
            1e-9 * (moved + result.seconds * capacities[0]),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('the critical chain', () => {
  it('leads from a start to the last arrival and adds up to the time', () => {
    fc.assert(
      fc.property(runs, (statistics) => {
        const { result } = statistics.run;
        const { steps, startSeconds, seconds } = criticalChain(statistics);
        expect(seconds).toBe(result.seconds);
        let at = startSeconds;
        for (const step of steps) {
          expect(step.from).toBe(at);
          expect(step.to).toBeGreaterThanOrEqual(step.from);
          at = step.to;
          const parts = step.sendingSeconds + step.sharingSeconds + step.latencySeconds;
          expect(Math.abs(parts - (step.to - step.from))).toBeLessThanOrEqual(1e-9 * seconds);
        }
        expect(at).toBe(seconds);
        expect(steps[0]?.waitedFor).toBe('start');
        steps.slice(1).forEach((step, index) => {
          const needs = statistics.prerequisitesOf(step.transfer).at(-1);
          expect(needs?.transfer).toBe(steps[index].transfer);
        });
      }),
      { numRuns: 100 },
    );
  });
});

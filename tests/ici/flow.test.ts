import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { runFlows } from '../../src/ici/flow.ts';
import { TransferList } from '../../src/ici/transfers.ts';

/** One transfer of `bytes` over each list of links, all from the start. */
function start(paths: readonly (readonly number[])[], bytes = 1): TransferList {
  const list = new TransferList();
  for (const links of paths) list.add({ bytes, links, latencySeconds: 0 });
  return list;
}

describe('runFlows', () => {
  it('shares links max-min fairly (Bertsekas and Gallager, Data Networks, example 6.5.2)', () => {
    // Four links of rate 1; A over 1, 2 and 3, B and C over link 3 with A, D over 2, E over 4 with nobody.
    const list = start([[0, 1, 2], [2], [2], [1], [3]]);
    const { sent } = runFlows(new Float64Array(4).fill(1), list.flatten());
    // A, B and C get 1/3 each, so D gets 2/3 until it is done at 1.5.
    expect([...sent].map((time) => Math.round(time * 1e9) / 1e9)).toEqual([3, 3, 3, 1.5, 1]);
  });

  it('gives what a finished transfer leaves to those that are left', () => {
    const list = new TransferList();
    list.add({ bytes: 1, links: [0], latencySeconds: 0 });
    list.add({ bytes: 3, links: [0], latencySeconds: 0 });
    const { sent } = runFlows(Float64Array.of(1), list.flatten());
    expect([...sent]).toEqual([2, 4]);
  });

  it('counts a link crossed more than once as often', () => {
    const list = new TransferList();
    list.add({ bytes: 2, links: [0], crossings: [3], latencySeconds: 0 });
    expect(runFlows(Float64Array.of(1), list.flatten()).seconds).toBeCloseTo(6, 12);
  });

  it('waits for arrivals where data is passed on, and for queues where it is not', () => {
    const list = new TransferList();
    const first = list.add({ bytes: 1, links: [0], latencySeconds: 10 });
    list.add({ bytes: 1, links: [0], latencySeconds: 0, behind: [first] });
    list.add({ bytes: 1, links: [1], latencySeconds: 5, after: [first] });
    list.add({ bytes: 0, links: [1], latencySeconds: 0, startSeconds: 40 });
    const { begun, sent, arrived, seconds } = runFlows(Float64Array.of(1, 1), list.flatten());
    expect([...begun]).toEqual([0, 1, 11, 40]);
    expect([...sent]).toEqual([1, 2, 12, 40]);
    expect([...arrived]).toEqual([11, 2, 17, 40]);
    expect(seconds).toBe(40);
  });

  it('records rates that add up to the bytes of each link', () => {
    const cases = fc.record({
      links: fc.integer({ min: 1, max: 6 }),
      seed: fc.integer(),
      count: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(cases, ({ links, seed, count }) => {
        const random = createRandom(seed);
        const list = new TransferList();
        const bytes = new Float64Array(links);
        for (let transfer = 0; transfer < count; transfer++) {
          const path = [...new Set(Array.from({ length: 3 }, () => random.nextBelow(links)))];
          const size = 1 + random.nextBelow(1000);
          for (const link of path) bytes[link] += size;
          const after = transfer > 0 && random.nextBelow(2) === 0 ? [random.nextBelow(transfer)] : [];
          list.add({ bytes: size, links: path, latencySeconds: random.nextFraction(), after });
        }
        const capacities = Float64Array.from({ length: links }, () => 1 + random.nextFraction());
        const { changes, seconds } = runFlows(capacities, list.flatten(), { recordChanges: true });
        const carried = new Float64Array(links);
        const rate = new Float64Array(links);
        const since = new Float64Array(links);
        for (const { seconds: at, link, bytesPerSecond } of changes) {
          expect(bytesPerSecond).toBeLessThanOrEqual(capacities[link] * (1 + 1e-9));
          carried[link] += rate[link] * (at - since[link]);
          rate[link] = bytesPerSecond;
          since[link] = at;
        }
        carried.forEach((each, link) => {
          expect(rate[link]).toBe(0);
          expect(Math.abs(each - bytes[link])).toBeLessThanOrEqual(1e-9 * bytes[link]);
          expect(seconds).toBeGreaterThanOrEqual((bytes[link] / capacities[link]) * (1 - 1e-9));
        });
      }),
    );
  });

  it('starts at the rates that filling link by link gives', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 8 }), (seed, links) => {
        const random = createRandom(seed);
        const paths = Array.from({ length: 20 }, () => [
          ...new Set(Array.from({ length: 3 }, () => random.nextBelow(links))),
        ]);
        const capacities = Float64Array.from({ length: links }, () => 1 + random.nextFraction());
        const { changes, sent } = runFlows(capacities, start(paths).flatten(), { recordChanges: true });
        const rates = fillLinkByLink(capacities, paths);
        expect(Math.min(...sent)).toBeCloseTo(1 / Math.max(...rates), 9);
        for (const { seconds, link, bytesPerSecond } of changes) {
          if (seconds > 0) continue;
          const expected = rates.reduce(
            (total, rate, flow) => total + (paths[flow].includes(link) ? rate : 0),
            0,
          );
          expect(bytesPerSecond).toBeCloseTo(expected, 9);
        }
      }),
    );
  });
});

/** The textbook's algorithm, every link looked at every time. */
function fillLinkByLink(capacities: Float64Array, paths: readonly (readonly number[])[]): number[] {
  const rates = new Array<number>(paths.length).fill(-1);
  while (rates.includes(-1)) {
    let least = { share: Number.POSITIVE_INFINITY, link: -1 };
    capacities.forEach((capacity, link) => {
      const open = paths.filter((path, flow) => path.includes(link) && rates[flow] < 0).length;
      if (open === 0) return;
      const used = rates.reduce(
        (total, rate, flow) => total + (rate >= 0 && paths[flow].includes(link) ? rate : 0),
        0,
      );
      const share = (capacity - used) / open;
      if (share < least.share) least = { share, link };
    });
    paths.forEach((path, flow) => {
      if (rates[flow] < 0 && path.includes(least.link)) rates[flow] = least.share;
    });
  }
  return rates;
}

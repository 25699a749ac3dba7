import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedDurations } from '../../src/machine/hbm-sharing.ts';

const demand = fc.record({
  alonePs: fc.integer({ min: 0, max: 1000 }),
  bytes: fc.integer({ min: 0, max: 1000 }),
});

describe('sharing of HBM', () => {
  it('leaves alone what asks for less than its share', () => {
    const [modest, greedy] = sharedDurations(
      [
        { alonePs: 100, bytes: 100 },
        { alonePs: 0, bytes: 900 },
      ],
      10,
    );
    expect(modest).toBe(100);
    expect(greedy).toBe(100);
  });

  it('divides evenly among equals', () => {
    const durations = sharedDurations(
      [
        { alonePs: 1, bytes: 500 },
        { alonePs: 1, bytes: 500 },
      ],
      10,
    );
    expect(durations).toEqual([100, 100]);
  });

  it('never exceeds the bandwidth, never slows anything that moves nothing, wastes nothing', () => {
    fc.assert(
      fc.property(
        fc.array(demand, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (demands, rate) => {
          const durations = sharedDurations(demands, rate);
          const rates = demands.map((each, index) =>
            durations[index] > 0 ? each.bytes / durations[index] : 0,
          );
          const total = rates.reduce((sum, each) => sum + each, 0);
          expect(total).toBeLessThanOrEqual(rate * (1 + 1e-9));
          demands.forEach((each, index) => {
            expect(durations[index]).toBeGreaterThanOrEqual(each.alonePs);
            if (each.bytes === 0) expect(durations[index]).toBe(each.alonePs);
          });
          const slowed = demands.some((each, index) => durations[index] > each.alonePs);
          if (slowed) expect(total).toBeGreaterThanOrEqual(rate * (1 - 1e-9));
        },
      ),
    );
  });

  it('takes no time for bytes when memory is free', () => {
    expect(sharedDurations([{ alonePs: 3, bytes: 1e9 }], Number.POSITIVE_INFINITY)).toEqual([3]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/result.ts';
import { ASTRA_SIM_KINDS, astraSim } from '../../src/ici/astra-sim.ts';
import { textbookCases } from '../../src/ici/textbook.ts';
import { readCases } from './cases.ts';

describe('ASTRA-sim on a ring', () => {
  it.each(readCases('astra-sim-ring.csv'))('$backend $collective: $finish_ns_max ns', (row) => {
    const kind = ASTRA_SIM_KINDS.find((each) => each === row.collective.replaceAll('_', '-'));
    if (kind === undefined) throw new Error(`no kind ${row.collective}`);
    const result = astraSim(kind, {
      chips: Number(row.npus),
      gibibytesPerSecond: Number(row.bandwidth_GiBps),
      latencyNanoseconds: Number(row.latency_ns),
      splits: Number(row.splits),
      bytes: Number(row.comm_size_bytes),
    });
    expect(result.nanoseconds).toBe(Number(row.finish_ns_max));
    expect(result.physical).toBe(true);
    // One way round and one piece after another, it is slower than rings that use both ways.
    expect(result.systoleNanoseconds).toBeLessThan(result.nanoseconds);
  });

  it('with one queue is slow enough to be physical: ten nanoseconds a hop outweigh what rounding takes off', () => {
    const rings = fc.record({
      chips: fc.integer({ min: 2, max: 200 }),
      gibibytesPerSecond: fc.double({ min: 0.5, max: 2000, noNaN: true }),
      latencyNanoseconds: fc.integer({ min: 0, max: 5000 }),
      splits: fc.constant(1),
      bytes: fc.integer({ min: 1, max: 2 ** 40 }).map((bytes) => bytes - (bytes % 200)),
    });
    fc.assert(
      fc.property(fc.constantFrom(...ASTRA_SIM_KINDS), rings, (kind, ring) => {
        const result = astraSim(kind, ring);
        expect(result.physical).toBe(true);
        expect(result.nanoseconds).toBeGreaterThanOrEqual(result.lowerBoundNanoseconds);
      }),
    );
  });

  it('refuses a ring of one', () => {
    const ring = { chips: 1, gibibytesPerSecond: 1, latencyNanoseconds: 1, splits: 1, bytes: 1 };
    expect(() => astraSim('all-gather', ring)).toThrow(InputError);
  });
});

describe('the scaling book', () => {
  it.each(textbookCases().map((each) => [each.id, each] as const))(
    '%s in its own convention within 2 %%',
    (_, each) => {
      const answer = each.corrected ?? each.printed;
      expect(Math.abs(each.textbook / answer - 1)).toBeLessThanOrEqual(0.02);
      // The modelled value is what the stated difference makes of it: at most the whole ring more or less.
      expect(each.modelled / each.textbook).toBeGreaterThan(0.74);
      expect(each.modelled / each.textbook).toBeLessThan(1.02);
      expect(each.difference).not.toBe('');
    },
  );
});

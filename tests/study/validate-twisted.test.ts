import { describe, expect, it } from 'vitest';
import { uniformLoads } from '../../src/ici/distances.ts';
import { Torus } from '../../src/ici/topology.ts';
import { twistedGains } from '../../src/study/validate-twisted.ts';

describe('twistedGains', () => {
  it('is within 8 % of silicon, and what link loads alone say', () => {
    const gains = twistedGains();
    expect(gains.map(({ shape, measured }) => [shape.join('x'), measured])).toEqual([
      ['4x4x8', 1.63],
      ['4x8x8', 1.31],
    ]);
    for (const { shape, measured, modelled } of gains) {
      expect(Math.abs(modelled / measured - 1)).toBeLessThan(0.08);
      const largest = (twisted: boolean): number =>
        uniformLoads(new Torus({ shape, wraps: shape.map(() => true), twisted })).largest;
      expect(modelled).toBeCloseTo(largest(false) / largest(true), 9);
    }
  });
});

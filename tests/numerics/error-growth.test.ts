import { describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { type ErrorPoint, errorGrowth, SUMMATION_ORDERS } from '../../src/numerics/error-growth.ts';

const LENGTHS = [128, 1024];
const table = errorGrowth(SUMMATION_ORDERS, LENGTHS, { dots: 300, seed: 1 });

function at(id: string, k: number): ErrorPoint {
  const growth = assertDefined(
    table.find(({ order }) => order.id === id),
    id,
  );
  return assertDefined(
    growth.points.find((point) => point.k === k),
    `k=${k}`,
  );
}

describe('the accumulation table', () => {
  it('compares every order with the first, which agrees with itself', () => {
    expect(table.map(({ order }) => order.id)).toEqual(['C', 'A128', 'A256', 'B128', 'T', 'Z']);
    expect([at('C', 128).bitEqualShare, at('C', 1024).bitEqualShare]).toEqual([1, 1]);
  });

  it('finds passes equal to one chain exactly where k fits one pass', () => {
    expect(at('A128', 128)).toEqual(at('C', 128));
    expect(at('A128', 1024).bitEqualShare).toBeLessThan(0.3);
    expect(at('A256', 1024).bitEqualShare).toBeLessThan(0.3);
  });

  it('ranks the orders by error: tree, passes, one chain, rounding toward zero', () => {
    const errors = ['T', 'A128', 'C', 'Z'].map((id) => at(id, 1024).rmsErrorPerSqrtK);
    expect(errors).toEqual([...errors].sort((x, y) => x - y));
    expect(at('B128', 128).rmsErrorPerSqrtK).toBeLessThan(at('A128', 128).rmsErrorPerSqrtK);
  });

  it('grows with k, fastest where rounding has a direction', () => {
    const growth = (id: string): number => at(id, 1024).rmsErrorPerSqrtK / at(id, 128).rmsErrorPerSqrtK;
    expect(growth('Z')).toBeGreaterThan(2 * growth('C'));
    expect(growth('C')).toBeGreaterThan(2 * growth('A128'));
  });

  it('is the same for the same seed, and not for another', () => {
    const again = errorGrowth(SUMMATION_ORDERS, [128], { dots: 20, seed: 7 });
    expect(errorGrowth(SUMMATION_ORDERS, [128], { dots: 20, seed: 7 })).toEqual(again);
    expect(errorGrowth(SUMMATION_ORDERS, [128], { dots: 20, seed: 8 })).not.toEqual(again);
  });
});

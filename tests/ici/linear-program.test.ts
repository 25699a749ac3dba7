import { describe, expect, it } from 'vitest';
import { minimise } from '../../src/ici/linear-program.ts';

describe('minimise', () => {
  it('finds the corner of a small programme', () => {
    // Dantzig's: maximise 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18: x = 2, y = 6.
    const rows = [
      [1, 0, 1, 0, 0, 4],
      [0, 2, 0, 1, 0, 12],
      [3, 2, 0, 0, 1, 18],
    ];
    const solution = minimise(rows, [-3, -5, 0, 0, 0], [2, 3, 4]);
    expect(solution[0]).toBeCloseTo(2, 12);
    expect(solution[1]).toBeCloseTo(6, 12);
  });

  it('ends where corners coincide (Beale 1955, which cycles under the largest-coefficient rule)', () => {
    const rows = [
      [1 / 4, -60, -1 / 25, 9, 1, 0, 0, 0],
      [1 / 2, -90, -1 / 50, 3, 0, 1, 0, 0],
      [0, 0, 1, 0, 0, 0, 1, 1],
    ];
    const cost = [-3 / 4, 150, -1 / 50, 6, 0, 0, 0];
    const solution = minimise(rows, cost, [4, 5, 6]);
    const value = solution.reduce((total, x, index) => total + x * cost[index], 0);
    expect(value).toBeCloseTo(-1 / 20, 12);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlockOperands } from '../../src/array/block-operands.ts';
import { BlockTiles, K_AT_ONCE } from '../../src/array/block-tiles.ts';
import { operandSource } from '../../src/array/operands.ts';
import { blocksOf, WantedList } from '../../src/array/wanted-sums.ts';
import { createRandom } from '../../src/base/random.ts';
import { instantiatePackKernel } from '../../src/numerics/wasm-pack-kernels.ts';

describe('operands of a block', () => {
  it('are as small as their smallest element so far, and nothing beside them counts', () => {
    const cases = fc.record({
      m: fc.integer({ min: 1, max: 14 }),
      n: fc.integer({ min: 1, max: 21 }),
      k: fc.integer({ min: 1, max: 2 * K_AT_ONCE + 40 }),
      seed: fc.nat(),
    });
    const memory = new WebAssembly.Memory({ initial: 1 });
    const kernel = instantiatePackKernel('floats', memory);
    fc.assert(
      fc.property(cases, ({ m, n, k, seed }) => {
        const random = createRandom(seed);
        const values = (length: number): Float32Array =>
          Float32Array.from({ length }, () => (random.nextBelow(3) - 1) * 2 ** -random.nextBelow(120));
        const [a, b] = [values(m * k), values(k * n)];
        const wanted = new WantedList(m * n);
        for (let at = 0; at < m * n; at++) wanted.want(at, 0, Math.floor(at / n), at % n, 0, k);
        const tiles = new BlockTiles(blocksOf(wanted)[0], wanted, memory);
        const operands = new BlockOperands(tiles, operandSource({ m, k, n }, { a, b }), kernel, 'bf16');
        for (let from = 0; from < k; from += K_AT_ONCE) {
          const to = Math.min(from + K_AT_ONCE, k);
          const ofA = a.filter((_, at) => at % k < to);
          const rangeOfA = operands.packRows(from, to, to - from);
          const rangeOfB = operands.packColumns(from, to, to - from);
          expect(rangeOfA).toEqual({ suits: true, smallest: smallestOf(ofA) });
          expect(rangeOfB).toEqual({ suits: true, smallest: smallestOf(b.subarray(0, to * n)) });
        }
      }),
      { numRuns: 150 },
    );
  });
});

function smallestOf(values: Float32Array): number {
  return values.reduce((least, value) => {
    return value === 0 ? least : Math.min(least, Math.abs(value));
  }, Number.POSITIVE_INFINITY);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TILE_COLUMNS, TILE_ROWS } from '../../src/numerics/wasm-kernels.ts';
import { instantiatePackKernel, PACK_STEP, RANGE_WORDS } from '../../src/numerics/wasm-pack-kernels.ts';

const WORDS = 16384;
const [SOURCE, TARGET, RANGE] = [0, 8192, 16000];
const DISTANCE = 96;

const memory = new WebAssembly.Memory({ initial: 1 });
const floats = new Float32Array(memory.buffer, 0, WORDS);
const words = new Uint32Array(memory.buffer, 0, WORDS);

/** Bit patterns of fp32, subnormals, infinities and NaNs with any payload among them. */
const anyFloat = fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0x80000000, 1, 0x00010000, 0x7f800000));
const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];
const anyInteger = fc.oneof(fc.integer({ min: -32768, max: 32767 }), fc.constantFrom(-32768, 32767, 0, -0));
const notInt16 = fc.constantFrom(32768, -32769, 0.5, -1.25, 2 ** 31, 1e30, NaN, Infinity);

const columnBits = (element: fc.Arbitrary<number>): fc.Arbitrary<number[]> =>
  fc.array(element, { minLength: 12 * TILE_COLUMNS, maxLength: 12 * TILE_COLUMNS });

function startRange(): void {
  words.fill(0, RANGE, RANGE + RANGE_WORDS / 2);
  words.fill(0xffffffff, RANGE + RANGE_WORDS / 2, RANGE + RANGE_WORDS);
}

/** Lays 12 k of lines out, a row of A or a row of B after the other, and packs them. */
function pack(carrier: 'floats' | 'integers', of: 'A' | 'B', elements: readonly number[]): number {
  const kernel = instantiatePackKernel(carrier, memory);
  const width = of === 'A' ? TILE_ROWS : TILE_COLUMNS;
  words.fill(0xdeadbeef, SOURCE, RANGE);
  for (let k = 0; k < 12; k++) {
    for (let line = 0; line < width; line++) {
      const at = of === 'A' ? line * DISTANCE + k : k * DISTANCE + line;
      words[SOURCE + at] = elements[k * width + line];
    }
  }
  startRange();
  const step = of === 'A' ? PACK_STEP.rows : PACK_STEP.columns[carrier];
  const call = of === 'A' ? kernel.packRows : kernel.packColumns;
  call(4 * SOURCE, 4 * DISTANCE, 4 * TARGET, 12 / step, 4 * RANGE);
  return width;
}

const rangeBits = (): number => words.subarray(RANGE, RANGE + 4).reduce((all, each) => (all | each) >>> 0, 0);
const least = (): number => Math.min(...words.subarray(RANGE + 4, RANGE + 8));

describe('packing in vectors', () => {
  it.each(['A', 'B'] as const)(
    'puts floats of %s side by side and tells their bits and least magnitude',
    (of) => {
      fc.assert(
        fc.property(columnBits(anyFloat), (elements) => {
          const width = pack('floats', of, elements);
          const expected = elements.slice(0, 12 * width);
          expect([...words.subarray(TARGET, TARGET + 12 * width)]).toEqual(expected);
          expect(words[TARGET + 12 * width]).toBe(0xdeadbeef);
          expect(rangeBits()).toBe(expected.reduce((all, each) => (all | each) >>> 0, 0));
          const magnitudes = expected.map((bits) => bits & 0x7fffffff).filter((bits) => bits !== 0);
          expect(least()).toBe(magnitudes.length === 0 ? 0xffffffff : Math.min(...magnitudes) - 1);
        }),
        { numRuns: 200 },
      );
    },
  );

  it.each(['A', 'B'] as const)(
    'puts integers of %s in pairs along k, and tells those that are no int16',
    (of) => {
      fc.assert(
        fc.property(
          columnBits(anyInteger),
          fc.option(fc.tuple(fc.nat(11), fc.nat(3), notInt16), { nil: undefined }),
          (values, odd) => {
            const width = of === 'A' ? TILE_ROWS : TILE_COLUMNS;
            const elements = [...values];
            if (odd) elements[odd[0] * width + odd[1]] = odd[2];
            pack('integers', of, elements.map(bitsOf));
            expect(rangeBits() === 0).toBe(odd === undefined);
            if (odd) return;
            const expected = Array.from({ length: 6 * width }, (_, at) => {
              const k = 2 * Math.floor(at / width);
              const line = at % width;
              return ((elements[k * width + line] & 0xffff) | (elements[(k + 1) * width + line] << 16)) >>> 0;
            });
            expect([...words.subarray(TARGET, TARGET + 6 * width)]).toEqual(expected);
            expect(words[TARGET + 6 * width]).toBe(0xdeadbeef);
          },
        ),
        { numRuns: 200 },
      );
    },
  );

  it('goes on with the range of the call before', () => {
    pack(
      'floats',
      'A',
      Array.from({ length: 96 }, () => bitsOf(2)),
    );
    const kernel = instantiatePackKernel('floats', memory);
    floats.fill(1, SOURCE, SOURCE + 4 * DISTANCE);
    kernel.packRows(4 * SOURCE, 4 * DISTANCE, 4 * TARGET, 1, 4 * RANGE);
    expect(least()).toBe(bitsOf(1) - 1);
    floats.fill(4, SOURCE, SOURCE + 4 * DISTANCE);
    kernel.packRows(4 * SOURCE, 4 * DISTANCE, 4 * TARGET, 1, 4 * RANGE);
    expect(least()).toBe(bitsOf(1) - 1);
  });
});

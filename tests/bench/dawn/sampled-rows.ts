import { clamp } from '../../../src/base/integers.ts';
import { createRandom } from '../../../src/base/random.ts';
import type { Carrier } from '../../../src/gpu/kernels.ts';
import { matmulReference } from '../../../src/numerics/matmul-reference.ts';
import type { MatmulRequest, MatmulValues } from '../../../src/numerics/matmul-request.ts';
import { randomOperands } from '../../../src/numerics/random-operands.ts';
import type { Shape } from './shapes.ts';

/** The reference multiplies this often for one shape: a second or two. */
const REFERENCE_MULTIPLIES = 2 ** 26;
const PASS_ROWS = 128;

/** A matmul and the reference's result in some of its rows. */
export interface SampledMatmul {
  readonly request: MatmulRequest;
  readonly rows: readonly number[];
  /** `[rows.length, n]` */
  readonly expected: MatmulValues;
}

export interface SampleCheck {
  readonly rows: number;
  readonly bitExact: boolean;
  /** Largest difference from the reference, as a fraction of the largest magnitude in those rows. */
  readonly largestError: number;
}

/** Rows from the first to the last, evenly spread, as many as the reference has time for. */
export function sampleMatmul(carrier: Carrier, shape: Shape): SampledMatmul {
  const { m, k, n } = shape;
  const extents = { ...shape, passRows: PASS_ROWS };
  const operands = randomOperands(createRandom(1), carrier, shape);
  const count = clamp(Math.floor(REFERENCE_MULTIPLIES / (k * n)), 2, m);
  const rows = Array.from({ length: count }, (_, index) => Math.floor((index * (m - 1)) / (count - 1)));
  const a = operands.a.slice(0, count * k);
  for (const [index, row] of rows.entries()) a.set(operands.a.subarray(row * k, (row + 1) * k), index * k);
  const request = { ...extents, ...operands };
  return { request, rows, expected: matmulReference({ ...request, m: count, a } as MatmulRequest) };
}

export function checkSample({ request, rows, expected }: SampledMatmul, c: MatmulValues): SampleCheck {
  const { n } = request;
  let bitExact = true;
  let largest = 0;
  let largestDifference = 0;
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < n; column += 1) {
      const wanted = expected[index * n + column] ?? Number.NaN;
      const found = c[row * n + column] ?? Number.NaN;
      bitExact &&= Object.is(wanted, found);
      largest = Math.max(largest, Math.abs(wanted));
      largestDifference = Math.max(largestDifference, Math.abs(wanted - found));
    }
  }
  return { rows: rows.length, bitExact, largestError: largestDifference / largest };
}

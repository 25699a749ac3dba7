import { type PassPlan, passPlan } from './accumulation.ts';
import { type SumPass, sumPasses, sumPassOf } from './accumulators.ts';
import { float32FromBf16 } from './bf16.ts';
import { canonicalizeNaNs, multiplyFloat32 } from './float32.ts';
import { loadOperands } from './loaded-operands.ts';
import {
  accumulationOf,
  checkMatmulRequest,
  type MatmulRequest,
  type MatmulShape,
  type MatmulValues,
} from './matmul-request.ts';

/**
 * The matrix unit's matmul, written to be read rather than to be fast: what every faster path must equal
 * bit for bit. Products are rounded to fp32 (for bf16 and fp8 they are exact), a pass sums its products as
 * the accumulation model says, and the passes are added in fp32 in order of k, the first being written.
 */
export function matmulReference(request: MatmulRequest): MatmulValues {
  checkMatmulRequest(request);
  const accumulation = accumulationOf(request);
  const loaded = loadOperands(request);
  if (loaded.carrier === 'int8' || accumulation.kind === 'int32') {
    return multiplyIntegers(request, loaded.a, loaded.b);
  }
  const [a, b] =
    loaded.carrier === 'bf16'
      ? [Float32Array.from(loaded.a, float32FromBf16), Float32Array.from(loaded.b, float32FromBf16)]
      : [loaded.a, loaded.b];
  return multiplyFloats(
    request,
    passPlan(accumulation, request.dtype, request),
    sumPassOf(accumulation),
    a,
    b,
  );
}

function multiplyFloats(
  { m, n }: MatmulShape,
  plan: PassPlan,
  sumPass: SumPass,
  a: Float32Array,
  b: Float32Array,
): Float32Array {
  const c = new Float32Array(m * n);
  const products = new Float32Array(plan.products);
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column < n; column += 1) {
      for (let index = 0; index < plan.products; index += 1) {
        products[index] = multiplyFloat32(a[row * plan.products + index] ?? 0, b[index * n + column] ?? 0);
      }
      c[row * n + column] = sumPasses(plan, sumPass, products);
    }
  }
  return canonicalizeNaNs(c);
}

/** int32 sums wrap, so no order can change them. */
function multiplyIntegers({ m, k, n }: MatmulShape, a: ArrayLike<number>, b: ArrayLike<number>): Int32Array {
  const c = new Int32Array(m * n);
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column < n; column += 1) {
      let total = 0;
      for (let index = 0; index < k; index += 1) {
        total = (total + (a[row * k + index] ?? 0) * (b[index * n + column] ?? 0)) | 0;
      }
      c[row * n + column] = total;
    }
  }
  return c;
}

import { loadBf16 } from './bf16.ts';
import { addFloat32, canonicalizeNaNs, multiplyFloat32 } from './float32.ts';
import {
  checkMatmulRequest,
  type MatmulRequest,
  type MatmulShape,
  type MatmulValues,
} from './matmul-request.ts';

/**
 * The matrix unit's matmul, written to be read rather than to be fast: what every faster path must equal
 * bit for bit. Within a pass of `passRows` products one accumulator runs down a column, sequentially in k;
 * the passes are added to each other in order of k, the first being written and not added.
 */
export function matmulReference(request: MatmulRequest): MatmulValues {
  checkMatmulRequest(request);
  switch (request.dtype) {
    case 'bf16':
      return multiplyFloats(
        request,
        Float32Array.from(request.a, loadBf16),
        Float32Array.from(request.b, loadBf16),
      );
    case 'int8':
      return multiplyIntegers(request, request.a, request.b);
  }
}

function multiplyFloats(shape: MatmulShape, a: Float32Array, b: Float32Array): Float32Array {
  const { m, k, n, passRows } = shape;
  const c = new Float32Array(m * n);
  for (let row = 0; row < m; row += 1) {
    for (let column = 0; column < n; column += 1) {
      let total = 0;
      for (let start = 0; start < k; start += passRows) {
        const end = Math.min(start + passRows, k);
        let accumulator = 0;
        for (let index = start; index < end; index += 1) {
          const product = multiplyFloat32(a[row * k + index] ?? 0, b[index * n + column] ?? 0);
          accumulator = addFloat32(accumulator, product);
        }
        total = start === 0 ? accumulator : addFloat32(total, accumulator);
      }
      c[row * n + column] = total;
    }
  }
  return canonicalizeNaNs(c);
}

/** int32 sums wrap, so no order can change them. */
function multiplyIntegers(shape: MatmulShape, a: Int8Array, b: Int8Array): Int32Array {
  const { m, k, n } = shape;
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

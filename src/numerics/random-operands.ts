import type { Random } from '../base/random.ts';
import { bf16FromFloat32 } from './bf16.ts';
import type { MatmulDtype } from './dtypes.ts';
import { FP8_E4M3, FP8_E5M2, fp8FromFloat32 } from './fp8.ts';
import type { MatmulOperands } from './matmul-request.ts';

/**
 * About N(0, 1): the sum of twelve uniform numbers less six. Additions only, so the same on every machine,
 * which a logarithm or cosine would not be.
 */
export function nextNormal(random: Random): number {
  let total = -6;
  for (let count = 0; count < 12; count += 1) total += random.nextFraction();
  return total;
}

export function randomBf16(random: Random, count: number): Uint16Array {
  return fill(new Uint16Array(count), () => bf16FromFloat32(nextNormal(random)));
}

export function randomInt8(random: Random, count: number): Int8Array {
  return fill(new Int8Array(count), () => random.nextBelow(256) - 128);
}

/** A `[m, k]` and B `[k, n]`: about N(0, 1) for floating point, uniform over all values for integers. */
export function randomOperands(
  random: Random,
  dtype: MatmulDtype,
  { m, k, n }: { readonly m: number; readonly k: number; readonly n: number },
): MatmulOperands {
  const both = <T>(draw: (count: number) => T): { readonly a: T; readonly b: T } => ({
    a: draw(m * k),
    b: draw(k * n),
  });
  switch (dtype) {
    case 'bf16':
      return { dtype, ...both((count) => randomBf16(random, count)) };
    case 'fp8-e4m3':
    case 'fp8-e5m2': {
      const format = dtype === 'fp8-e4m3' ? FP8_E4M3 : FP8_E5M2;
      const draw = (): number => fp8FromFloat32(nextNormal(random), format, 'saturate');
      return { dtype, ...both((count) => fill(new Uint8Array(count), draw)) };
    }
    case 'int8':
      return { dtype, ...both((count) => randomInt8(random, count)) };
    case 'int4':
      return { dtype, ...both((count) => fill(new Int8Array(count), () => random.nextBelow(16) - 8)) };
    case 'fp32':
    case 'fp32-bf16x1':
    case 'fp32-bf16x3':
    case 'fp32-bf16x6':
      return { dtype, ...both((count) => fill(new Float32Array(count), () => nextNormal(random))) };
  }
}

function fill<T extends Uint16Array | Uint8Array | Int8Array | Float32Array>(
  values: T,
  draw: () => number,
): T {
  for (let index = 0; index < values.length; index += 1) values[index] = draw();
  return values;
}

import type { Random } from '../base/random.ts';
import { bf16FromFloat32 } from './bf16.ts';

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
  const bits = new Uint16Array(count);
  for (let index = 0; index < count; index += 1) bits[index] = bf16FromFloat32(nextNormal(random));
  return bits;
}

export function randomInt8(random: Random, count: number): Int8Array {
  const values = new Int8Array(count);
  for (let index = 0; index < count; index += 1) values[index] = random.nextBelow(256) - 128;
  return values;
}

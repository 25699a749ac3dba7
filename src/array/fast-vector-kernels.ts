import { ceilDiv } from '../base/integers.ts';
import type { WasmArithmetic } from '../numerics/wasm-kernels.ts';
import {
  instantiateDotKernel,
  instantiateStreamKernel,
  STREAM_STEP,
} from '../numerics/wasm-stream-kernel.ts';
import { type Kernels, UNROLL } from './fast-kernels.ts';

const PAGE_BYTES = 65536;
const VECTOR_BYTES = 16;
/** More than any array that someone would step; WebAssembly could address 16 times as much. */
const MAX_BYTES = 2 ** 28;

/**
 * `kernels` in the vectors of the CPU, with the same bits: streams and sums then lie in a memory of
 * WebAssembly. `kernels` themselves where WebAssembly cannot be had, or `bytes` for the streams are too many.
 */
export function inVectors(kernels: Kernels, arithmetic: WasmArithmetic, bytes: number): Kernels {
  // A page's own thread may not compile code (its Content-Security-Policy), and trying would be reported.
  if (bytes > MAX_BYTES || typeof document !== 'undefined') return kernels;
  try {
    return vectorKernels(kernels, arithmetic, bytes);
  } catch {
    return kernels;
  }
}

function vectorKernels(kernels: Kernels, arithmetic: WasmArithmetic, bytes: number): Kernels {
  const memory = new WebAssembly.Memory({ initial: ceilDiv(bytes, PAGE_BYTES) + 1 });
  const { addProducts } = instantiateStreamKernel(arithmetic, memory);
  const { buffer } = memory;
  const isInteger = arithmetic === 'integer';
  const weightsAt = 0;
  const packed = isInteger ? new Int32Array(buffer, 0, UNROLL) : new Float32Array(buffer, 0, UNROLL);
  let free = packed.byteLength;
  const take = (bytesTaken: number): number => {
    const at = free;
    free += ceilDiv(bytesTaken, VECTOR_BYTES) * VECTOR_BYTES;
    return at;
  };
  return {
    ...kernels,
    ...(isInteger && { holdSum: dotInVectors(kernels, memory, weightsAt) }),
    stream: (length) =>
      isInteger
        ? new Int16Array(buffer, take(2 * length), length)
        : new Float32Array(buffer, take(4 * length), length),
    sums: (length) =>
      isInteger
        ? new Int32Array(buffer, take(4 * length), length)
        : new Float32Array(buffer, take(4 * length), length),
    holdWeights: (sums, at, count, operands, row, first, weights) => {
      if (isInteger) {
        for (let word = 0; word < UNROLL / 2; word++) {
          packed[word] = (weights[2 * word] & 0xffff) | (weights[2 * word + 1] << 16);
        }
      } else {
        packed.set(weights);
      }
      const steps = Math.floor(count / STREAM_STEP);
      const { BYTES_PER_ELEMENT, byteOffset } = operands[row];
      // A wave is one cycle later in the next row.
      const distance = operands[row + 1].byteOffset - byteOffset + BYTES_PER_ELEMENT;
      const stream = byteOffset + (first + row) * BYTES_PER_ELEMENT;
      if (steps > 0) addProducts(sums.byteOffset + 4 * at, stream, distance, weightsAt, steps);
      const done = steps * STREAM_STEP;
      if (done < count) {
        kernels.holdWeights(sums, at + done, count - done, operands, row, first + done, weights);
      }
    },
  };
}

/** `holdSum` of integers, in any order: their sums wrap. @param scratch address of 16 bytes */
function dotInVectors(kernels: Kernels, memory: WebAssembly.Memory, scratch: number): Kernels['holdSum'] {
  const { dot } = instantiateDotKernel(memory);
  const sums = new Int32Array(memory.buffer, scratch, 4);
  return (sum, a, firstA, b, firstB, count) => {
    const steps = Math.floor(count / STREAM_STEP);
    if (steps > 0) {
      sums.fill(0);
      dot(scratch, a.byteOffset + 2 * firstA, b.byteOffset + 2 * firstB, steps);
      sum += sums[0] + sums[1] + sums[2] + sums[3];
    }
    const done = steps * STREAM_STEP;
    return kernels.holdSum(sum | 0, a, firstA + done, b, firstB + done, count - done);
  };
}

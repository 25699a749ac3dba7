import '@tensorflow/tfjs-backend-webgpu';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Contestant } from './contestant.ts';

export async function createTfjs(): Promise<Contestant> {
  await tf.setBackend('webgpu');
  await tf.ready();
  return {
    place: async ({ m, k, n }, a, b) => {
      const left = tf.tensor2d(a, [m, k]);
      const right = tf.tensor2d(b, [k, n]);
      let last: tf.Tensor | undefined;
      return {
        kernel: 'matMul',
        bitExact: false,
        run: async (repetitions) => {
          for (let count = 0; count < repetitions; count += 1) {
            last?.dispose();
            last = tf.matMul(left, right);
          }
          // Dispatches are batched: without these two the queue has nothing to finish.
          const backend = tf.backend() as WebGPUBackend;
          backend.endComputePassEncoder();
          backend.submitQueue();
          await backend.queue.onSubmittedWorkDone();
        },
        result: async () => (last === undefined ? new Float32Array(0) : last.data()),
        release: async () => {
          for (const tensor of [left, right, last]) tensor?.dispose();
        },
      };
    },
  };
}

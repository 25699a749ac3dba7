import * as ort from 'onnxruntime-web/webgpu';
import type { Contestant } from './contestant.ts';
import { matmulModel } from './onnx-model.ts';

/** @param wasmPath where onnxruntime-web's own modules are served */
export function createOnnxRuntime(wasmPath: string): Contestant {
  ort.env.wasm.wasmPaths = wasmPath;
  ort.env.wasm.numThreads = 1;
  return {
    place: async ({ m, k, n }, a, b) => {
      const session = await ort.InferenceSession.create(matmulModel(m, k, n), {
        executionProviders: ['webgpu'],
        preferredOutputLocation: 'gpu-buffer',
      });
      const device = await ort.env.webgpu.device;
      const upload = (values: Float32Array, dims: readonly number[]): [GPUBuffer, ort.GpuTensor] => {
        const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
        const buffer = device.createBuffer({ size: values.byteLength, usage });
        device.queue.writeBuffer(buffer, 0, new Float32Array(values));
        return [buffer, ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims })];
      };
      const [bufferOfA, left] = upload(a, [m, k]);
      const [bufferOfB, right] = upload(b, [k, n]);
      let last: ort.GpuTensor | undefined;
      return {
        kernel: 'MatMul',
        bitExact: false,
        run: async (repetitions) => {
          for (let count = 0; count < repetitions; count += 1) {
            last?.dispose();
            const outputs = await session.run({ A: left, B: right });
            last = outputs.C;
          }
          await device.queue.onSubmittedWorkDone();
        },
        result: async () => (last === undefined ? new Float32Array(0) : last.getData()),
        release: async () => {
          last?.dispose();
          await session.release();
          bufferOfA.destroy();
          bufferOfB.destroy();
        },
      };
    },
  };
}

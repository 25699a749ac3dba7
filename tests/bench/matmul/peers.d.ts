// What the benchmark uses of its peers, so that it type-checks where they are not installed.

declare module '@tensorflow/tfjs-core' {
  export interface Tensor {
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function ready(): Promise<void>;
  export function backend(): unknown;
  export function tensor2d(values: Float32Array, shape: [number, number]): Tensor;
  export function matMul(a: Tensor, b: Tensor): Tensor;
}

declare module '@tensorflow/tfjs-backend-webgpu' {
  export interface WebGPUBackend {
    readonly queue: GPUQueue;
    endComputePassEncoder(): void;
    submitQueue(): void;
  }
}

declare module 'onnxruntime-web/webgpu' {
  export interface GpuTensor {
    getData(): Promise<Float32Array>;
    dispose(): void;
  }
  export const env: {
    readonly wasm: { wasmPaths?: string; numThreads?: number };
    readonly webgpu: { readonly device: GPUDevice | Promise<GPUDevice> };
  };
  export const Tensor: {
    fromGpuBuffer(
      buffer: GPUBuffer,
      options: { readonly dataType: 'float32'; readonly dims: readonly number[] },
    ): GpuTensor;
  };
  export interface Session {
    run(feeds: Readonly<Record<string, GpuTensor>>): Promise<Readonly<Record<string, GpuTensor>>>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(
      model: Uint8Array,
      options: {
        readonly executionProviders: readonly string[];
        readonly preferredOutputLocation: 'gpu-buffer';
      },
    ): Promise<Session>;
  };
}

declare module '@jax-js/jax' {
  export interface Array {
    readonly ref: this;
    reshape(shape: readonly number[]): Array;
    blockUntilReady(): Promise<Array>;
    data(): Promise<Float32Array>;
    dispose(): void;
  }
  export function init(device: 'webgpu'): Promise<readonly string[]>;
  export function defaultDevice(device: 'webgpu'): string;
  export const numpy: {
    array(values: Float32Array): Array;
    matmul(a: Array, b: Array): Array;
  };
}

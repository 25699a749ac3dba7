import { createRequire } from 'node:module';
import { resolve } from 'node:path';

interface DawnModule {
  create(flags: readonly string[]): GPU;
  readonly globals: { readonly GPUQueue: { readonly prototype: GPUQueue } };
}

/**
 * WebGPU of a `dawn.node`, such as the npm package `webgpu` carries in `dist/<platform>-<arch>`: as
 * `navigator.gpu`, with the constants (`GPUBufferUsage` …) that browsers have as globals. Dawn crashes once
 * what `create` returned is collected; there it is not.
 */
export function openDawn(path: string): GPU {
  const { create, globals } = createRequire(import.meta.url)(resolve(path)) as DawnModule;
  Object.assign(globalThis, globals);
  acceptSharedMemory(globals.GPUQueue.prototype);
  const gpu = create([]);
  // From version 21 on Node has a `navigator` of its own, which takes no assignment.
  Object.defineProperty(globalThis, 'navigator', { configurable: true, value: { gpu, userAgent: 'Node' } });
  return gpu;
}

/** Browsers write from views of shared memory, which libraries in WebAssembly have, and Dawn for Node does not. */
function acceptSharedMemory(queue: GPUQueue): void {
  const writeBuffer: GPUQueue['writeBuffer'] = queue.writeBuffer;
  queue.writeBuffer = function (buffer, bufferOffset, data: GPUAllowSharedBufferSource, ...range) {
    const shared = data instanceof Uint8Array && data.buffer instanceof SharedArrayBuffer;
    return writeBuffer.call(this, buffer, bufferOffset, shared ? Uint8Array.from(data) : data, ...range);
  };
}

/** Lets the process end. */
export function closeDawn(): void {
  Reflect.deleteProperty(globalThis, 'navigator');
}

import { createRequire } from 'node:module';
import { resolve } from 'node:path';

interface DawnModule {
  create(flags: readonly string[]): GPU;
  readonly globals: object;
}

/** Dawn crashes once the object that `create` returned is collected, so the global scope holds it. */
const KEPT_UNDER = 'systoleGpu';

/**
 * WebGPU of a `dawn.node`, such as the npm package `webgpu` carries in `dist/<platform>-<arch>`. Also
 * defines the constants (`GPUBufferUsage` …) that a browser has as globals.
 */
export function openDawn(path: string): GPU {
  const { create, globals } = createRequire(import.meta.url)(resolve(path)) as DawnModule;
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.assign(globalThis, { [KEPT_UNDER]: gpu });
  return gpu;
}

/** Lets the process end. */
export function closeDawn(): void {
  Reflect.deleteProperty(globalThis, KEPT_UNDER);
}

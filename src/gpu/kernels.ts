import type { MatmulRequest } from '../numerics/matmul-request.ts';
import type { ShaderName } from './shader-sources.ts';

/** One compute shader and how it cuts C into tiles. */
export interface Kernel {
  readonly shader: ShaderName;
  readonly dtype: MatmulRequest['dtype'];
  /** `native` arithmetic is the adapter's own and has to be tested; `integer` is exact by specification. */
  readonly arithmetic: 'native' | 'integer';
  /** Rows and columns of C that one invocation computes. */
  readonly tileRows: number;
  readonly tileColumns: number;
  /** Elements of k that one step of the kernel's loop consumes. */
  readonly kStep: number;
}

/** Fastest first, for each dtype. */
export const KERNELS: readonly Kernel[] = [
  { shader: 'matmul-bf16-8x4', dtype: 'bf16', arithmetic: 'native', tileRows: 8, tileColumns: 4, kStep: 1 },
  { shader: 'matmul-bf16-soft', dtype: 'bf16', arithmetic: 'integer', tileRows: 1, tileColumns: 1, kStep: 1 },
  { shader: 'matmul-int8', dtype: 'int8', arithmetic: 'integer', tileRows: 4, tileColumns: 4, kStep: 4 },
];

export const WORKGROUP_ROWS = 8;
export const WORKGROUP_COLUMNS = 8;

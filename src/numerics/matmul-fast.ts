import { passPlan, sumsInOrder } from './accumulation.ts';
import { canonicalizeNaNs } from './float32.ts';
import { type LoadedOperands, loadOperands } from './loaded-operands.ts';
import { matmulReference } from './matmul-reference.ts';
import {
  accumulationOf,
  checkMatmulRequest,
  type MatmulRequest,
  type MatmulValues,
} from './matmul-request.ts';
import { staysNormal } from './operand-range.ts';
import { createTileMachine, type TileMachine } from './tile-machine.ts';
import type { WasmArithmetic } from './wasm-kernels.ts';

/** C is computed in blocks of at most this many rows and columns: a few megabytes at once. */
const BLOCK_ROWS = 512;
const BLOCK_COLUMNS = 512;

const machines = new Map<WasmArithmetic, TileMachine>();

/**
 * `matmulReference` at the speed of the CPU's vectors, on one core: the same bits. Sums that run
 * sequentially in k vectorise over columns without changing their order; other accumulation models, and
 * fp32 multipliers where subnormals can arise, take the reference's path.
 */
export function matmulFast(request: MatmulRequest): MatmulValues {
  checkMatmulRequest(request);
  const accumulation = accumulationOf(request);
  if (!sumsInOrder(accumulation)) return matmulReference(request);
  const operands = loadOperands(request);
  const plan = passPlan(accumulation, request.dtype, request);
  const arithmetic = arithmeticFor(operands, plan.products);
  if (arithmetic === undefined) return matmulReference(request);

  const machine = machines.get(arithmetic) ?? createTileMachine(arithmetic);
  machines.set(arithmetic, machine);
  const { m, n } = request;
  const c = new Uint32Array(m * n);
  for (let column = 0; column < n; column += BLOCK_COLUMNS) {
    for (let row = 0; row < m; row += BLOCK_ROWS) {
      const rows = Math.min(BLOCK_ROWS, m - row);
      const columns = Math.min(BLOCK_COLUMNS, n - column);
      machine.multiply(operands, plan, c, n, { row, rows, column, columns });
    }
  }
  return arithmetic === 'integer' ? new Int32Array(c.buffer) : canonicalizeNaNs(new Float32Array(c.buffer));
}

function arithmeticFor(operands: LoadedOperands, products: number): WasmArithmetic | undefined {
  if (operands.carrier === 'int8') return 'integer';
  if (staysNormal(operands, products)) return 'float';
  // A product of 24 by 24 bits is rounded, and vectors round a subnormal one elsewhere than the reference.
  return operands.carrier === 'bf16' ? 'flushing' : undefined;
}

import { ceilDiv, clamp } from '../base/integers.ts';
import {
  instantiateWasmKernel,
  TILE_COLUMNS,
  TILE_ROWS,
  type WasmArithmetic,
  type WasmKernel,
} from '../numerics/wasm-kernels.ts';
import { instantiatePackKernel, type WasmPackKernel } from '../numerics/wasm-pack-kernels.ts';
import { BlockOperands } from './block-operands.ts';
import { BlockTiles, K_AT_ONCE } from './block-tiles.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';
import { entriesOf, type SumBlock, type WantedSums } from './wanted-sums.ts';

/** Adds up whole blocks of sums in the vectors of the CPU. */
export class BlockSums {
  private readonly memory = new WebAssembly.Memory({ initial: 1 });
  private readonly kernels: Readonly<Record<WasmArithmetic, WasmKernel>> = {
    float: instantiateWasmKernel('float', this.memory),
    flushing: instantiateWasmKernel('flushing', this.memory),
    integer: instantiateWasmKernel('integer', this.memory),
  };
  private readonly packers: Readonly<Record<PeArithmetic['vectors'], WasmPackKernel>> = {
    bf16: instantiatePackKernel('floats', this.memory),
    int8: instantiatePackKernel('integers', this.memory),
  };

  /**
   * Writes the sums of a block to `out`, their products added in order of k with the bits of `arithmetic`.
   * Returns the numbers of those that it could not: all where an operand is not of the format that the
   * kernels take, and a second wish for the same element of another depth.
   */
  add(
    block: SumBlock,
    wanted: WantedSums,
    source: OperandSource,
    arithmetic: PeArithmetic,
    out: Float64Array,
  ): readonly number[] {
    const tiles = new BlockTiles(block, wanted, this.memory);
    const carrier = arithmetic.vectors;
    const operands = new BlockOperands(tiles, source, this.packers[carrier], carrier);
    const productsAStep = carrier === 'int8' ? 2 : 1;
    for (let from = 0; from < tiles.deepest; from += K_AT_ONCE) {
      const to = Math.min(from + K_AT_ONCE, tiles.deepest);
      const steps = ceilDiv(to - from, productsAStep);
      const rangeOfA = operands.packRows(from, to, steps);
      const rangeOfB = operands.packColumns(from, to, steps);
      if (!rangeOfA.suits || !rangeOfB.suits) return entriesOf(block);
      // Sums so far are multiples of the unit of the products so far: one range for all of them will do.
      const quick = arithmetic.quickIsExact(rangeOfA.smallest, rangeOfB.smallest);
      const kernel = this.kernels[carrier === 'int8' ? 'integer' : quick ? 'float' : 'flushing'];
      multiplyTiles(kernel, tiles, from, to, productsAStep);
    }
    return tiles.collect(out, carrier === 'int8');
  }
}

/** Brings every tile from k `from` on to its depths, or to `to`. */
function multiplyTiles(
  kernel: WasmKernel,
  tiles: BlockTiles,
  from: number,
  to: number,
  productsAStep: number,
): void {
  const steps = ceilDiv(to - from, productsAStep);
  const rowPanels = tiles.rowPanels.length;
  const rowBytes = 4 * tiles.width;
  tiles.columnPanels.forEach((_, column) => {
    const b = tiles.b(column, steps);
    for (let row = 0; row < rowPanels; row++) {
      const tile = column * rowPanels + row;
      const at = tiles.tile(row, column);
      const sums = 4 * (tiles.sums + at);
      const a = tiles.a(row, steps);
      // Tiles further down that also want every product of this stretch go along in one call.
      let whole = 0;
      while (row + whole < rowPanels && tiles.least[tile + whole] >= to && tiles.most[tile + whole] > 0)
        whole++;
      if (whole > 0) {
        kernel.multiply(4 * a, 4 * b, sums, rowBytes, whole, 1, steps);
        row += whole - 1;
        continue;
      }
      const most = Math.min(tiles.most[tile], to) - from;
      if (most <= 0) continue;
      const common = Math.floor(clamp(tiles.least[tile] - from, 0, most) / productsAStep);
      if (common > 0) kernel.multiply(4 * a, 4 * b, sums, rowBytes, 1, 1, common);
      const rest = ceilDiv(most, productsAStep) - common;
      if (rest <= 0) continue;
      kernel.multiplyToDepths(
        4 * (a + common * TILE_ROWS),
        4 * (b + common * TILE_COLUMNS),
        sums,
        4 * (tiles.depths + at),
        rowBytes,
        from + common * productsAStep,
        rest,
      );
    }
  });
}

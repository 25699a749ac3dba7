import { roundUp } from '../base/integers.ts';
import { float32FromBits } from '../numerics/float32.ts';
import { TILE_ROWS } from '../numerics/wasm-kernels.ts';
import { PACK_STEP, RANGE_WORDS, type WasmPackKernel } from '../numerics/wasm-pack-kernels.ts';
import { type BlockTiles, K_AT_ONCE } from './block-tiles.ts';
import type { OperandSource, PeArithmetic } from './operands.ts';

/** What the elements packed so far are, which decides how they may be multiplied. */
export interface PackedRange {
  /** Every element is exactly what the kernels take: a bf16 number, or a 16-bit integer. */
  readonly suits: boolean;
  /** Smallest magnitude of a nonzero element. */
  readonly smallest: number;
}

/** Fraction bits of fp32 that bf16 does not have. */
const BELOW_BF16 = 0xffff;

/** Brings the operands of a block to the memory of the kernels, as much at a time as `K_AT_ONCE`. */
export class BlockOperands {
  /** False once an element is no fp32 number: it has been rounded. */
  private areFloat32 = true;

  constructor(
    private readonly tiles: BlockTiles,
    private readonly source: OperandSource,
    private readonly kernel: WasmPackKernel,
    private readonly carrier: PeArithmetic['vectors'],
  ) {
    const { integers } = tiles.words;
    for (const range of [tiles.rangeOfA, tiles.rangeOfB]) {
      integers.fill(0, range, range + RANGE_WORDS / 2);
      integers.fill(-1, range + RANGE_WORDS / 2, range + RANGE_WORDS);
    }
  }

  /** Packs elements [from, to) of the block's K of every row of A that has a sum as deep. */
  packRows(from: number, to: number, steps: number): PackedRange {
    const { tiles, kernel } = this;
    const { floats } = tiles.words;
    const padded = roundUp(to - from, PACK_STEP.rows);
    tiles.rowPanels.forEach((panel, index) => {
      if (panel.deepest <= from) return;
      for (let x = 0; x < TILE_ROWS; x++) {
        const at = tiles.rawRows + x * K_AT_ONCE;
        const missing = x < panel.lines ? at + to - from : at;
        if (x < panel.lines) this.copyRow(panel.first + x, from, to, at);
        floats.fill(0, missing, at + padded);
      }
      // What the last step packs beyond the end the next panel overwrites.
      const target = 4 * tiles.a(index, steps);
      kernel.packRows(4 * tiles.rawRows, 4 * K_AT_ONCE, target, padded / PACK_STEP.rows, 4 * tiles.rangeOfA);
    });
    return this.rangeAt(tiles.rangeOfA);
  }

  /** The same of every column of B. */
  packColumns(from: number, to: number, steps: number): PackedRange {
    const { tiles, kernel } = this;
    const { floats } = tiles.words;
    const panels = tiles.columnPanels;
    const first = panels.findIndex(({ deepest }) => deepest > from);
    const last = panels.findLastIndex(({ deepest }) => deepest > from);
    if (first < 0) return this.rangeAt(tiles.rangeOfB);
    const firstColumn = panels[first].first;
    const endColumn = panels[last].first + panels[last].lines;
    const endPacked = panels[last].first + panels[last].width;
    const width = tiles.width;
    const step = this.carrier === 'int8' ? PACK_STEP.columns.integers : PACK_STEP.columns.floats;
    const padded = roundUp(to - from, step);
    for (let k = from; k < to; k++) {
      const at = tiles.rawColumns + (k - from) * width;
      this.copyColumns(k, firstColumn, endColumn, at);
      // Where the last panel has fewer columns than it could.
      floats.fill(0, at + endColumn - firstColumn, at + endPacked - firstColumn);
    }
    floats.fill(0, tiles.rawColumns + (to - from) * width, tiles.rawColumns + padded * width);
    for (let index = first; index <= last; index++) {
      const raw = tiles.rawColumns + panels[index].first - firstColumn;
      kernel.packColumns(4 * raw, 4 * width, 4 * tiles.b(index, steps), padded / step, 4 * tiles.rangeOfB);
    }
    return this.rangeAt(tiles.rangeOfB);
  }

  private copyRow(m: number, from: number, to: number, at: number): void {
    const { source, tiles } = this;
    const { repeat, firstK } = tiles.block;
    const { floats } = tiles.words;
    if (source.stretches) {
      source.stretches.a(m, firstK + from, firstK + to, repeat, floats, at);
      return;
    }
    for (let k = from; k < to; k++) this.put(source.a(m, firstK + k, repeat), floats, at + k - from);
  }

  private copyColumns(k: number, first: number, end: number, at: number): void {
    const { source, tiles } = this;
    const { repeat, firstK } = tiles.block;
    const { floats } = tiles.words;
    if (source.stretches) {
      source.stretches.b(firstK + k, first, end, repeat, floats, at);
      return;
    }
    for (let n = first; n < end; n++) this.put(source.b(firstK + k, n, repeat), floats, at + n - first);
  }

  private put(value: number, floats: Float32Array, at: number): void {
    floats[at] = value;
    if (Math.fround(value) !== value && !Number.isNaN(value)) this.areFloat32 = false;
  }

  private rangeAt(range: number): PackedRange {
    const { integers } = this.tiles.words;
    const words = integers.subarray(range, range + RANGE_WORDS);
    const bits = words[0] | words[1] | words[2] | words[3];
    if (this.carrier === 'int8') return { suits: this.areFloat32 && bits === 0, smallest: 1 };
    const least = Math.min(...Uint32Array.from(words.subarray(RANGE_WORDS / 2)));
    return {
      // The payload of a NaN may look like more digits too: its block then takes the slow path.
      suits: this.areFloat32 && (bits & BELOW_BF16) === 0,
      smallest: least === 2 ** 32 - 1 ? Number.POSITIVE_INFINITY : float32FromBits(least + 1),
    };
  }
}

import { ceilDiv } from '../base/integers.ts';
import { TILE_COLUMNS, TILE_ROWS } from '../numerics/wasm-kernels.ts';
import { RANGE_WORDS } from '../numerics/wasm-pack-kernels.ts';
import type { SumBlock, WantedSums } from './wanted-sums.ts';

/** k whose operands are in memory at once: a few hundred kilobytes, which stay in the second cache. */
export const K_AT_ONCE = 256;
const PAGE_BYTES = 65536;
const NOTHING_WANTED = 2 ** 31 - 1;

/** Up to `width` lines from `first` on, side by side as a register tile takes them; missing ones are zero. */
export interface Panel {
  readonly width: number;
  readonly first: number;
  readonly lines: number;
  /** The greatest depth that a sum of theirs has. */
  deepest: number;
}

/**
 * A block of sums in register tiles, and where all of it lies in the kernels' memory. Addresses are in words.
 * Sums and depths lie as in C, row by row, with columns up to a whole number of tiles.
 */
export class BlockTiles {
  readonly words: { readonly floats: Float32Array; readonly integers: Int32Array };
  readonly rowPanels: readonly Panel[];
  readonly columnPanels: readonly Panel[];
  /** Columns of the rows of sums and depths, and of those of B before they are packed. */
  readonly width: number;
  readonly sums = 0;
  readonly depths: number;
  /** A panel of rows of A before it is packed, each `K_AT_ONCE` long. */
  readonly rawRows: number;
  /** Rows of B over all columns of the block before they are packed. */
  readonly rawColumns: number;
  /** What is known of the elements that have been packed. */
  readonly rangeOfA: number;
  readonly rangeOfB: number;
  /** By tile, those of a panel of columns together: least and greatest depth of its sums; 0 as the greatest where none is wanted. */
  readonly least: Int32Array;
  readonly most: Int32Array;
  readonly deepest: number;
  private readonly firstA: number;
  private readonly firstB: number;
  private readonly repeated: number[] = [];

  constructor(
    readonly block: SumBlock,
    private readonly wanted: WantedSums,
    memory: WebAssembly.Memory,
  ) {
    this.rowPanels = panelsOf(block.firstRow, block.endRow, TILE_ROWS);
    this.columnPanels = panelsOf(block.firstColumn, block.endColumn, TILE_COLUMNS);
    const height = this.rowPanels.length * TILE_ROWS;
    this.width = this.columnPanels.length * TILE_COLUMNS;
    this.depths = height * this.width;
    this.firstA = 2 * this.depths;
    this.firstB = this.firstA + height * K_AT_ONCE;
    this.rawRows = this.firstB + this.width * K_AT_ONCE;
    this.rawColumns = this.rawRows + TILE_ROWS * K_AT_ONCE;
    this.rangeOfA = this.rawColumns + this.width * K_AT_ONCE;
    this.rangeOfB = this.rangeOfA + RANGE_WORDS;
    grow(memory, 4 * (this.rangeOfB + RANGE_WORDS));
    const { buffer } = memory;
    this.words = { floats: new Float32Array(buffer), integers: new Int32Array(buffer) };
    const tiles = this.rowPanels.length * this.columnPanels.length;
    this.least = new Int32Array(tiles).fill(NOTHING_WANTED);
    this.most = new Int32Array(tiles);
    this.enterDepths();
    this.deepest = this.measureTiles();
  }

  /** Address of the first word of a tile in the rows of sums; in those of depths, `depths` further. */
  tile(rowPanel: number, columnPanel: number): number {
    return rowPanel * TILE_ROWS * this.width + columnPanel * TILE_COLUMNS;
  }

  /** Address of a panel of A, packed in `steps` steps; `b` of one of B. */
  a(panel: number, steps: number): number {
    return this.firstA + panel * TILE_ROWS * steps;
  }

  b(panel: number, steps: number): number {
    return this.firstB + panel * TILE_COLUMNS * steps;
  }

  /** Writes the sums to `out`, and returns the places of those that are not here. */
  collect(out: Float64Array, integers: boolean): readonly number[] {
    const { width, block, wanted } = this;
    const { row, column } = wanted;
    const sums = integers ? this.words.integers : this.words.floats;
    const origin = this.sums - block.firstRow * width - block.firstColumn;
    for (let run = 0; run < block.runs.length; run += 2) {
      const end = block.runs[run + 1];
      for (let place = block.runs[run]; place < end; place++) {
        out[place] = sums[origin + row[place] * width + column[place]];
      }
    }
    return this.repeated;
  }

  private enterDepths(): void {
    const { width, block, wanted, repeated } = this;
    const { row, column, depth } = wanted;
    const { integers } = this.words;
    integers.fill(0, this.sums, this.firstA);
    const origin = this.depths - block.firstRow * width - block.firstColumn;
    for (let run = 0; run < block.runs.length; run += 2) {
      const end = block.runs[run + 1];
      for (let place = block.runs[run]; place < end; place++) {
        const at = origin + row[place] * width + column[place];
        const entered = integers[at];
        if (entered === 0) integers[at] = depth[place];
        else if (entered !== depth[place]) repeated.push(place);
      }
    }
  }

  /** Notes the depths of tiles and panels, and returns the greatest of all. */
  private measureTiles(): number {
    let deepest = 0;
    this.columnPanels.forEach((ofColumns, column) => {
      this.rowPanels.forEach((ofRows, row) => {
        const most = this.measureTile(row, column);
        ofRows.deepest = Math.max(ofRows.deepest, most);
        ofColumns.deepest = Math.max(ofColumns.deepest, most);
        deepest = Math.max(deepest, most);
      });
    });
    return deepest;
  }

  private measureTile(row: number, column: number): number {
    const { integers } = this.words;
    const first = this.depths + this.tile(row, column);
    let least = NOTHING_WANTED;
    let most = 0;
    for (let line = 0; line < TILE_ROWS; line++) {
      const start = first + line * this.width;
      for (let at = start; at < start + TILE_COLUMNS; at++) {
        const depth = integers[at];
        if (depth > most) most = depth;
        if (depth < least && depth > 0) least = depth;
      }
    }
    const tile = column * this.rowPanels.length + row;
    this.least[tile] = least;
    this.most[tile] = most;
    return most;
  }
}

function panelsOf(first: number, end: number, width: number): Panel[] {
  return Array.from({ length: ceilDiv(end - first, width) }, (_, panel) => {
    const from = first + panel * width;
    return { width, first: from, lines: Math.min(width, end - from), deepest: 0 };
  });
}

function grow(memory: WebAssembly.Memory, bytes: number): void {
  const missing = ceilDiv(bytes, PAGE_BYTES) - memory.buffer.byteLength / PAGE_BYTES;
  if (missing > 0) memory.grow(missing);
}

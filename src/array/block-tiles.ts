import { ceilDiv } from '../base/integers.ts';
import { TILE_COLUMNS, TILE_ROWS } from '../numerics/wasm-kernels.ts';
import { RANGE_WORDS } from '../numerics/wasm-pack-kernels.ts';
import type { SumBlock, WantedSums } from './wanted-sums.ts';

export const TILE = TILE_ROWS * TILE_COLUMNS;
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
 * Sums and depths lie tile by tile, [rows][columns] in a tile, the tiles of a panel of columns together.
 */
export class BlockTiles {
  readonly words: { readonly floats: Float32Array; readonly integers: Int32Array };
  readonly rowPanels: readonly Panel[];
  readonly columnPanels: readonly Panel[];
  readonly sums = 0;
  readonly depths: number;
  /** By tile, least and greatest depth of its sums; 0 as the greatest where none is wanted. */
  readonly least: Int32Array;
  readonly most: Int32Array;
  readonly deepest: number;
  /** A panel of rows of A before it is packed, each `K_AT_ONCE` long. */
  readonly rawRows: number;
  /** Rows of B over all columns of the block before they are packed. */
  readonly rawColumns: number;
  readonly rawColumnsWidth: number;
  /** What is known of the elements that have been packed. */
  readonly rangeOfA: number;
  readonly rangeOfB: number;
  private readonly firstA: number;
  private readonly firstB: number;
  /** Where in its tiles each entry of the block is. */
  private readonly cells: Int32Array;
  private readonly repeated: number[] = [];

  constructor(
    readonly block: SumBlock,
    private readonly wanted: WantedSums,
    memory: WebAssembly.Memory,
  ) {
    this.rowPanels = panelsOf(block.firstRow, block.endRow, TILE_ROWS);
    this.columnPanels = panelsOf(block.firstColumn, block.endColumn, TILE_COLUMNS);
    const tiles = this.rowPanels.length * this.columnPanels.length;
    this.depths = tiles * TILE;
    this.firstA = this.depths + tiles * TILE;
    this.firstB = this.firstA + this.rowPanels.length * TILE_ROWS * K_AT_ONCE;
    this.rawColumnsWidth = this.columnPanels.length * TILE_COLUMNS;
    this.rawRows = this.firstB + this.rawColumnsWidth * K_AT_ONCE;
    this.rawColumns = this.rawRows + TILE_ROWS * K_AT_ONCE;
    this.rangeOfA = this.rawColumns + this.rawColumnsWidth * K_AT_ONCE;
    this.rangeOfB = this.rangeOfA + RANGE_WORDS;
    grow(memory, 4 * (this.rangeOfB + RANGE_WORDS));
    const { buffer } = memory;
    this.words = { floats: new Float32Array(buffer), integers: new Int32Array(buffer) };
    this.least = new Int32Array(tiles).fill(NOTHING_WANTED);
    this.most = new Int32Array(tiles);
    this.cells = new Int32Array(block.count);
    this.deepest = this.enterDepths();
  }

  /** Address of a panel of A, packed in `steps` steps; `b` of one of B. */
  a(panel: number, steps: number): number {
    return this.firstA + panel * TILE_ROWS * steps;
  }

  b(panel: number, steps: number): number {
    return this.firstB + panel * TILE_COLUMNS * steps;
  }

  /** Writes the sums to `out`, and returns the numbers of those that are not here. */
  collect(out: Float64Array, integers: boolean): readonly number[] {
    const sums = integers ? this.words.integers : this.words.floats;
    const { runs } = this.block;
    let at = 0;
    for (let run = 0; run < runs.length; run += 2) {
      for (let entry = runs[run]; entry < runs[run + 1]; entry++) {
        out[entry] = sums[this.sums + this.cells[at++]];
      }
    }
    return this.repeated;
  }

  private enterDepths(): number {
    const { wanted, cells, depths, least, most, repeated } = this;
    const { firstRow, firstColumn, runs } = this.block;
    const { integers } = this.words;
    const rowPanels = this.rowPanels.length;
    integers.fill(0, this.sums, this.firstA);
    let at = 0;
    for (let run = 0; run < runs.length; run += 2) {
      for (let entry = runs[run]; entry < runs[run + 1]; entry++) {
        const row = wanted.row[entry] - firstRow;
        const column = wanted.column[entry] - firstColumn;
        const inRow = row % TILE_ROWS;
        const inColumn = column % TILE_COLUMNS;
        const tile = ((column - inColumn) / TILE_COLUMNS) * rowPanels + (row - inRow) / TILE_ROWS;
        const cell = tile * TILE + inRow * TILE_COLUMNS + inColumn;
        cells[at++] = cell;
        const depth = wanted.depth[entry];
        const entered = integers[depths + cell];
        if (entered !== 0 && entered !== depth) {
          repeated.push(entry);
          continue;
        }
        integers[depths + cell] = depth;
        if (depth < least[tile]) least[tile] = depth;
        if (depth > most[tile]) most[tile] = depth;
      }
    }
    let deepest = 0;
    most.forEach((depth, tile) => {
      const ofRows = this.rowPanels[tile % rowPanels];
      const ofColumns = this.columnPanels[Math.floor(tile / rowPanels)];
      ofRows.deepest = Math.max(ofRows.deepest, depth);
      ofColumns.deepest = Math.max(ofColumns.deepest, depth);
      deepest = Math.max(deepest, depth);
    });
    return deepest;
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

import { EMPTY } from './state-grids.ts';

/**
 * Sums to be added up, one for each place of the output: place i gets C[row[i], column[i]] of one GEMM of a
 * sequence, after depth[i] products; nothing where row[i] is `EMPTY`.
 */
export interface WantedSums {
  readonly repeat: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  /** The k of the first product. */
  readonly firstK: Int32Array;
  /** Number of products, at least 1. */
  readonly depth: Int32Array;
}

/** Wanted sums for `length` places, none of them wanted at first. */
export class WantedList implements WantedSums {
  readonly repeat: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly firstK: Int32Array;
  readonly depth: Int32Array;

  constructor(length: number) {
    this.repeat = new Int32Array(length);
    this.row = new Int32Array(length).fill(EMPTY);
    this.column = new Int32Array(length);
    this.firstK = new Int32Array(length);
    this.depth = new Int32Array(length);
  }

  want(at: number, repeat: number, row: number, column: number, firstK: number, depth: number): void {
    this.repeat[at] = repeat;
    this.row[at] = row;
    this.column[at] = column;
    this.firstK[at] = firstK;
    this.depth[at] = depth;
  }
}

/** Wanted sums of one GEMM and one pass whose elements lie near each other in C. */
export interface SumBlock {
  readonly repeat: number;
  readonly firstK: number;
  /** The elements are in rows [firstRow, endRow) and columns [firstColumn, endColumn) of C. */
  firstRow: number;
  endRow: number;
  firstColumn: number;
  endColumn: number;
  /** Products of all its sums. */
  products: number;
  /** How many sums are wanted of it. */
  count: number;
  /** Their places, in runs of consecutive ones: start, end, start, end. */
  readonly runs: number[];
}

/** Places of the wanted sums of a block. */
export function entriesOf({ runs }: SumBlock): number[] {
  const entries: number[] = [];
  for (let run = 0; run < runs.length; run += 2) {
    for (let entry = runs[run]; entry < runs[run + 1]; entry++) entries.push(entry);
  }
  return entries;
}

/** Blocks are at most this high and wide: 2^10. */
const BLOCK_BITS = 10;

export function blocksOf(wanted: WantedSums): readonly SumBlock[] {
  const { repeat, row, column, firstK, depth } = wanted;
  const count = row.length;
  const blocks = new Map<string, SumBlock>();
  for (let entry = 0; entry < count; ) {
    if (row[entry] === EMPTY) {
      entry++;
      continue;
    }
    // Neighbours are mostly in the same block, so it is rarely looked for.
    const block = blockAt(blocks, wanted, entry);
    const down = row[entry] >> BLOCK_BITS;
    const across = column[entry] >> BLOCK_BITS;
    const start = entry;
    let { firstRow, endRow, firstColumn, endColumn, products } = block;
    for (; entry < count; entry++) {
      const m = row[entry];
      const n = column[entry];
      // Where nothing is wanted is in no block.
      if (m >> BLOCK_BITS !== down || n >> BLOCK_BITS !== across) break;
      if (repeat[entry] !== block.repeat || firstK[entry] !== block.firstK) break;
      if (m < firstRow) firstRow = m;
      if (m >= endRow) endRow = m + 1;
      if (n < firstColumn) firstColumn = n;
      if (n >= endColumn) endColumn = n + 1;
      products += depth[entry];
    }
    block.runs.push(start, entry);
    block.count += entry - start;
    Object.assign(block, { firstRow, endRow, firstColumn, endColumn, products });
  }
  return [...blocks.values()];
}

function blockAt(blocks: Map<string, SumBlock>, wanted: WantedSums, entry: number): SumBlock {
  const repeat = wanted.repeat[entry];
  const firstK = wanted.firstK[entry];
  const row = wanted.row[entry];
  const column = wanted.column[entry];
  const key = `${repeat} ${firstK} ${row >> BLOCK_BITS} ${column >> BLOCK_BITS}`;
  const block = blocks.get(key) ?? emptyBlock(repeat, firstK, row, column);
  blocks.set(key, block);
  return block;
}

function emptyBlock(repeat: number, firstK: number, row: number, column: number): SumBlock {
  return {
    repeat,
    firstK,
    firstRow: row,
    endRow: row,
    firstColumn: column,
    endColumn: column,
    products: 0,
    count: 0,
    runs: [],
  };
}

/** Sums to be added up: number i is C[row[i], column[i]] of one GEMM of a sequence, after depth[i] products. */
export interface WantedSums {
  readonly count: number;
  /** Where in the output the sum goes. */
  readonly index: Int32Array;
  readonly repeat: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  /** The k of the first product. */
  readonly firstK: Int32Array;
  /** Number of products, at least 1. */
  readonly depth: Int32Array;
}

/** A list of wanted sums with room for `capacity` of them. */
export class WantedList implements WantedSums {
  count = 0;
  readonly index: Int32Array;
  readonly repeat: Int32Array;
  readonly row: Int32Array;
  readonly column: Int32Array;
  readonly firstK: Int32Array;
  readonly depth: Int32Array;

  constructor(capacity: number) {
    const field = (): Int32Array => new Int32Array(capacity);
    this.index = field();
    this.repeat = field();
    this.row = field();
    this.column = field();
    this.firstK = field();
    this.depth = field();
  }

  add(index: number, repeat: number, row: number, column: number, firstK: number, depth: number): void {
    const at = this.count++;
    this.index[at] = index;
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
  /** Their numbers, in runs of consecutive ones: start, end, start, end. */
  readonly runs: number[];
}

/** Numbers of the wanted sums of a block. */
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
  const { count, repeat, row, column, firstK, depth } = wanted;
  const blocks = new Map<string, SumBlock>();
  for (let entry = 0; entry < count; ) {
    // Neighbours are mostly in the same block, so it is rarely looked for.
    const block = blockAt(blocks, wanted, entry);
    const down = row[entry] >> BLOCK_BITS;
    const across = column[entry] >> BLOCK_BITS;
    const start = entry;
    let { firstRow, endRow, firstColumn, endColumn, products } = block;
    for (; entry < count; entry++) {
      const [m, n] = [row[entry], column[entry]];
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

import { ceilDiv, roundUp } from '../base/integers.ts';
import { GpuError } from './gpu-error.ts';
import { type Span, TILE_ALIGNMENT } from './packing.ts';

/** A part of C whose operands fit the adapter. */
export interface Block {
  readonly rows: Span;
  readonly columns: Span;
}

export interface BlockLimits {
  /** Largest buffer that a shader may bind. */
  readonly bytesPerBuffer: number;
  /** Largest number of rows, and of columns, that one dispatch reaches. */
  readonly rows: number;
  readonly columns: number;
  /** Sums of each element of C that are kept at once. */
  readonly slices: number;
}

/**
 * Cuts C `[m, n]` into as few equal blocks as the limits allow. All of k stays together, since that is the
 * order of summation; even 2^20 products of 8 rows fit the smallest limits WebGPU knows.
 * @param bytesPerLine bytes of one packed row of A or column of B
 */
export function cutIntoBlocks(
  shape: { readonly m: number; readonly n: number },
  bytesPerLine: number,
  limits: BlockLimits,
): readonly Block[] {
  const lines = Math.floor(limits.bytesPerBuffer / bytesPerLine);
  let rows = largestExtent(Math.min(lines, limits.rows, roundUp(shape.m, TILE_ALIGNMENT)));
  let columns = largestExtent(Math.min(lines, limits.columns, roundUp(shape.n, TILE_ALIGNMENT)));
  while (rows * columns * 4 * limits.slices > limits.bytesPerBuffer) {
    if (rows >= columns) rows = largestExtent(rows / 2);
    else columns = largestExtent(columns / 2);
  }
  return spans(shape.m, rows).flatMap((rowSpan) =>
    spans(shape.n, columns).map((columnSpan) => ({ rows: rowSpan, columns: columnSpan })),
  );
}

function largestExtent(atMost: number): number {
  const extent = Math.floor(atMost / TILE_ALIGNMENT) * TILE_ALIGNMENT;
  if (extent < TILE_ALIGNMENT) throw new GpuError('the matrices do not fit the buffers of this adapter');
  return extent;
}

/** `total` in equal spans of at most `atMost`, each but the last a multiple of the alignment. */
function spans(total: number, atMost: number): readonly Span[] {
  const size = Math.min(atMost, roundUp(ceilDiv(total, ceilDiv(total, atMost)), TILE_ALIGNMENT));
  return Array.from({ length: ceilDiv(total, size) }, (_, index) => ({
    start: index * size,
    count: Math.min(size, total - index * size),
  }));
}

import { ceilDiv } from '../../base/integers.ts';
import { InputError } from '../../base/result.ts';
import { type GemmShape, MAX_GEMM_EXTENT } from '../config.ts';

/** One layer of a topology, as the GEMM that SCALE-Sim makes of it (im2col). */
export interface ScaleSimLayer {
  readonly name: string;
  readonly gemm: GemmShape;
}

const MAX_LAYERS = 100_000;
const MAX_NAME_CHARACTERS = 200;
const GEMM_FIELDS = ['M', 'N', 'K'] as const;
const CONVOLUTION_FIELDS = [
  'IFMAP height',
  'IFMAP width',
  'filter height',
  'filter width',
  'channels',
  'number of filters',
  'stride',
  'stride width',
] as const;
/** A convolution may leave the second stride out: it is then the first. */
const MIN_CONVOLUTION_FIELDS = CONVOLUTION_FIELDS.length - 1;

/**
 * Reads a SCALE-Sim topology CSV. After the header, which is skipped, each line is a layer: a name and M, N, K
 * (GEMM), or a name and seven or eight numbers (convolution, without padding). A comma may end a line. As in
 * SCALE-Sim a name with "DP" in it is a depthwise convolution: one layer a channel.
 *
 * @param place what to call the file in an `InputError`
 */
export function parseScaleSimTopology(text: string, place: string): readonly ScaleSimLayer[] {
  const layers: ScaleSimLayer[] = [];
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .forEach((raw, index) => {
      const where = `${place}:${index + 1}`;
      const cells = cellsOf(raw);
      if (index === 0) {
        checkHeader(cells, where);
        return;
      }
      if (cells.every((cell) => cell === '')) return;
      for (const layer of layersOf(cells, where)) layers.push(layer);
      if (layers.length > MAX_LAYERS) throw new InputError(where, `expected at most ${MAX_LAYERS} layers`);
    });
  if (layers.length === 0)
    throw new InputError(place, 'expected a header line and at least one layer, found none');
  return layers;
}

function cellsOf(line: string): string[] {
  const cells = line.split(',').map((cell) => cell.trim());
  while (cells.length > 1 && cells.at(-1) === '') cells.pop();
  return cells;
}

function checkHeader(cells: readonly string[], where: string): void {
  if (cells.length > 1 && !/^\d/.test(cells[1])) return;
  throw new InputError(where, 'expected a header line with the names of the columns');
}

function layersOf(cells: readonly string[], where: string): readonly ScaleSimLayer[] {
  const [name, ...rest] = cells;
  if (name.length > MAX_NAME_CHARACTERS) {
    throw new InputError(where, `expected a layer name of at most ${MAX_NAME_CHARACTERS} characters`);
  }
  const fields = withoutSparsity(rest, where);
  if (fields.length === GEMM_FIELDS.length) {
    const [m, n, k] = fields.map((cell, column) => extent(cell, GEMM_FIELDS[column], where));
    return [{ name, gemm: { m, k, n } }];
  }
  if (fields.length < MIN_CONVOLUTION_FIELDS || fields.length > CONVOLUTION_FIELDS.length) {
    throw new InputError(
      where,
      `expected a layer name and 3 numbers (GEMM), or 7 or 8 (convolution), found ${fields.length} after the name`,
    );
  }
  const numbers = fields.map((cell, column) => extent(cell, CONVOLUTION_FIELDS[column], where));
  return convolutionLayers(name, numbers, where);
}

function convolutionLayers(name: string, numbers: readonly number[], where: string): ScaleSimLayer[] {
  const [height, width, filterHeight, filterWidth, channels, filters, stride, strideWidth = stride] = numbers;
  if (filterHeight > height || filterWidth > width) {
    throw new InputError(
      where,
      `expected a filter no larger than its input, found ${filterHeight}x${filterWidth} on ${height}x${width}`,
    );
  }
  const pixels = outputExtent(height, filterHeight, stride) * outputExtent(width, filterWidth, strideWidth);
  const depthwise = name.includes('DP');
  const window = filterHeight * filterWidth * (depthwise ? 1 : channels);
  if (pixels > MAX_GEMM_EXTENT || window > MAX_GEMM_EXTENT) {
    throw new InputError(where, `expected a layer whose GEMM extents are at most ${MAX_GEMM_EXTENT}`);
  }
  const gemm = { m: pixels, k: window, n: filters };
  if (!depthwise) return [{ name, gemm }];
  if (channels > MAX_LAYERS) throw new InputError(where, `expected at most ${MAX_LAYERS} channels`);
  return Array.from({ length: channels }, (_, channel) => ({ name: `${name}Channel_${channel}`, gemm }));
}

/** Steps of a filter across an input without padding. */
function outputExtent(extentOfInput: number, extentOfFilter: number, stride: number): number {
  return ceilDiv(extentOfInput - extentOfFilter + stride, stride);
}

/** SCALE-Sim v3 allows a last column N:M for sparse layers; 1:1 is dense. */
function withoutSparsity(fields: readonly string[], where: string): readonly string[] {
  const last = fields.at(-1) ?? '';
  if (!/^\d+:\d+$/.test(last)) return fields;
  if (last !== '1:1') throw new InputError(where, `expected a dense layer (1:1), found sparsity ${last}`);
  return fields.slice(0, -1);
}

function extent(cell: string, what: string, where: string): number {
  const value = /^\d+$/.test(cell) ? Number(cell) : Number.NaN;
  if (!(value >= 1 && value <= MAX_GEMM_EXTENT)) {
    throw new InputError(
      where,
      `expected ${what} to be a whole number from 1 to ${MAX_GEMM_EXTENT}, found "${cell}"`,
    );
  }
  return value;
}

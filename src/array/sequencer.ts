import { ceilDiv } from '../base/integers.ts';
import {
  type ArrayConfig,
  checkArrayConfig,
  checkGemm,
  type GemmSequence,
  loadCyclesOf,
  repeatsOf,
} from './config.ts';
import type { Operands } from './operands.ts';
import type { ColumnHead, Token, Wave } from './stepper-pe.ts';

/** What the edges of the array are offered in one cycle, before the skew. */
interface EdgeFeed {
  /** One wave a row, or nothing. */
  readonly left?: readonly Wave[];
  /** For each point of entry of a column, the topmost first, one head a column, or nothing. */
  readonly heads?: readonly (readonly ColumnHead[])[];
}

/** Feeds the array: it counts folds, waves and rows, and knows of no cycle number. */
export interface Sequencer {
  readonly folds: number;
  next(): EdgeFeed;
}

export function createSequencer(config: ArrayConfig, gemm: GemmSequence, operands: Operands): Sequencer {
  checkArrayConfig(config);
  checkGemm(gemm);
  const element = (matrix: ArrayLike<number>, rows: number, columns: number) => {
    return (repeat: number, row: number, column: number): Token | undefined => {
      if (row >= rows || column >= columns) return undefined;
      return { repeat, row, column, value: matrix[(repeat * rows + row) * columns + column] };
    };
  };
  const a = element(operands.a, gemm.m, gemm.k);
  const b = element(operands.b, gemm.k, gemm.n);
  return config.dataflow === 'os'
    ? outputStationarySequencer(config, gemm, a, b)
    : stationarySequencer(config, gemm, a, b);
}

/** Element of a matrix of one GEMM of the sequence, `undefined` beyond its edge. */
type Source = (repeat: number, row: number, column: number) => Token | undefined;

function stationarySequencer(config: ArrayConfig, gemm: GemmSequence, a: Source, b: Source): Sequencer {
  const { rows, columns, rowsPerCycle: lanes } = config;
  const loadCycles = loadCyclesOf(config);
  const inputStationary = config.dataflow === 'is';
  const streamed = (repeat: number, vector: number, k: number) =>
    inputStationary ? b(repeat, k, vector) : a(repeat, vector, k);
  const stationary = (repeat: number, k: number, x: number) =>
    inputStationary ? a(repeat, x, k) : b(repeat, k, x);
  const tilesOfK = ceilDiv(gemm.k, rows);
  const foldsOfGemm = tilesOfK * ceilDiv(inputStationary ? gemm.m : gemm.n, columns);
  const folds = foldsOfGemm * repeatsOf(gemm);
  const waves = ceilDiv(inputStationary ? gemm.n : gemm.m, lanes);

  let loading = 0; // fold that loads, or will load next
  let rowsLoaded = 0;
  let streaming = 0; // fold that streams, or will stream next
  let wavesStreamed = 0;

  const nextWaves = (): Wave[] | undefined => {
    if (streaming === folds || loading <= streaming) return undefined;
    const repeat = Math.floor(streaming / foldsOfGemm);
    const firstK = (streaming % tilesOfK) * rows;
    const index = wavesStreamed;
    const fold = streaming;
    wavesStreamed = (wavesStreamed + 1) % waves;
    if (wavesStreamed === 0) streaming += 1;
    return Array.from({ length: rows }, (_, row) => ({
      fold,
      index,
      first: index === 0,
      last: index === waves - 1,
      lanes: Array.from({ length: lanes }, (_, lane) => streamed(repeat, index * lanes + lane, firstK + row)),
    }));
  };

  const nextWeights = (mayBegin: boolean): ColumnHead[][] | undefined => {
    if (loading === folds || (rowsLoaded === 0 && !mayBegin)) return undefined;
    const firstK = (loading % tilesOfK) * rows;
    const repeat = Math.floor(loading / foldsOfGemm);
    const firstX = Math.floor((loading % foldsOfGemm) / tilesOfK) * columns;
    const fromTop = loadCycles - 1 - rowsLoaded; // the bottom row's weights go first
    const loadMark = rowsLoaded === 0;
    rowsLoaded = (rowsLoaded + 1) % loadCycles;
    if (rowsLoaded === 0) loading += 1;
    return Array.from({ length: ceilDiv(rows, loadCycles) }, (_, entry) => {
      const row = entry * loadCycles + fromTop;
      return Array.from({ length: columns }, (_, column) => {
        const weight = row < rows ? stationary(repeat, firstK + row, firstX + column) : undefined;
        return weight === undefined ? { loadMark } : { weight, loadMark };
      });
    });
  };

  return {
    folds,
    next: () => {
      const streamedBefore = streaming;
      const left = nextWaves();
      // Double-buffered: the shadow registers are free once the fold before has begun to stream.
      const begun = streaming >= loading || (streaming === loading - 1 && wavesStreamed > 0);
      const mayBegin = loading === 0 || (config.doubleBuffered ? begun : streamedBefore === loading);
      const heads = nextWeights(mayBegin);
      return { ...(left && { left }), ...(heads && { heads }) };
    },
  };
}

function outputStationarySequencer(config: ArrayConfig, gemm: GemmSequence, a: Source, b: Source): Sequencer {
  const { rows, columns, rowsPerCycle: lanes } = config;
  const tilesOfN = ceilDiv(gemm.n, columns);
  const foldsOfGemm = ceilDiv(ceilDiv(gemm.m, lanes), rows) * tilesOfN;
  const folds = foldsOfGemm * repeatsOf(gemm);
  // A column needs R cycles to shift out: after its own steps, or beside them when double-buffered.
  const restCycles = config.doubleBuffered ? Math.max(rows - gemm.k, 0) : rows;

  let fold = 0;
  let step = 0;
  let resting = 0;

  return {
    folds,
    next: () => {
      if (fold === folds) return {};
      if (resting > 0) {
        resting -= 1;
        return {};
      }
      const repeat = Math.floor(fold / foldsOfGemm);
      const firstM = Math.floor((fold % foldsOfGemm) / tilesOfN) * rows * lanes;
      const firstN = (fold % tilesOfN) * columns;
      const k = step;
      const of = fold;
      step = (step + 1) % gemm.k;
      if (step === 0) {
        fold += 1;
        resting = restCycles;
      }
      return {
        left: Array.from({ length: rows }, (_, row) => ({
          fold: of,
          index: k,
          first: k === 0,
          last: k === gemm.k - 1,
          lanes: Array.from({ length: lanes }, (_, lane) => a(repeat, firstM + row * lanes + lane, k)),
        })),
        heads: [
          Array.from({ length: columns }, (_, column) => {
            const weight = b(repeat, k, firstN + column);
            return weight === undefined ? {} : { weight };
          }),
        ],
      };
    },
  };
}

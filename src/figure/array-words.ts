import type { ArraySchedule } from '../array/schedule.ts';
import { foldAt, foldOf, type Span, type Tile, tileOfFold } from '../array/schedule.ts';
import type { PeState } from '../array/state.ts';
import { REGISTER_MATRIX } from '../array/state-grids.ts';
import { formatCount } from '../base/format-quantity.ts';
import type { PePlace } from './array-layout.ts';

/** One register of a PE in words. */
export interface PeLine {
  readonly name: string;
  /** `A[1184, 37]`. */
  readonly element: string;
  readonly value: number | undefined;
  readonly origin: string;
}

export interface PeDescription {
  /** `PE 37, 102`. */
  readonly title: string;
  readonly state: string;
  readonly fold: string | undefined;
  readonly lines: readonly PeLine[];
}

/** Values of the registers, where they are known. */
export interface PeValues {
  readonly operand: number | undefined;
  readonly weight: number | undefined;
  readonly shadow: number | undefined;
  readonly sum: number | undefined;
}

/** What a PE holds and where it came from, a line for each register that holds something. */
export function describePe(
  schedule: ArraySchedule,
  place: PePlace,
  state: PeState,
  values: PeValues,
): PeDescription {
  const { row, column } = place;
  const { dataflow, doubleBuffered } = schedule.config;
  const matrices = REGISTER_MATRIX[dataflow];
  const outputStationary = dataflow === 'os';
  const lines: PeLine[] = [];
  if (state.operand !== undefined) {
    lines.push({
      name: 'operand',
      element: elementName(matrices.operand, state.operand),
      value: values.operand,
      origin: column === 0 ? 'from VMEM, at the left edge' : `from PE ${row}, ${column - 1} a cycle ago`,
    });
  }
  if (state.weight !== undefined) {
    lines.push({
      name: outputStationary ? 'second operand' : 'weight',
      element: elementName(matrices.weight, state.weight),
      value: values.weight,
      origin: weightOrigin(schedule, place, state),
    });
  }
  if (state.shadow !== undefined && doubleBuffered) {
    lines.push({
      name: outputStationary ? 'finished sum' : 'next weight',
      element: elementName(outputStationary ? 'C' : matrices.weight, state.shadow),
      value: values.shadow,
      origin: state.shifting
        ? row === 0
          ? 'shifting in, from the top edge'
          : `shifting, from PE ${row - 1}, ${column}`
        : 'waits for the next tile',
    });
  }
  if (state.sum !== undefined) {
    const { firstK, depth } = state.sum;
    lines.push({
      name: 'partial sum',
      element: elementName('C', state.sum),
      value: values.sum,
      origin: `k ${firstK} to ${firstK + depth - 1}, ${
        outputStationary
          ? 'stays here'
          : row === 0
            ? 'begins here'
            : `operand × weight and the sum of PE ${row - 1}, ${column} a cycle ago`
      }`,
    });
  }
  return {
    title: `PE ${row}, ${column}`,
    state: stateWords(state),
    fold: state.fold === undefined ? undefined : foldWords(schedule, state.fold),
    lines,
  };
}

/** `working, loads the next weight`. */
function stateWords({ activity, shifting }: PeState): string {
  if (activity === 'working' && shifting) return 'working, and shifting';
  return { idle: 'idle', loading: 'loading', working: 'working', draining: 'draining', padding: 'padding' }[
    activity
  ];
}

/** `tile 12 of 32 of GEMM 2: k 128 to 255, n 0 to 127`. */
export function foldWords(schedule: ArraySchedule, index: number): string {
  const { repeat, m, k, n } = foldOf(schedule, index);
  const { dataflow } = schedule.config;
  const named = (name: string, { start, end }: Span): string => `${name}${NARROW}${start} to ${end - 1}`;
  const parts =
    dataflow === 'os'
      ? [named('m', m), named('n', n)]
      : [named('k', k), dataflow === 'is' ? named('m', m) : named('n', n)];
  const { repeats, foldsPerGemm } = schedule;
  const tile = index - repeat * foldsPerGemm;
  const of = repeats > 1 ? ` of GEMM ${formatCount(repeat + 1)}` : '';
  return `tile ${formatCount(tile + 1)} of ${formatCount(foldsPerGemm)}${of}: ${parts.join(', ')}`;
}

/** What the array is at, a name and a text each. */
export function progressWords(
  schedule: ArraySchedule,
  cycle: number,
): readonly { readonly name: string; readonly text: string }[] {
  const { config, gemm, waves } = schedule;
  const { stream, load, index, m, k, n } = foldAt(config, gemm, cycle);
  const matrices = REGISTER_MATRIX[config.dataflow];
  const a = `A[${range(m)}, ${range(k)}]`;
  const b = `B[${range(k)}, ${range(n)}]`;
  const wave =
    cycle < stream.start
      ? `begins in ${formatCount(stream.start - cycle)} cycles`
      : cycle < stream.end
        ? `${formatCount(cycle - stream.start + 1)} of ${formatCount(waves)}`
        : 'the last one crosses the array';
  const streams = {
    name: 'streams',
    text: config.dataflow === 'os' ? `${a}, ${b}` : matrices.operand === 'A' ? a : b,
  };
  const wavefront = { name: 'wave', text: wave };
  if (config.dataflow === 'os' || load === undefined) {
    return [streams, { name: 'holds', text: `C[${range(m)}, ${range(n)}]` }, wavefront];
  }
  const holds = { name: 'holds', text: matrices.weight === 'A' ? a : b };
  if (index + 1 >= schedule.folds || cycle < stream.start) return [streams, holds, wavefront];
  const next = foldOf(schedule, index + 1).load;
  return next === undefined
    ? [streams, holds, wavefront]
    : [streams, holds, wavefront, { name: 'next weights', text: loadWords(next, cycle) }];
}

/** A load as column 0 sees it. */
function loadWords(load: Span, cycle: number): string {
  if (cycle < load.start) return `load in ${formatCount(load.start - cycle)} cycles`;
  return cycle < load.end
    ? `row ${formatCount(cycle - load.start + 1)} of ${formatCount(load.end - load.start)}`
    : 'loaded';
}

function range({ start, end }: Span): string {
  return end - start === 1 ? String(start) : `${start}…${end - 1}`;
}

/** Number of the fold at a place of a GEMM's grid of tiles: the inverse of `tileOfFold`. */
export function foldAtTile(schedule: ArraySchedule, { repeat, down, across }: Tile): number {
  const { config, tilesDown, tilesAcross, foldsPerGemm } = schedule;
  const tile = config.dataflow === 'os' ? down * tilesAcross + across : across * tilesDown + down;
  return repeat * foldsPerGemm + tile;
}

const NARROW = '\u202f';

function elementName(matrix: string, { row, column }: { row: number; column: number }): string {
  return `${matrix}[${row}, ${column}]`;
}

function weightOrigin(schedule: ArraySchedule, { row, column }: PePlace, state: PeState): string {
  if (schedule.config.dataflow === 'os') {
    return row === 0 ? 'from VMEM, at the top edge' : `from PE ${row - 1}, ${column} a cycle ago`;
  }
  const fold = state.fold;
  if (fold === undefined) return state.shifting ? 'shifting in' : 'holds its last tile';
  const load = foldOf(schedule, fold).load;
  if (load === undefined) return 'loaded';
  const { down } = tileOfFold(schedule, fold);
  const entryRow = row - (row % schedule.loadCycles);
  const from = entryRow === 0 ? 'from the top' : `from above row ${entryRow}`;
  return `loaded ${from} in cycles ${formatCount(load.start + column + row)} to ${formatCount(load.end + column + entryRow - 1)}, K tile ${down + 1}`;
}

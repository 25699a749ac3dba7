import { assert } from '../base/assert.ts';
import { type ArrayConfig, loadCyclesOf } from './config.ts';
import type { PeArithmetic } from './operands.ts';
import { ACTIVITY, type ActivityCode } from './state-grids.ts';

/** An element of A or B on its way: where it is from, and its value. */
export interface Token {
  /** Which GEMM of the sequence. */
  readonly repeat: number;
  readonly row: number;
  readonly column: number;
  readonly value: number;
}

/** A sum of `depth` products, of C[row, column] of one GEMM. */
export interface Sum extends Token {
  readonly firstK: number;
  readonly depth: number;
}

/** What one PE hands to the right: control bits and one element a lane (none beyond a ragged edge). */
export interface Wave {
  readonly fold: number;
  readonly index: number;
  /** First wave of its fold: `ws`, `is` take over new weights; `os` begin a new sum. */
  readonly first: boolean;
  /** Last wave of its fold: `os` sums are finished. */
  readonly last: boolean;
  readonly lanes: readonly (Token | undefined)[];
}

/** Registers of one PE; a register that holds nothing real holds `undefined`. */
export interface Pe {
  readonly operand: Wave | undefined;
  readonly weight: Token | undefined;
  readonly shadowWeight: Token | undefined;
  /** One a lane. */
  readonly sums: readonly (Sum | undefined)[];
  /** `os`, double-buffered: finished sums on their way out, one a lane. */
  readonly shadowSums: readonly (Sum | undefined)[];
  /** Control: the mark that starts a load, passed down a row a cycle. */
  readonly loadMark: boolean;
  /** Control: weights that this row still has to take in. */
  readonly loadsLeft: number;
  /** Control: `os`, this PE finished a sum at the last edge. */
  readonly finished: boolean;
  /** Control: sums that this row still has to pass down. */
  readonly drainsLeft: number;
  /** Control: drains begun so far. */
  readonly drained: number;
  /** What the PE did in the cycle that ended with the last edge. */
  readonly activity: ActivityCode;
  readonly shifting: boolean;
}

/** What enters a column: at the top edge, and where weights enter further down as well. */
export interface ColumnHead {
  readonly weight?: Token;
  readonly loadMark?: boolean;
}

/** A PE's inputs: its neighbours' registers as they were before the edge. */
export interface Wires {
  readonly operand: Wave | undefined;
  /** The PE above; nothing above row 0. */
  readonly above: Pe | undefined;
  /** Where weights enter: they come from here and not from above. */
  readonly head: ColumnHead | undefined;
  /** `os`: the bottom PE of this column has finished; a line along the column. */
  readonly drain: boolean;
}

export function createPe(lanes: number): Pe {
  const none = Array.from({ length: lanes }, () => undefined);
  return {
    operand: undefined,
    weight: undefined,
    shadowWeight: undefined,
    sums: none,
    shadowSums: none,
    loadMark: false,
    loadsLeft: 0,
    finished: false,
    drainsLeft: 0,
    drained: 0,
    activity: ACTIVITY.idle,
    shifting: false,
  };
}

/** One clock edge of a `ws` or `is` PE: its registers after the edge. */
export function stepStationaryPe(
  config: ArrayConfig,
  row: number,
  pe: Pe,
  wires: Wires,
  arithmetic: PeArithmetic,
): Pe {
  const { above, head, operand } = wires;
  const loadMark = (head ?? above)?.loadMark === true;
  const loadCycles = loadCyclesOf(config);
  const loadsLeft = loadMark ? loadCycles - (row % loadCycles) : pe.loadsLeft;
  const shifting = loadsLeft > 0;
  const chainAbove = head === undefined ? above && chainWeight(config, above) : head.weight;
  const chain = shifting ? chainAbove : chainWeight(config, pe);
  const weight = config.doubleBuffered && operand?.first ? pe.shadowWeight : pe.weight;
  const sums = pe.sums.map((_, lane) => {
    return accumulate(config, above?.sums[lane], operand?.lanes[lane], weight, arithmetic);
  });
  return {
    ...pe,
    operand,
    weight: config.doubleBuffered ? weight : chain,
    shadowWeight: config.doubleBuffered ? chain : undefined,
    sums,
    loadMark,
    loadsLeft: shifting ? loadsLeft - 1 : 0,
    activity: activityOf(operand, weight, shifting ? ACTIVITY.loading : ACTIVITY.idle),
    shifting,
  };
}

/** Weights shift through the shadow registers where there are any. */
function chainWeight(config: ArrayConfig, pe: Pe): Token | undefined {
  return config.doubleBuffered ? pe.shadowWeight : pe.weight;
}

/** One clock edge of an `os` PE: its registers after the edge. */
export function stepOutputStationaryPe(
  config: ArrayConfig,
  row: number,
  pe: Pe,
  wires: Wires,
  arithmetic: PeArithmetic,
): Pe {
  const { above, head, operand } = wires;
  const weight = (head ?? above)?.weight;
  const nothing = pe.sums.map(() => undefined);
  const drainsLeft = wires.drain ? row + 1 : pe.drainsLeft;
  const shifting = drainsLeft > 0;
  let { sums, shadowSums } = pe;
  if (shifting && config.doubleBuffered) {
    shadowSums = above?.shadowSums ?? nothing;
  } else if (shifting) {
    assert(operand === undefined, 'a column has shifted out before the next wave comes');
    sums = above?.sums ?? nothing;
  }
  if (operand !== undefined) {
    sums = sums.map((sum, lane) =>
      accumulate(config, operand.first ? undefined : sum, operand.lanes[lane], weight, arithmetic),
    );
    if (operand.last && config.doubleBuffered) {
      assert(drainsLeft <= 1, 'the last fold has left the shadow registers');
      shadowSums = sums;
    }
  }
  return {
    ...pe,
    operand,
    weight,
    sums,
    shadowSums,
    finished: operand?.last === true,
    drainsLeft: shifting ? drainsLeft - 1 : 0,
    drained: pe.drained + (wires.drain ? 1 : 0),
    activity: activityOf(operand, weight, shifting ? ACTIVITY.draining : ACTIVITY.idle),
    shifting,
  };
}

/** `sum` with one more product; where either factor is padding, or nothing, `sum` as it is. */
function accumulate(
  config: ArrayConfig,
  sum: Sum | undefined,
  operand: Token | undefined,
  weight: Token | undefined,
  arithmetic: PeArithmetic,
): Sum | undefined {
  if (operand === undefined || weight === undefined) return sum;
  const [a, b] = config.dataflow === 'is' ? [weight, operand] : [operand, weight];
  assert(a.repeat === b.repeat && a.column === b.row, 'factors that meet belong together');
  assert(
    sum === undefined || (sum.repeat === a.repeat && sum.row === a.row && sum.column === b.column),
    'a product meets its own sum',
  );
  return {
    repeat: a.repeat,
    row: a.row,
    column: b.column,
    firstK: sum?.firstK ?? a.column,
    depth: (sum?.depth ?? 0) + 1,
    value: arithmetic.multiplyAdd(sum?.value ?? 0, a.value, b.value),
  };
}

function activityOf(
  operand: Wave | undefined,
  weight: Token | undefined,
  otherwise: ActivityCode,
): ActivityCode {
  if (operand === undefined) return otherwise;
  return operand.lanes[0] !== undefined && weight !== undefined ? ACTIVITY.working : ACTIVITY.padding;
}

import { assert } from '../base/assert.ts';
import { product, sum } from '../base/integers.ts';
import { minimise } from './linear-program.ts';
import { Torus } from './topology.ts';

/** One ring or line per axis and step of an order: what an all-gather does there. */
export interface Phase {
  /** Axis of the group's torus. */
  readonly axis: number;
  /** Whether the chips form a ring, so that both directions reach everyone. */
  readonly closed: boolean;
  /** Chips with different data on it. On a twisted torus it depends on the axes visited before. */
  readonly length: number;
  /** What one chip holds when the phase begins, as a share of the gathered array. */
  readonly shard: number;
}

/** The axes one after another, as an all-gather visits them; a reduce-scatter goes backwards. */
export type Order = readonly Phase[];

/** The chips that one collective joins, as a torus of their own, with what all its plans share. */
export interface Group {
  /** Only axes with more than one chip. */
  readonly torus: Torus;
  /** For each of its axes, the axis of the whole torus. */
  readonly axes: readonly number[];
  /** Every order of the axes. */
  readonly orders: readonly Order[];
  /** Share of the data that takes each order when bandwidth alone decides, phases in step. */
  readonly steppedShares: readonly number[];
  /** The same when chunks stream from phase to phase and nothing waits: every axis busy to the end. */
  readonly streamedShares: readonly number[];
  /** The same for an all-reduce, where on a line gather and scatter take what the other leaves free. */
  readonly reducedShares: readonly number[];
}

const NO_SHARE = 1e-12;

const groupsByTorus = new WeakMap<Torus, Map<string, Group | undefined>>();

/** The group that spans `axes`; `undefined` when it is a single chip. Kept with the torus. */
export function groupOf(torus: Torus, axes: readonly number[]): Group | undefined {
  let groups = groupsByTorus.get(torus);
  if (groups === undefined) {
    groups = new Map();
    groupsByTorus.set(torus, groups);
  }
  const key = axes.join();
  if (!groups.has(key)) groups.set(key, createGroup(torus, axes));
  return groups.get(key);
}

/**
 * The axes whose groups these are, whatever the order of chips in each: every chip is in one, and the chips of
 * a group are all that share their coordinates along the other axes. `undefined` when no axes do that.
 */
export function axesOfGroups(
  torus: Torus,
  groups: readonly (readonly number[])[],
): readonly number[] | undefined {
  const size = groups[0]?.length ?? 0;
  if (size === 0 || groups.length * size !== torus.nodes) return undefined;
  const first = torus.coordinates(groups[0][0]);
  const axes = first
    .map((_, axis) => axis)
    .filter((axis) => groups[0].some((node) => torus.coordinate(node, axis) !== first[axis]));
  if (product(axes.map((axis) => torus.shape[axis])) !== size) return undefined;
  const others = first.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const spans = groups.every((group) =>
    group.every((node) =>
      others.every((axis) => torus.coordinate(node, axis) === torus.coordinate(group[0], axis)),
    ),
  );
  return spans ? axes : undefined;
}

function createGroup(torus: Torus, axes: readonly number[]): Group | undefined {
  const own = axes.filter((axis) => torus.shape[axis] > 1).sort((a, b) => a - b);
  if (own.length === 0) return undefined;
  // A wrap link that shifts along an axis outside the group leads out of it.
  const wraps = own.map(
    (axis) =>
      torus.wraps[axis] && torus.twist[axis].every((shift, other) => shift === 0 || own.includes(other)),
  );
  const twisted = own.some((axis, index) => wraps[index] && torus.twist[axis].some((shift) => shift > 0));
  const group = new Torus({ shape: own.map((axis) => torus.shape[axis]), wraps, twisted });
  const orders = permutations(own.map((_, index) => index)).map((order) => phasesOf(group, order));
  const steps = own.map((_, step) => ({ phases: (index: number) => index === step, cost: 1 }));
  // Of the many ways to keep all axes busy, one that would also do well in step: it fills and drains fast.
  const streamed = [{ phases: () => true, cost: 1 }, ...steps.map((step) => ({ ...step, cost: 1 / 64 }))];
  return {
    torus: group,
    axes: own,
    orders,
    steppedShares: bestShares(orders, steps, gatherLoad),
    streamedShares: bestShares(orders, streamed, gatherLoad),
    reducedShares: bestShares(orders, streamed, reduceLoad),
  };
}

function phasesOf(group: Torus, order: readonly number[]): Order {
  const phases: Phase[] = [];
  let gathered = 1;
  order.forEach((axis, index) => {
    const length = group.twisted ? cosetCount(group, order.slice(0, index), axis) : group.shape[axis];
    phases.push({ axis, closed: group.wraps[axis], length, shard: gathered / group.nodes });
    gathered *= length;
  });
  assert(gathered === group.nodes, 'an order of phases reaches every chip once');
  return phases;
}

/**
 * Steps along `axis` until a chip holds what the first one holds after a gather along `earlier`. A twisted
 * torus is an abelian group of moves: walking x on 4x4x8 closes after 8 steps, or after 4 once z is gathered.
 */
function cosetCount(group: Torus, earlier: readonly number[], axis: number): number {
  const gathered = new Set([0]);
  for (const node of gathered) {
    for (const each of earlier) gathered.add(group.targets[group.link(node, each, 0)]);
  }
  let steps = 0;
  let node = 0;
  do {
    node = group.targets[group.link(node, axis, 0)];
    steps += 1;
  } while (!gathered.has(node));
  return steps;
}

/** Time of a phase for one byte of gathered array at one byte a second, latency aside. */
function gatherLoad({ closed, length, shard }: Phase): number {
  return (length - 1) * shard * (closed ? 0.5 : 1);
}

/** Half the time of the phase and its scatter: on a line each link carries one of them at a time. */
function reduceLoad(phase: Phase): number {
  return phase.closed ? gatherLoad(phase) : (phase.length * phase.shard) / 2;
}

/** Phases that run together and so take as long as the busiest axis among them, and what their time costs. */
interface Together {
  readonly phases: (index: number) => boolean;
  readonly cost: number;
}

/**
 * Shares f of the orders that minimise the sum of cost x T over `sets`, where for each axis T >= the sum of
 * f x load over the phases of the set on that axis.
 */
function bestShares(
  orders: readonly Order[],
  sets: readonly Together[],
  phaseLoad: (phase: Phase) => number,
): readonly number[] {
  const axes = orders[0].length;
  const count = orders.length;
  const load = (order: Order, set: Together, axis: number): number =>
    sum(order.map((phase, index) => (phase.axis === axis && set.phases(index) ? phaseLoad(phase) : 0)));
  // Columns: shares, times of the sets, one slack a constraint, right-hand side.
  const slacks = count + sets.length;
  const width = slacks + sets.length * axes + 1;
  const rows: number[][] = [];
  const basis: number[] = [];
  sets.forEach((set, index) => {
    // Feasible start: everything takes the first order, whose busiest axis sets each time.
    const loads = orders[0].map((_, axis) => load(orders[0], set, axis));
    const busiest = loads.indexOf(Math.max(...loads));
    for (let axis = 0; axis < axes; axis++) {
      const row = new Array<number>(width).fill(0);
      orders.forEach((order, column) => {
        row[column] = load(order, set, axis);
      });
      row[count + index] = -1;
      row[slacks + rows.length] = 1;
      basis.push(axis === busiest ? count + index : slacks + rows.length);
      rows.push(row);
    }
  });
  const whole = new Array<number>(width).fill(0).fill(1, 0, count);
  whole[width - 1] = 1;
  const cost = new Array<number>(width - 1).fill(0);
  sets.forEach((set, index) => {
    cost[count + index] = set.cost;
  });
  const shares = minimise([...rows, whole], cost, [...basis, 0]).slice(0, count);
  // What rounding leaves of a share is no part of its own.
  return shares.map((share) => (share < NO_SHARE ? 0 : share));
}

function permutations(items: readonly number[]): readonly (readonly number[])[] {
  if (items.length <= 1) return [items];
  return items.flatMap((first) =>
    permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
  );
}

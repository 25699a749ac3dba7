import { assert } from '../base/assert.ts';
import { MinHeap } from './min-heap.ts';
import { classLoads, type PairOrbits, type Path, type Spread } from './pair-orbits.ts';

/** A spread of messages over paths, and a load that no spread is below. */
export interface LeastCongestion {
  readonly spread: Spread;
  readonly bound: number;
}

/** Of equally loaded ways the shorter: all hops together cost this part of the load. */
const HOP_COST = 1e-5;
/** Ties between links are broken by this part of the load, or the simplex method could go in circles. */
const TIE_BREAK = 1e-5;
const ROUNDING = 1e-9;
/** Shares that rounding leaves. */
const NO_SHARE = 1e-7;
/** A spread this near a bound is as good as the best. */
const NEAR = 1e-3;
/** Rounds that look for paths before the program is solved, where messages are many. */
const FIRST_ROUNDS = 40;
const MANY_MESSAGES = 16;
const TOO_MANY_MESSAGES = 100;
/** Rows of the program: paths that would need more are left out. */
const MOST_ROWS = 1200;
/** A link that a search looks at costs about as much as this many multiplications. */
const SEARCH_STEPS = 64;

/**
 * Spreads messages over paths so that the busiest link carries least: the linear program
 *
 *   minimise L, where the shares of each message's paths add up to its bytes and no link carries more than L.
 *
 * There are too many paths to write down, so those that would help are found on the way (Ford and Fulkerson,
 * Management Science 5(1) 1958): given a price for each link, the shortest path of each message. The prices
 * bound L as well, whatever they are: see `loadAtPrices`. Ends near the optimum, or after `work` elementary
 * steps with the best so far.
 *
 * @param seeds a path for each representative at least
 * @param known a load that no spread is below
 */
export function leastCongestion(
  orbits: PairOrbits,
  seeds: Spread,
  known: number,
  work: number,
): LeastCongestion {
  const search = searchWork(orbits);
  const { length: messages } = orbits.representatives;
  const rounds = messages < MANY_MESSAGES ? 0 : FIRST_ROUNDS;
  // With very many messages the program itself gets nowhere.
  const roundsWork = messages < TOO_MANY_MESSAGES ? work / 2 : work;
  const mean = meanSpread(orbits, seeds, Math.min(rounds, roundsWork / search));
  const program = new PathProgram(orbits, seeds);
  let bound = Math.max(known, mean.bound);
  let left = work - search * mean.rounds;
  program.add(mean.spread);
  for (;;) {
    left -= program.optimise(left);
    if (left <= 0 || bound >= program.largest * (1 - NEAR)) break;
    const { lengths, total } = program.prices();
    const shortest = shortestPaths(orbits, lengths);
    left -= search;
    bound = Math.max(bound, loadAtPrices(orbits, shortest, total));
    if (bound >= program.largest * (1 - NEAR) || !program.add(shortest.map((path) => [path]))) break;
  }
  const spread = program.spread();
  return {
    spread: largestLoad(orbits, spread) <= largestLoad(orbits, mean.spread) ? spread : mean.spread,
    bound,
  };
}

/** Elementary steps to find the shortest path of each representative. */
export function searchWork({ representatives, torus }: PairOrbits): number {
  return representatives.length * torus.linkSlots * SEARCH_STEPS;
}

/**
 * Round after round the shortest paths where loaded links are long, and the mean of all rounds: paths that keep
 * out of each other's way (Frank and Wolfe's method for a smooth maximum). The lengths are prices as well.
 */
function meanSpread(
  orbits: PairOrbits,
  seeds: Spread,
  most: number,
): LeastCongestion & { readonly rounds: number } {
  const { representatives } = orbits;
  const whole = (paths: readonly { readonly links: readonly number[] }[]): Spread =>
    paths.map(({ links }, index) => [{ links, share: representatives[index].messages }]);
  const start = whole(seeds.map(([path]) => path));
  const loads = classLoads(orbits, start);
  const taken = start.map(([{ links }]) => new Map([[links.join(), { links, times: 1 }]]));
  let bound = 0;
  let rounds = 0;
  while (rounds + 1 <= most) {
    rounds += 1;
    const largest = loads.reduce((most, each) => Math.max(most, each), 0);
    if (largest <= bound * (1 + NEAR)) break;
    const lengths = loads.map((load) => {
      const squared = (load / largest) * (load / largest);
      return HOP_COST + squared * squared * squared * squared;
    });
    const shortest = shortestPaths(orbits, lengths);
    const total = lengths.reduce((sum, each) => sum + each, 0);
    bound = Math.max(bound, loadAtPrices(orbits, shortest, total));
    shortest.forEach(({ links }, index) => {
      const path = taken[index].get(links.join());
      if (path === undefined) taken[index].set(links.join(), { links, times: 1 });
      else path.times += 1;
    });
    classLoads(orbits, whole(shortest)).forEach((load, index) => {
      loads[index] += (load - loads[index]) / (rounds + 1);
    });
  }
  const spread = taken.map((paths, index) => {
    const all = [...paths.values()];
    const parts = all.reduce((sum, { times }) => sum + times, 0);
    return all.map(({ links, times }) => ({
      links,
      share: (representatives[index].messages * times) / parts,
    }));
  });
  return { spread, bound, rounds };
}

function largestLoad(orbits: PairOrbits, spread: Spread): number {
  return classLoads(orbits, spread).reduce((most, each) => Math.max(most, each), 0);
}

/** A shortest path of one representative, and its length. */
interface PricedPath {
  readonly links: readonly number[];
  readonly length: number;
}

/**
 * Price every link at will, from 0 up. A message of one byte occupies links that cost at least its distance
 * at these prices; if no link carries more than L, all that is occupied costs at most L times the price of
 * all links. So L is at least the distances of all messages together over the price of all links. `total`: of
 * one link of each class; each message stands for as many as there are links in a class.
 */
export function loadAtPrices(
  { representatives }: PairOrbits,
  shortest: readonly PricedPath[],
  total: number,
): number {
  const distance = representatives.reduce(
    (sum, each, index) => sum + each.messages * shortest[index].length,
    0,
  );
  return total === 0 ? 0 : distance / total;
}

/** The shortest path of each representative where a link of class c is `lengths[c]` long, at least some. */
export function shortestPaths(orbits: PairOrbits, lengths: Float64Array): readonly PricedPath[] {
  const { torus, classOfLink, representatives } = orbits;
  const ports = torus.axes * 2;
  const { targets } = torus;
  const distance = new Float64Array(torus.nodes);
  const arrivedBy = new Int32Array(torus.nodes);
  const queue = new MinHeap();
  return representatives.map(({ source, target }) => {
    distance.fill(Number.POSITIVE_INFINITY);
    queue.clear();
    distance[source] = 0;
    queue.push(0, source);
    for (;;) {
      const key = queue.leastKey;
      const node = queue.pop();
      assert(node >= 0, 'there is a way for every message');
      if (node === target) break;
      if (key > distance[node]) continue;
      for (let link = node * ports; link < (node + 1) * ports; link++) {
        const next = targets[link];
        if (next < 0) continue;
        const further = key + lengths[classOfLink[link]];
        if (further >= distance[next]) continue;
        distance[next] = further;
        arrivedBy[next] = link;
        queue.push(further, next);
      }
    }
    const links: number[] = [];
    for (let node = target; node !== source; node = torus.linkSource(arrivedBy[node])) {
      links.push(arrivedBy[node]);
    }
    return { links: links.reverse(), length: distance[target] };
  });
}

/** A variable of the program that may be positive. */
type Variable =
  | { readonly kind: 'largest' }
  | { readonly kind: 'slack'; readonly row: number }
  | { readonly kind: 'path'; readonly path: KnownPath };

interface KnownPath {
  readonly representative: number;
  readonly links: readonly number[];
  /** Rows of the classes that it crosses, once for each crossing. */
  readonly rows: readonly number[];
}

/**
 * The program over the paths known so far, by the revised simplex method. Rows: one for each representative,
 * then one for each class of links that some known path crosses: load + slack - L = a little, to break ties.
 */
class PathProgram {
  readonly #orbits: PairOrbits;
  readonly #hopCost: number;
  readonly #paths: KnownPath[] = [];
  readonly #known = new Set<string>();
  /** Class of links by row, and row by class. */
  readonly #rowOfClass = new Map<number, number>();
  readonly #basis: Variable[] = [];
  readonly #inverse: Float64Array[] = [];
  readonly #values: number[] = [];
  #capacity = 64;
  #largestRow = -1;
  readonly #tieBreak: number;

  constructor(orbits: PairOrbits, seeds: Spread) {
    this.#orbits = orbits;
    const { representatives } = orbits;
    this.#hopCost = HOP_COST / orbits.classes;
    const first = representatives.map((_, index) => seeds[index].slice(0, 1));
    const whole = first.map(([path], index) => [{ ...path, share: representatives[index].messages }]);
    const loads = classLoads(orbits, whole);
    this.#tieBreak = TIE_BREAK * loads.reduce((most, each) => Math.max(most, each), 0);
    representatives.forEach(({ messages }) => {
      this.#addRow({ kind: 'largest' }, messages);
    });
    // Everything on its first path: the busiest class has no slack.
    let busiest = -1;
    loads.forEach((load, index) => {
      if (load > 0 && (busiest < 0 || this.#excess(load, index) > this.#excess(loads[busiest], busiest))) {
        busiest = index;
      }
    });
    const order = [busiest, ...loads.keys()].filter(
      (each, place) => loads[each] > 0 && (place === 0 || each !== busiest),
    );
    for (const each of order) this.#rowOf(each);
    first.forEach(([{ links }], index) => {
      this.#basis[index] = { kind: 'path', path: this.#learn(index, links) };
    });
    this.#invertStart();
    seeds.forEach((paths, index) => {
      for (const { links } of paths) this.#learn(index, links);
    });
  }

  get largest(): number {
    return this.#values[this.#largestRow];
  }

  /** Of each representative, paths that join those known; returns whether some were new. */
  add(found: readonly (readonly { readonly links: readonly number[] }[])[]): boolean {
    const before = this.#paths.length;
    found.forEach((paths, index) => {
      for (const { links } of paths) {
        if (this.#basis.length + links.length <= MOST_ROWS) this.#learn(index, links);
      }
    });
    return this.#paths.length > before;
  }

  /** What a link of each class costs, a hop's cost included, and one link of each class together. */
  prices(): { readonly lengths: Float64Array; readonly total: number } {
    const duals = this.#duals();
    const lengths = new Float64Array(this.#orbits.classes).fill(this.#hopCost);
    for (const [each, row] of this.#rowOfClass) lengths[each] += Math.max(0, -duals[row]);
    return { lengths, total: lengths.reduce((sum, each) => sum + each, 0) };
  }

  spread(): Spread {
    const paths = this.#orbits.representatives.map((): Path[] => []);
    this.#basis.forEach((variable, row) => {
      if (variable.kind !== 'path') return;
      const share = this.#values[row];
      if (share > NO_SHARE) paths[variable.path.representative].push({ links: variable.path.links, share });
    });
    return paths.map((each, index) => {
      const total = each.reduce((sum, { share }) => sum + share, 0);
      const factor = this.#orbits.representatives[index].messages / total;
      return each.map(({ links, share }) => ({ links, share: share * factor }));
    });
  }

  /** Pivots until nothing known improves L; returns the work done. */
  optimise(most: number): number {
    let done = 0;
    const duals = this.#duals();
    while (done < most) {
      const size = this.#basis.length;
      done += size * size + this.#paths.length * 8;
      const entering = this.#entering(duals);
      if (entering === undefined) break;
      const row = this.#pivot(entering.variable);
      const own = this.#inverse[row];
      for (let each = 0; each < size; each++) duals[each] += entering.reducedCost * own[each];
    }
    return done;
  }

  #excess(load: number, index: number): number {
    return load - this.#littleOf(index);
  }

  /** Different for each class, the same in every run. */
  #littleOf(index: number): number {
    return this.#tieBreak * (((index * 2_654_435_761) % 4_294_967_296) / 4_294_967_296);
  }

  #addRow(variable: Variable, value: number): number {
    const row = this.#basis.length;
    this.#basis.push(variable);
    this.#values.push(value);
    if (row >= this.#capacity) {
      this.#capacity *= 2;
      this.#inverse.forEach((each, index) => {
        const wider = new Float64Array(this.#capacity);
        wider.set(each);
        this.#inverse[index] = wider;
      });
    }
    this.#inverse.push(new Float64Array(this.#capacity));
    return row;
  }

  /** The row of a class; a new one has all of L as its slack. */
  #rowOf(index: number): number {
    const known = this.#rowOfClass.get(index);
    if (known !== undefined) return known;
    const row = this.#addRow({ kind: 'slack', row: this.#basis.length }, this.#littleOf(index));
    this.#rowOfClass.set(index, row);
    if (this.#largestRow < 0) return row;
    this.#inverse[row].set(this.#inverse[this.#largestRow]);
    this.#inverse[row][row] = 1;
    this.#values[row] += this.largest;
    return row;
  }

  #learn(representative: number, links: readonly number[]): KnownPath {
    const path = {
      representative,
      links,
      rows: links.map((link) => this.#rowOf(this.#orbits.classOfLink[link])),
    };
    const key = `${representative}:${links.join()}`;
    if (this.#known.has(key)) return path;
    this.#known.add(key);
    this.#paths.push(path);
    return path;
  }

  /** The inverse of the basis in which everything takes its first path and L is the load of the first class. */
  #invertStart(): void {
    const count = this.#orbits.representatives.length;
    const right = [...this.#values];
    this.#largestRow = count;
    this.#basis[count] = { kind: 'largest' };
    for (let row = 0; row < this.#basis.length; row++) this.#inverse[row].fill(0);
    for (let row = 0; row < count; row++) this.#inverse[row][row] = 1;
    for (let row = count; row < this.#basis.length; row++) {
      // L = load of its class - a little; slack = a little - load of the class + L.
      this.#inverse[row][count] = -1;
      if (row > count) this.#inverse[row][row] = 1;
    }
    for (let index = 0; index < count; index++) {
      const variable = this.#basis[index];
      assert(variable.kind === 'path', 'a start with a path for each');
      for (const crossed of variable.path.rows) {
        if (crossed === count)
          for (let row = count; row < this.#basis.length; row++) this.#inverse[row][index] += 1;
        else this.#inverse[crossed][index] -= 1;
      }
    }
    for (let row = 0; row < this.#basis.length; row++) {
      let value = 0;
      for (let column = 0; column < right.length; column++)
        value += this.#inverse[row][column] * right[column];
      this.#values[row] = value;
    }
  }

  #duals(): Float64Array {
    const duals = new Float64Array(this.#basis.length);
    this.#basis.forEach((variable, row) => {
      const cost =
        variable.kind === 'largest'
          ? 1
          : variable.kind === 'path'
            ? this.#hopCost * variable.path.links.length
            : 0;
      if (cost === 0) return;
      const own = this.#inverse[row];
      for (let column = 0; column < duals.length; column++) duals[column] += cost * own[column];
    });
    return duals;
  }

  /** The variable that lowers the objective most. */
  #entering(duals: Float64Array): { readonly variable: Variable; readonly reducedCost: number } | undefined {
    let best: Variable | undefined;
    let least = -ROUNDING;
    for (const row of this.#rowOfClass.values()) {
      if (-duals[row] >= least) continue;
      least = -duals[row];
      best = { kind: 'slack', row };
    }
    for (const path of this.#paths) {
      let reduced = this.#hopCost * path.links.length - duals[path.representative];
      for (const row of path.rows) reduced -= duals[row];
      if (reduced >= least) continue;
      least = reduced;
      best = { kind: 'path', path };
    }
    return best === undefined ? undefined : { variable: best, reducedCost: least };
  }

  /** Returns the row of the variable that comes in. */
  #pivot(entering: Variable): number {
    const size = this.#basis.length;
    const column = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      const own = this.#inverse[row];
      if (entering.kind === 'slack') column[row] = own[entering.row];
      else if (entering.kind === 'path') {
        column[row] = own[entering.path.representative];
        for (const crossed of entering.path.rows) column[row] += own[crossed];
      }
    }
    let leaving = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < size; row++) {
      if (column[row] <= ROUNDING || row === this.#largestRow) continue;
      const ratio = Math.max(0, this.#values[row]) / column[row];
      if (ratio >= least) continue;
      least = ratio;
      leaving = row;
    }
    assert(leaving >= 0, 'a load cannot fall without end');
    const pivotRow = this.#inverse[leaving];
    const factor = 1 / column[leaving];
    for (let each = 0; each < size; each++) pivotRow[each] *= factor;
    this.#values[leaving] = least;
    this.#basis[leaving] = entering;
    for (let row = 0; row < size; row++) {
      const times = column[row];
      if (row === leaving || times === 0) continue;
      const own = this.#inverse[row];
      for (let each = 0; each < size; each++) own[each] -= times * pivotRow[each];
      this.#values[row] -= times * least;
    }
    return leaving;
  }
}

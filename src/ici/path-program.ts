import { assert } from '../base/assert.ts';
import { largestOf } from '../base/integers.ts';
import { classLoads, type PairOrbits, type Path, type Spread } from './pair-orbits.ts';

/** Of equally loaded ways the shorter: all hops together cost this part of the load. */
export const HOP_COST = 1e-5;
/** Ties between links are broken by this part of the load, or the simplex method could go in circles. */
const TIE_BREAK = 1e-5;
const ROUNDING = 1e-9;
/** Shares that rounding leaves. */
const NO_SHARE = 1e-7;
/** Rows of the program: paths that would need more are left out. */
const MOST_ROWS = 1200;

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
export class PathProgram {
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
    this.#tieBreak = TIE_BREAK * largestOf(loads);
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
      if (row === undefined) break;
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

  /** Returns the row of the variable that comes in; `undefined` where rounding leaves it none. */
  #pivot(entering: Variable): number | undefined {
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
    if (leaving < 0) return undefined;
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

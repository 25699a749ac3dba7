import { assert } from '../base/assert.ts';

const ROUNDING = 1e-12;

/**
 * Minimises cost . x over x >= 0 with the equations `rows` (coefficients, then the right-hand side), from
 * the feasible basis that names one variable for each row. Dense tableau, Bland's rule (it cannot cycle);
 * meant for a dozen variables. Returns x.
 */
export function minimise(
  rows: readonly (readonly number[])[],
  cost: readonly number[],
  startBasis: readonly number[],
): readonly number[] {
  const variables = cost.length;
  const tableau = rows.map((row) => [...row]);
  const basis = [...startBasis];
  bringIntoBasis(tableau, basis);
  for (;;) {
    const entering = cost.findIndex((_, column) => reducedCost(tableau, basis, cost, column) < -ROUNDING);
    if (entering === -1) break;
    const leaving = leavingRow(tableau, basis, entering, variables);
    assert(leaving !== -1, 'a linear program that is bounded');
    pivot(tableau, leaving, entering);
    basis[leaving] = entering;
  }
  const solution = new Array<number>(variables).fill(0);
  basis.forEach((variable, row) => {
    solution[variable] = Math.max(0, tableau[row][variables]);
  });
  return solution;
}

/** Gauss-Jordan on the basis columns; rows are reordered so that each basic variable keeps its place. */
function bringIntoBasis(tableau: number[][], basis: number[]): void {
  for (let place = 0; place < basis.length; place++) {
    let best = place;
    for (let row = place; row < tableau.length; row++) {
      if (Math.abs(tableau[row][basis[place]]) > Math.abs(tableau[best][basis[place]])) best = row;
    }
    assert(Math.abs(tableau[best][basis[place]]) > ROUNDING, 'the start of a linear program is a basis');
    [tableau[place], tableau[best]] = [tableau[best], tableau[place]];
    pivot(tableau, place, basis[place]);
  }
}

function reducedCost(
  tableau: readonly (readonly number[])[],
  basis: readonly number[],
  cost: readonly number[],
  column: number,
): number {
  return tableau.reduce((rest, row, index) => rest - cost[basis[index]] * row[column], cost[column]);
}

function leavingRow(
  tableau: readonly (readonly number[])[],
  basis: readonly number[],
  entering: number,
  variables: number,
): number {
  let leaving = -1;
  let least = 0;
  tableau.forEach((row, index) => {
    if (row[entering] <= ROUNDING) return;
    const ratio = row[variables] / row[entering];
    const better =
      leaving === -1 ||
      ratio < least - ROUNDING ||
      (ratio <= least + ROUNDING && basis[index] < basis[leaving]);
    if (!better) return;
    leaving = index;
    least = ratio;
  });
  return leaving;
}

function pivot(tableau: number[][], pivotRow: number, column: number): void {
  const row = tableau[pivotRow];
  const divisor = row[column];
  for (let index = 0; index < row.length; index++) row[index] /= divisor;
  tableau.forEach((other, index) => {
    const factor = other[column];
    if (index === pivotRow || factor === 0) return;
    for (let each = 0; each < other.length; each++) other[each] -= factor * row[each];
  });
}

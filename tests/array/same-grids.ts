import { expect } from 'vitest';

/** `expect` for each of a million grids would take minutes: only ask it about those that differ. */
export function expectSameGrids<T extends object>(found: T, expected: T): void {
  for (const key of Object.keys(expected) as (keyof T)[]) {
    const [one, other] = [found[key], expected[key]] as unknown as [ArrayLike<number>, ArrayLike<number>];
    if (typeof one !== 'object') expect(one).toBe(other);
    else if (!isSame(one, other)) expect(one, String(key)).toEqual(other);
  }
}

function isSame(one: ArrayLike<number>, other: ArrayLike<number>): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

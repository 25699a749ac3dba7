/** A value inside plain data, by its dotted path. */
export interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/** Every value that is no object; an array of numbers, or of arrays of them, counts as one value. */
export function leavesOf(tree: unknown, path = ''): readonly Leaf[] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return [{ path, value: tree }];
  return Object.entries(tree).flatMap(([key, below]) =>
    leavesOf(below, path === '' ? key : `${path}.${key}`),
  );
}

export function isNumeric(value: unknown): boolean {
  return typeof value === 'number' || (Array.isArray(value) && value.every(isNumeric));
}

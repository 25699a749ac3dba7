/** A state that the code itself guarantees does not hold. Never the fault of an input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new AssertionError(`internal: ${what}`);
}

/** `value`, which the caller knows to be there. */
export function assertDefined<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new AssertionError(`internal: ${what} is missing`);
  return value;
}

/** Closes a `switch` over a discriminated union: the compiler refuses a forgotten member. */
export function assertNever(value: never): never {
  throw new AssertionError(`internal: unexpected ${JSON.stringify(value)}`);
}

/**
 * Every result carries a lower bound that physics sets, and is never below it.
 * `slack` is relative and only for the rounding of floating-point sums.
 */
export function assertNotBelowBound(value: number, bound: number, what: string, slack = 1e-9): void {
  assert(value >= bound * (1 - slack), `${what} ${value} is below its lower bound ${bound}`);
}

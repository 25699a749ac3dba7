import { expect } from 'vitest';

/** To the six digits printed; a half may have been rounded either way. */
export function expectPrinted(value: number, printed: number): void {
  const digit = 10 ** (Math.floor(Math.log10(Math.abs(printed))) - 5);
  expect(Math.abs(value - printed), `${value} is printed as ${printed}`).toBeLessThanOrEqual(
    0.5000001 * digit,
  );
}

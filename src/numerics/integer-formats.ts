/** Nearest whole number, ties to even. */
export function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Nearest int8 to `value`, ties to even; beyond [-128, 127] it saturates, NaN becomes 0. */
export function int8FromNumber(value: number): number {
  return saturate(value, -128, 127);
}

/** Nearest int4 to `value`, ties to even; beyond [-8, 7] it saturates, NaN becomes 0. */
export function int4FromNumber(value: number): number {
  return saturate(value, -8, 7);
}

function saturate(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return 0;
  // Adding zero turns -0, which integers lack, into 0.
  return roundToEven(Math.min(high, Math.max(low, value))) + 0;
}

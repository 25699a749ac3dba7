/** Nearest whole number, ties to even. Exact for any double. */
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

function saturate(value: number, low: number, high: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(high, Math.max(low, roundToEven(value)));
}

/** Units that a field of a chip may have; a plain number has none. */
export type Unit = 'Hz' | 'B' | 'B/s' | 's' | '';

/** Powers of ten rather than factors: `2.8T` is then read as exactly the double nearest 2.8e12. */
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  p: -12,
  n: -9,
  u: -6,
  µ: -6,
  m: -3,
  k: 3,
  K: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
};
const BINARY_FACTORS: Readonly<Record<string, number>> = {
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY =
  /^([+-]?(?:\d+\.?\d*|\.\d+))(?:e([+-]?\d{1,4}))? ?(Ki|Mi|Gi|Ti|[pnuµmkKMGTP])?(B\/s|B|Hz|s)?$/;

/**
 * A number with an optional prefix and unit, as in `128MiB`, `2.8TB/s`, `1.75GHz`, `2us` or `3e9`;
 * `undefined` when it is not one or has another unit than `unit`.
 */
export function parseQuantity(text: string, unit: Unit): number | undefined {
  const match = QUANTITY.exec(text.trim());
  if (match === null) return undefined;
  const [, digits = '', exponentText = '0', prefix, givenUnit] = match;
  if (givenUnit !== undefined && givenUnit !== unit) return undefined;
  const binaryFactor = prefix === undefined ? undefined : BINARY_FACTORS[prefix];
  if (binaryFactor !== undefined) return Number(`${digits}e${exponentText}`) * binaryFactor;
  const exponent = Number(exponentText) + (prefix === undefined ? 0 : (DECIMAL_EXPONENTS[prefix] ?? 0));
  return Number(`${digits}e${exponent}`);
}

/** The unit that a field's name carries: `clockHz`, `bytesPerCore`, `linkBytesPerSecond`. */
export function unitOfField(name: string): Unit {
  if (/Hz$/.test(name)) return 'Hz';
  if (/bytesPerSecond$/i.test(name)) return 'B/s';
  if (/bytes/i.test(name)) return 'B';
  return /seconds$/i.test(name) ? 's' : '';
}

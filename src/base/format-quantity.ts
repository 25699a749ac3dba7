/** A thin space, U+2009, stands between a value and its unit everywhere on the page. */
export const THIN_SPACE = '\u2009';

const SI_PREFIXES = ['a', 'f', 'p', 'n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'] as const;
const UNIT_INDEX = SI_PREFIXES.indexOf('');

const IEC_PREFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const;

/** Three significant figures with an SI prefix: 1.23e12, 'B/s' -> `1.23 TB/s`. Zero has no prefix. */
export function formatSi(value: number, unit: string, figures = 3): string {
  if (!Number.isFinite(value))
    return `${value > 0 ? '∞' : value < 0 ? '−∞' : 'not a number'}${THIN_SPACE}${unit}`;
  return scaled(value, 1000, SI_PREFIXES, UNIT_INDEX, unit, figures);
}

/** Three significant figures with a binary prefix: 134217728 -> `128 MiB`. For capacities only. */
export function formatBinaryBytes(bytes: number, figures = 3): string {
  return scaled(bytes, 1024, IEC_PREFIXES, 0, 'B', figures);
}

function scaled(
  value: number,
  step: number,
  prefixes: readonly string[],
  unitIndex: number,
  unit: string,
  figures: number,
): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return `0${THIN_SPACE}${unit}`;
  let index = unitIndex;
  let mantissa = magnitude;
  // Rounding may carry into the next prefix (999.9 -> 1.00 k), so scale by the rounded figure.
  while (Number(mantissa.toPrecision(figures)) >= step && index < prefixes.length - 1) {
    mantissa /= step;
    index += 1;
  }
  while (Number(mantissa.toPrecision(figures)) < 1 && index > 0) {
    mantissa *= step;
    index -= 1;
  }
  return `${value < 0 ? '−' : ''}${significant(mantissa, figures)}${THIN_SPACE}${prefixes[index]}${unit}`;
}

/** `figures` significant figures, never in exponent form below a million: 1023 -> `1023`. */
function significant(value: number, figures: number): string {
  const text = value.toPrecision(figures);
  return text.includes('e') ? String(Math.round(value)) : text;
}

/** A fraction as a percentage of something the caller names: 0.4123 -> `41.2 %`. */
export function formatPercent(fraction: number, figures = 3): string {
  if (!Number.isFinite(fraction)) return `—${THIN_SPACE}%`;
  const percent = fraction * 100;
  const text =
    Math.abs(percent) >= 100 ? percent.toFixed(0) : percent === 0 ? '0' : significant(percent, figures);
  return `${text.replace('-', '−')}${THIN_SPACE}%`;
}

/** An exact count with thousands grouped: 1184402 -> `1,184,402`. */
export function formatCount(count: number): string {
  // The first formatter of a page takes it tens of milliseconds to make.
  if (!Number.isSafeInteger(count)) return count.toLocaleString('en-US');
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

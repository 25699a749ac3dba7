import type { ErrorSummary } from '../numerics/error-analysis.ts';

/** Share of results whose error lies in one bin, for two choices. */
export interface ErrorBar {
  /** Errors of magnitude [2^exponent, 2^(exponent + 1)), over the rms of C; undefined: no error at all. */
  readonly exponent: number | undefined;
  readonly shares: readonly [number, number];
}

/** Narrower histograms are widened: a few wide bars would look as if they said more than they do. */
const MIN_BINS = 8;

/** The results without error first, then the bins from the smallest to the largest error that occurs. */
export function errorBars(first: ErrorSummary, second: ErrorSummary): readonly ErrorBar[] {
  const bins = first.histogram.map(({ exponent, count }, index) => ({
    exponent,
    counts: [count, second.histogram[index]?.count ?? 0] as const,
  }));
  const occurring = bins.flatMap(({ counts }, index) => (counts[0] + counts[1] > 0 ? [index] : []));
  const last = occurring.at(-1) ?? bins.length - 1;
  const start = Math.max(0, Math.min(occurring[0] ?? bins.length, last - MIN_BINS + 1));
  const totals = [resultsOf(first), resultsOf(second)] as const;
  const shares = ([one, other]: readonly [number, number]): readonly [number, number] => [
    one / totals[0],
    other / totals[1],
  ];
  return [
    { exponent: undefined, shares: shares([first.exact, second.exact]) },
    ...bins.slice(start, last + 1).map(({ exponent, counts }) => ({ exponent, shares: shares(counts) })),
  ];
}

/** Results that have an error, none being one too: not the infinite ones. */
function resultsOf({ exact, histogram }: ErrorSummary): number {
  return Math.max(
    1,
    histogram.reduce((total, bin) => total + bin.count, exact),
  );
}

const SUPERSCRIPTS: Readonly<Record<string, string>> = { '-': '⁻' };
const DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** 2 and -12 as `2⁻¹²`. */
export function powerText(base: number, exponent: number): string {
  const raised = [...String(exponent)].map((sign) => SUPERSCRIPTS[sign] ?? DIGITS[Number(sign)]).join('');
  return `${base}${raised}`;
}

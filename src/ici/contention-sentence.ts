import { formatPercent, formatSi } from '../base/format-quantity.ts';
import type { LinkStatistics } from './link-statistics.ts';

/** What the worst contention of a run is, in a sentence or two. */
export function contentionSentence(statistics: LinkStatistics): string {
  const { torus, result, capacities } = statistics.run;
  const [worst] = statistics.totals;
  if (worst === undefined || worst.bytes === 0) return 'No link carries anything.';
  const name = torus.linkName(worst.link);
  const share = (seconds: number): string => formatPercent(result.seconds > 0 ? seconds / result.seconds : 0);
  if (worst.waitedSeconds === 0) {
    const busy = worst.bytes / capacities[worst.link];
    return `Nothing waits for another: no full link is shared. The busiest one, ${name}, carries data for ${share(busy)} of the time.`;
  }
  const carried = statistics
    .bytesByLabel(worst.link)
    .map(({ label, bytes }) => `${label} ${formatSi(bytes, 'B')}`)
    .join(', ');
  const rest = statistics.totals.reduce((total, { bytes }) => total + bytes, 0) / statistics.totals.length;
  return (
    `Most is waited for on ${name}: it is full and shared for ${share(worst.contendedSeconds)} of the time, ` +
    `by up to ${worst.mostFlows} transfers at once (${carried}); ` +
    `it carries ${(worst.bytes / rest).toFixed(1)} times what a link does on the mean.`
  );
}

import { formatPercent, formatSi } from '../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../base/time.ts';
import type { PlacedSpan } from '../figure/timeline-lookup.ts';
import type { RunReport } from '../machine/report.ts';
import { spanText } from './idle-text.ts';

/** A length of time as people read it: 413000000 -> `413 us`. */
export function formatDuration(ps: number): string {
  return formatSi(secondsFromPicoseconds(ps), 's');
}

/** `layer forward 17 of 32`; the bare section where it occurs once. */
export function iterationText(report: RunReport, placed: PlacedSpan): string {
  const repeat = report.sections.find((section) => section.name === placed.section)?.repeat ?? 1;
  return repeat > 1 ? `${placed.section} ${placed.iteration + 1} of ${repeat}` : placed.section;
}

/** Everything about a span in one sentence. */
export function describePlaced(report: RunReport, placed: PlacedSpan): string {
  const { span } = placed;
  const share = span.kind === 'busy' ? `, ${formatPercent(span.utilization)} of peak` : '';
  const duration = formatDuration(placed.endPs - placed.startPs);
  return `${spanText(report.ops, span)}, ${iterationText(report, placed)}, ${duration}${share}`;
}

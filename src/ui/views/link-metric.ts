import { html, type TemplateResult } from 'lit';
import type { Scheme } from '../../figure/color-palette.ts';
import { type ColorScale, utilizationScale, waitingScale } from '../../figure/color-scales.ts';

/** What the colour of a link says: how much of its rate it carries, or how much goes unused for others' sake. */
export type LinkMetric = 'busy' | 'blocked';

const METRICS: readonly { readonly id: LinkMetric; readonly name: string }[] = [
  { id: 'busy', name: 'Used' },
  { id: 'blocked', name: 'Held back' },
];

/** Of what a share is, in words. */
export const METRIC_OF: Readonly<Record<LinkMetric, string>> = {
  busy: 'of the rate',
  blocked: 'of the rate, unused because another link holds back what is on it',
};

export function linkScale(metric: LinkMetric, scheme: Scheme): ColorScale {
  return metric === 'busy' ? utilizationScale(scheme) : waitingScale(scheme);
}

/** @param chosen undefined while nothing is coloured */
export function renderMetrics(
  chosen: LinkMetric | undefined,
  choose: (metric: LinkMetric) => void,
): readonly TemplateResult[] {
  return METRICS.map(
    ({ id, name }) => html`<button
      class="small"
      title="Colour: share ${METRIC_OF[id]}"
      aria-pressed=${chosen === id ? 'true' : 'false'}
      @click=${() => choose(id)}
    >
      ${name}
    </button>`,
  );
}

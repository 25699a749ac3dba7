import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import type { Scheme } from '../../figure/color-palette.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { ActiveCollective, TorusLoad } from '../../figure/torus-load.ts';
import { axisName, type Torus } from '../../ici/topology.ts';
import type { RunReport } from '../../machine/report.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import { rampStyle } from './canvas-legend.ts';
import { type LinkMetric, linkScale, METRIC_OF, renderMetrics } from './link-metric.ts';
import type { LinkLoads } from './torus-loads.ts';

/** What the colours mean; a click changes it. */
export function renderLegend(
  metric: LinkMetric,
  { linkBytesPerSecond }: RunReport['ici'],
  scheme: Scheme,
  choose: (metric: LinkMetric) => void,
): TemplateResult {
  const rate = formatSi(linkBytesPerSecond, 'B/s');
  const lines =
    'Each line is one direction of a link, on the right-hand side of its way. A curved stub closes a ring; a slanted one leads to the next plane.';
  return html`<span class="metrics" role="group" aria-label="What the colour says">
      ${renderMetrics(metric, choose)}
    </span>
    <span class="legend" title=${lines}>
      <span class="number">0</span>
      <span
        class="ramp"
        role="img"
        aria-label="Colour scale: 0 to ${rate} ${METRIC_OF[metric]}"
        .style=${rampStyle(linkScale(metric, scheme))}
      ></span>
      <span class="number">${rate}</span>
    </span>`;
}

/** Which axis lies between the planes. */
export function renderPlanes(out: number, choose: (axis: number) => void): TemplateResult {
  return html`<span class="metrics" role="group" aria-label="Axis between the planes">
    <span class="cut">planes along</span>
    ${[0, 1, 2].map(
      (axis) => html`<button
        class="small number"
        aria-pressed=${out === axis ? 'true' : 'false'}
        @click=${() => choose(axis)}
      >
        ${axisName(axis)}
      </button>`,
    )}
  </span>`;
}

/** The busiest link, and how many are alike. */
export function renderWorst(
  torus: Torus,
  { worstLink, worstCount, utilization }: TorusLoad,
  select: () => void,
): TemplateResult | typeof nothing {
  if (worstLink === undefined) return nothing;
  const percent = Math.round(utilization[worstLink] * 100);
  return html`<button class="link small" title="The busiest link (Shift+W), and how many are as busy" @click=${select}>
    worst: <span class="number">${linkLabel(torus, worstLink)} ${percent}\u2009%</span>${
      worstCount > 1 ? html`, ${formatCount(worstCount)} alike` : nothing
    }
  </button>`;
}

/** What is on the links now, and where the colours come from. */
export function renderNow(
  from: EventTarget,
  active: readonly ActiveCollective[],
  links: LinkLoads,
  metric: LinkMetric,
): TemplateResult {
  if (links.failure !== undefined) return html`<span class="warn">${links.failure}</span>`;
  if (active.length === 0) return html`Nothing on the links now.`;
  return html`Now ${active.map(
    ({ op, report }, position) =>
      html`${position > 0 ? ', ' : nothing}<button
          class="link"
          @click=${() => dispatchViewEvent(from, 'select-op', { op })}
        >
          ${report.name}
        </button>`,
  )}${links.pending ? ' …' : html`: ${sourceOf(links, metric)}`}`;
}

function sourceOf({ parts, following }: LinkLoads, metric: LinkMetric): TemplateResult {
  const [flow] = parts.flatMap(({ flows }) => (flows === undefined ? [] : [flows]));
  const areAll = parts.every(({ flows }) => flows !== undefined);
  if (flow !== undefined && areAll) {
    const title = `Every transfer is followed, links shared max-min fairly: alone it takes ${formatSi(flow.seconds, 's')}. The timeline has the time of the closed form.`;
    return html`<span title=${title}>flows at this moment</span>`;
  }
  if (metric === 'blocked') {
    return following
      ? html`following transfers to see who is held back …`
      : html`single transfers are not followed here, so that nobody knows who is held back`;
  }
  const title = 'Bytes over a link, of what it could carry in the time of the collective by the closed form.';
  return html`<span title=${title}>mean of its time, by the closed form</span>${
    following ? '; following transfers …' : nothing
  }`;
}

/** Walks the transfers that make the collective as long as it is. */
export function renderChain(from: EventTarget): TemplateResult {
  return html`<button
    class="link small"
    title="Who waited for whom, from the start to the last arrival (Shift+C)"
    @click=${() => dispatchViewEvent(from, 'invoke-command', { id: 'torus.chain' })}
  >
    critical chain
  </button>`;
}

import { html, type TemplateResult } from 'lit';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import type { FlitReader } from '../../ici/flit-reader.ts';
import { gapSentence } from '../../ici/flit-sentence.ts';
import type { RecordedCollective, RecordedTraffic } from '../../worker/flit-service.ts';
import type { FlitMetric } from './flit-player.ts';

/** Where nobody waits there is only use to look at. */
export function opensAs(reader: FlitReader): FlitMetric {
  const causes = reader.causes({ from: 0, to: reader.recording.frames });
  return causes.channel + causes.switch + causes.credit > 0.01 * causes.moved ? 'waiting' : 'used';
}

/** What the recorded traffic came to, of what the links could carry. */
export function trafficFacts({ accepted, bound }: RecordedTraffic): string {
  const share = Math.round((accepted / bound.flitsPerNodePerCycle) * 100);
  return `Nodes take ${accepted.toFixed(3)} flits a cycle, ${share} % of the ${bound.flitsPerNodePerCycle.toFixed(3)} that links could carry.`;
}

/** The collective by all models, and why flits differ. */
export function collectiveFacts(reader: FlitReader, of: RecordedCollective): TemplateResult {
  const { seconds, flowSeconds, closedFormSeconds, lowerBoundSeconds, cycleSeconds, groups } = of;
  const others = groups === 1 ? '' : ` One of ${formatCount(groups)} groups, all alike.`;
  return html`Flits <span class="number">${formatSi(seconds, 's')}</span>, flows
    <span class="number">${formatSi(flowSeconds, 's')}</span>, closed form
    <span class="number">${formatSi(closedFormSeconds, 's')}</span>, bound
    <span class="number">${formatSi(lowerBoundSeconds, 's')}</span>; a cycle is
    <span class="number">${formatSi(cycleSeconds, 's')}</span>.${others} ${gapSentence(reader, of)}`;
}

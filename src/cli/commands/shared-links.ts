import { formatBinaryBytes, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { InputError } from '../../base/result.ts';
import { contentionSentence } from '../../ici/contention-sentence.ts';
import type { LinkStatistics } from '../../ici/link-statistics.ts';
import type { CollectiveRequest, LinkRates } from '../../ici/request.ts';
import { runShared, type SharedJob } from '../../ici/shared-links.ts';
import { axisName, type Torus } from '../../ici/topology.ts';
import type { CommandOutcome } from '../command.ts';
import { parseInteger } from '../options.ts';
import { labelled } from '../text-table.ts';
import { parseAxes, parseKind } from './collective-words.ts';

const WORST_SHOWN = 8;
const PLACE = '--beside';

/** A collective and those beside it, all on the same links: how long each takes, and where they meet. */
export function shareLinks(
  torus: Torus,
  request: CollectiveRequest,
  beside: readonly string[],
  rates: LinkRates,
): CommandOutcome {
  const requests = [{ request, startSeconds: 0 }, ...beside.map((text) => parseBeside(text, torus))];
  const jobs = requests.map(({ request: each, startSeconds }, index): SharedJob => {
    const letters = each.axes.map(axisName).join('');
    return { label: `${index + 1} ${each.kind} ${letters}`, request: each, startSeconds };
  });
  const run = runShared(torus, jobs, rates);
  const contention = contentionSentence(run.statistics);
  const worst = run.statistics.totals.filter(({ bytes }) => bytes > 0).slice(0, WORST_SHOWN);
  const times = run.jobs.map(({ label, seconds, aloneSeconds }, index): [string, string] => {
    const slower = aloneSeconds > 0 ? seconds / aloneSeconds : 1;
    const size = formatBinaryBytes(jobs[index].request.bytes);
    const words = `${formatSi(seconds, 's', 4)}, ${slower.toFixed(3)} times the ${formatSi(aloneSeconds, 's', 4)} alone`;
    return [label, `${words}, ${size}`];
  });
  return {
    json: {
      seconds: run.seconds,
      jobs: run.jobs.map((job) => ({ ...job })),
      contention,
      links: {
        count: torus.linkCount,
        worst: worst.map(({ link, ...total }) => ({
          link: torus.linkName(link),
          ...total,
          ...flowsOver(run.statistics, link),
        })),
      },
    },
    text: [
      labelled([
        ['together', formatSi(run.seconds, 's', 4)],
        ...times,
        ...worst.map(({ link, contendedSeconds }): [string, string] => [
          torus.linkName(link),
          `full and shared for ${formatPercent(contendedSeconds / run.seconds)} of the time, ${routeWords(run.statistics, link)}`,
        ]),
      ]),
      contention,
    ].join('\n'),
  };
}

function routeWords(statistics: LinkStatistics, link: number): string {
  const { flowCount, flows } = flowsOver(statistics, link);
  const shown = flows.slice(0, 2).map(({ source, target }) => `${source} to ${target}`);
  return `${flowCount} ${flowCount === 1 ? 'flow' : 'flows'}: ${shown.join(', ')}${flowCount > 2 ? ' …' : ''}`;
}

/** The flows over a link that carry most, and how many there are. */
function flowsOver(
  statistics: LinkStatistics,
  link: number,
): {
  readonly flowCount: number;
  readonly flows: {
    readonly label: string;
    readonly source: string;
    readonly target: string;
    readonly bytes: number;
  }[];
} {
  const { torus } = statistics.run;
  const routes = statistics.routesOver(link);
  const chip = (node: number): string => torus.coordinates(node).join(',');
  return {
    flowCount: routes.length,
    flows: routes.slice(0, WORST_SHOWN).map(({ label, source, target, bytes }) => ({
      label,
      source: chip(source),
      target: chip(target),
      bytes,
    })),
  };
}

/** `KIND,BYTES`, then its axes and when it starts, in microseconds, where they are said. */
function parseBeside(
  text: string,
  torus: Torus,
): { readonly request: CollectiveRequest; readonly startSeconds: number } {
  const [kind = '', bytes = '', letters, start = '0', ...rest] = text.split(',');
  if (rest.length > 0) {
    throw new InputError(PLACE, `expected KIND,BYTES[,AXES[,START_US]], found "${text}"`);
  }
  const request = {
    kind: parseKind(kind, PLACE),
    bytes: parseInteger(PLACE, bytes, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
    axes: parseAxes(letters, torus, PLACE),
  };
  return { request, startSeconds: parseInteger(PLACE, start, { minimum: 0, maximum: 1e9 }) / 1e6 };
}

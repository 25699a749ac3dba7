import { formatCount, formatPercent, formatSi } from '../base/format-quantity.ts';
import { sum } from '../base/integers.ts';
import type { CriticalChain } from './critical-chain.ts';
import type { LinkStatistics } from './link-statistics.ts';
import type { TransferStory } from './transfer-story.ts';

/** A transfer's life in a sentence or two. */
export function storySentence(statistics: LinkStatistics, story: TransferStory): string {
  const { torus } = statistics.run;
  const seconds = (time: number): string => formatSi(time, 's');
  const waits = story.stages.flatMap((stage) => (stage.kind === 'waits' ? [stage] : []));
  const last = waits.at(-1);
  const why =
    last === undefined
      ? 'It began at once'
      : last.for === undefined
        ? `It began at its start, at ${seconds(story.begun)}`
        : `It waited until ${seconds(story.begun)}, at last for ${last.for.needs === 'data' ? 'the data of' : 'its turn behind'} ${statistics.wayOf(last.for.transfer)}`;
  if (story.path.length === 0) return `${why}; it moves no bytes over a link.`;
  const moving = story.sent - story.begun;
  const [worst] = [...story.heldBack].sort((a, b) => b.lostSeconds - a.lostSeconds);
  const pace =
    worst === undefined
      ? `sent for ${seconds(moving)} at full rate`
      : `sent for ${seconds(moving)}, ${seconds(sum(story.heldBack.map(({ lostSeconds }) => lostSeconds)))} longer than alone: ` +
        `${torus.linkName(worst.link)} held it back for ${seconds(worst.seconds)}, shared with ${others(worst.others)}` +
        (story.heldBack.length > 1 ? `, and ${links(story.heldBack.length - 1)} more` : '');
  return `${why}, ${pace}, and arrived at ${seconds(story.arrived)}.`;
}

/** Why a run takes as long as it does, in a sentence. */
export function chainSentence({ steps, startSeconds, seconds }: CriticalChain): string {
  if (steps.length === 0 || seconds === 0) return 'Nothing is sent.';
  const share = (part: (step: CriticalChain['steps'][number]) => number): string =>
    formatPercent(sum(steps.map(part)) / seconds);
  const parts = [
    `${share((step) => step.sendingSeconds)} is bytes at full rate`,
    `${share((step) => step.sharingSeconds)} is lost to sharing links`,
    `${share((step) => step.latencySeconds)} is the way of last bytes`,
    ...(startSeconds > 0 ? [`${formatPercent(startSeconds / seconds)} is before the start`] : []),
  ];
  const count =
    steps.length === 1 ? 'One transfer makes' : `${formatCount(steps.length)} transfers in a row make`;
  return `${count} the ${formatSi(seconds, 's')}: of it ${parts.join(', ')}.`;
}

function others(count: number): string {
  return count === 1 ? 'one other' : `up to ${formatCount(count)} others`;
}

function links(count: number): string {
  return count === 1 ? 'one link' : `${formatCount(count)} links`;
}

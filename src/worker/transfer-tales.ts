import { InputError } from '../base/result.ts';
import { type ChainStep, criticalChain } from '../ici/critical-chain.ts';
import type { LinkStatistics } from '../ici/link-statistics.ts';
import type { Prerequisite } from '../ici/prerequisites.ts';
import { chainSentence, storySentence } from '../ici/story-sentences.ts';
import { type Follower, type TransferStory, transferStory } from '../ici/transfer-story.ts';
import type { FollowedCollective } from './link-times.ts';

/** Others that are listed on either side of a transfer; of the many that it waited for, the last ones. */
const MAX_OTHERS = 12;
const MAX_STEPS = 300;

/** What was asked about single transfers. */
export type TaleWanted =
  | { readonly kind: 'transfer'; readonly transfer: number }
  /** Who waited for whom until the last one arrived. */
  | { readonly kind: 'chain' };

export type Tale = TransferTale | ChainTale;

/** A transfer with what people call it. */
type Named<T> = T & { readonly way: string };

/** The life of one transfer, as plain data that crosses threads. */
export interface TransferTale extends Omit<TransferStory, 'waitedFor' | 'waitedForBy'> {
  readonly kind: 'transfer';
  readonly way: string;
  /** Chips at its ends; undefined where it moves nothing. */
  readonly source: number | undefined;
  readonly target: number | undefined;
  /** The last ones, in the order in which it got what it needed. */
  readonly waitedFor: readonly Named<Prerequisite>[];
  readonly waitedForCount: number;
  readonly waitedForBy: readonly Named<Follower>[];
  readonly waitedForByCount: number;
  /** Of one direction of a link. */
  readonly linkBytesPerSecond: number;
  /** Of the whole collective. */
  readonly seconds: number;
  readonly sentence: string;
}

export interface ChainTale {
  readonly kind: 'chain';
  /** At most 300, the last ones. */
  readonly steps: readonly (Named<ChainStep> & { readonly path: readonly number[] })[];
  readonly stepCount: number;
  /** All links of the steps, each once, and the chips where the chain begins and ends. */
  readonly links: readonly number[];
  readonly source: number | undefined;
  readonly target: number | undefined;
  readonly seconds: number;
  readonly sentence: string;
}

/** Answers about single transfers; `undefined` where they were not followed. Throws an `InputError` for one that there is not. */
export function taleOf({ statistics }: FollowedCollective, wanted: TaleWanted): Tale | undefined {
  if (statistics === undefined) return undefined;
  return wanted.kind === 'chain' ? chainTale(statistics) : transferTale(statistics, wanted.transfer);
}

function transferTale(statistics: LinkStatistics, transfer: number): TransferTale {
  const { torus, transfers, result, capacities } = statistics.run;
  if (!Number.isSafeInteger(transfer) || transfer < 0 || transfer >= transfers.count) {
    throw new InputError('transfer', `expected 0 to ${transfers.count - 1}, found ${transfer}`);
  }
  const story = transferStory(statistics, transfer);
  const named = <T extends { readonly transfer: number }>(each: T): Named<T> => ({
    ...each,
    way: statistics.wayOf(each.transfer),
  });
  const { path, waitedFor, waitedForBy } = story;
  return {
    ...story,
    kind: 'transfer',
    way: statistics.wayOf(transfer),
    source: path.length === 0 ? undefined : torus.linkSource(path[0]),
    target: path.length === 0 ? undefined : torus.targets[path[path.length - 1]],
    waitedFor: waitedFor.slice(-MAX_OTHERS).map(named),
    waitedForCount: waitedFor.length,
    waitedForBy: waitedForBy.slice(0, MAX_OTHERS).map(named),
    waitedForByCount: waitedForBy.length,
    linkBytesPerSecond: capacities[path[0] ?? 0],
    seconds: result.seconds,
    sentence: storySentence(statistics, story),
  };
}

function chainTale(statistics: LinkStatistics): ChainTale {
  const { torus } = statistics.run;
  const chain = criticalChain(statistics);
  const all = chain.steps.flatMap(({ transfer }) => [...statistics.linksOf(transfer)]);
  return {
    kind: 'chain',
    steps: chain.steps.slice(-MAX_STEPS).map((step) => ({
      ...step,
      way: statistics.wayOf(step.transfer),
      path: [...statistics.linksOf(step.transfer)],
    })),
    stepCount: chain.steps.length,
    links: [...new Set(all)],
    source: all.length === 0 ? undefined : torus.linkSource(all[0]),
    target: all.length === 0 ? undefined : torus.targets[all[all.length - 1]],
    seconds: chain.seconds,
    sentence: chainSentence(chain),
  };
}

import { canonicalJson } from '../base/canonical-json.ts';
import { silentProgress } from '../base/progress.ts';
import { unwrap } from '../base/result.ts';
import { dcnPort } from '../hardware/dcn.ts';
import { linkRates } from '../ici/request.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import { resolveTorus } from '../study/resolve-torus.ts';
import type { Scenario } from '../study/scenario.ts';
import type { CollectiveWanted } from './engine-api.ts';
import {
  type FollowedCollective,
  followCollective,
  type LinkFlows,
  type LinkTimes,
  type LinkTransfers,
  linkFlows,
  linkTimes,
  linkTransfers,
} from './link-times.ts';
import { type Outcome, outcomeOf, type ProgressListener } from './outcome.ts';
import { type Tale, type TaleWanted, taleOf } from './transfer-tales.ts';

/** Links over the time of one collective. It lives in a worker that ends when the user gives up. */
export interface LinksService {
  linkTimes(
    scenario: Scenario,
    wanted: CollectiveWanted,
    bins: number,
    listener: ProgressListener,
  ): Promise<Outcome<LinkTimes>>;
  linkFlows(scenario: Scenario, wanted: CollectiveWanted): Promise<Outcome<LinkFlows | undefined>>;
  linkTransfers(
    scenario: Scenario,
    wanted: CollectiveWanted,
    link: number,
    seconds: number,
  ): Promise<Outcome<LinkTransfers | undefined>>;
  transferTale(
    scenario: Scenario,
    wanted: CollectiveWanted,
    tale: TaleWanted,
  ): Promise<Outcome<Tale | undefined>>;
}

export function createLinksService(): LinksService {
  let latest: { readonly key: string; readonly followed: FollowedCollective } | undefined;

  /** Only the last one is kept: half a million transfers are some hundred megabytes. */
  const follow = (
    scenario: Scenario,
    { collective, torusAxes, bytes, dcn }: CollectiveWanted,
    listener: ProgressListener = silentProgress.report,
  ): FollowedCollective => {
    const { chip, set, slice } = scenario;
    const key = canonicalJson([chip, set ?? [], slice, collective, torusAxes, bytes, dcn !== undefined]);
    if (latest?.key !== key) {
      latest = undefined;
      const described = unwrap(resolveChip(scenario));
      const { slice: resolved, torus } = resolveTorus(described, scenario.slice);
      const network = { slices: dcn === undefined ? 1 : resolved.slices, port: dcnPort(described.host) };
      const request = { kind: collective, axes: torusAxes, bytes: Math.ceil(bytes) };
      const progress = { ...silentProgress, report: listener };
      latest = {
        key,
        followed: followCollective(torus, request, linkRates(described.ici), progress, network),
      };
    }
    return latest.followed;
  };

  return {
    linkTimes: (scenario, wanted, bins, listener) =>
      outcomeOf(() => linkTimes(follow(scenario, wanted, listener), bins)),
    linkFlows: (scenario, wanted) => outcomeOf(() => linkFlows(follow(scenario, wanted))),
    linkTransfers: (scenario, wanted, link, seconds) =>
      outcomeOf(() => linkTransfers(follow(scenario, wanted), link, seconds)),
    transferTale: (scenario, wanted, tale) => outcomeOf(() => taleOf(follow(scenario, wanted), tale)),
  };
}

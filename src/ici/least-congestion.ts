import { largestOf } from '../base/integers.ts';
import { loadAtPrices, searchWork, shortestPaths } from './link-prices.ts';
import { classLoads, type PairOrbits, type Spread } from './pair-orbits.ts';
import { HOP_COST, PathProgram } from './path-program.ts';

/** A spread of messages over paths, and a load that no spread is below. */
export interface LeastCongestion {
  readonly spread: Spread;
  readonly bound: number;
}

/** A spread this near a bound is as good as the best. */
const NEAR = 1e-3;
/** Rounds that look for paths before the program is solved, where messages are many. */
const FIRST_ROUNDS = 40;
const MANY_MESSAGES = 16;
const TOO_MANY_MESSAGES = 100;
/**
 * Spreads messages over paths so that the busiest link carries least: the linear program
 *
 *   minimise L, where the shares of each message's paths add up to its bytes and no link carries more than L.
 *
 * There are too many paths to write down, so those that would help are found on the way (Ford and Fulkerson,
 * Management Science 5(1) 1958): given a price for each link, the shortest path of each message. The prices
 * bound L as well, whatever they are: see `loadAtPrices`. Ends near the optimum, or after `work` elementary
 * steps with the best so far.
 *
 * @param seeds a path for each representative at least
 * @param known a load that no spread is below
 */
export function leastCongestion(
  orbits: PairOrbits,
  seeds: Spread,
  known: number,
  work: number,
): LeastCongestion {
  const search = searchWork(orbits);
  const { length: messages } = orbits.representatives;
  const rounds = messages < MANY_MESSAGES ? 0 : FIRST_ROUNDS;
  // With very many messages the program itself gets nowhere.
  const roundsWork = messages < TOO_MANY_MESSAGES ? work / 2 : work;
  const mean = meanSpread(orbits, seeds, Math.min(rounds, roundsWork / search));
  const program = new PathProgram(orbits, seeds);
  let bound = Math.max(known, mean.bound);
  let left = work - search * mean.rounds;
  program.add(mean.spread);
  for (;;) {
    left -= program.optimise(left);
    if (left <= 0 || bound >= program.largest * (1 - NEAR)) break;
    const { lengths, total } = program.prices();
    const shortest = shortestPaths(orbits, lengths);
    left -= search;
    bound = Math.max(bound, loadAtPrices(orbits, shortest, total));
    if (bound >= program.largest * (1 - NEAR) || !program.add(shortest.map((path) => [path]))) break;
  }
  const spread = program.spread();
  return {
    spread: largestLoad(orbits, spread) <= largestLoad(orbits, mean.spread) ? spread : mean.spread,
    bound,
  };
}

/**
 * Round after round the shortest paths where loaded links are long, and the mean of all rounds: paths that keep
 * out of each other's way (Frank and Wolfe's method for a smooth maximum). The lengths are prices as well.
 */
function meanSpread(
  orbits: PairOrbits,
  seeds: Spread,
  most: number,
): LeastCongestion & { readonly rounds: number } {
  const { representatives } = orbits;
  const whole = (paths: readonly { readonly links: readonly number[] }[]): Spread =>
    paths.map(({ links }, index) => [{ links, share: representatives[index].messages }]);
  const start = whole(seeds.map(([path]) => path));
  const loads = classLoads(orbits, start);
  const taken = start.map(([{ links }]) => new Map([[links.join(), { links, times: 1 }]]));
  let bound = 0;
  let rounds = 0;
  while (rounds + 1 <= most) {
    rounds += 1;
    const largest = largestOf(loads);
    if (largest <= bound * (1 + NEAR)) break;
    const lengths = loads.map((load) => {
      const squared = (load / largest) * (load / largest);
      return HOP_COST + squared * squared * squared * squared;
    });
    const shortest = shortestPaths(orbits, lengths);
    const total = lengths.reduce((sum, each) => sum + each, 0);
    bound = Math.max(bound, loadAtPrices(orbits, shortest, total));
    shortest.forEach(({ links }, index) => {
      const path = taken[index].get(links.join());
      if (path === undefined) taken[index].set(links.join(), { links, times: 1 });
      else path.times += 1;
    });
    classLoads(orbits, whole(shortest)).forEach((load, index) => {
      loads[index] += (load - loads[index]) / (rounds + 1);
    });
  }
  const spread = taken.map((paths, index) => {
    const all = [...paths.values()];
    const parts = all.reduce((sum, { times }) => sum + times, 0);
    return all.map(({ links, times }) => ({
      links,
      share: (representatives[index].messages * times) / parts,
    }));
  });
  return { spread, bound, rounds };
}

function largestLoad(orbits: PairOrbits, spread: Spread): number {
  return largestOf(classLoads(orbits, spread));
}

import { largestOf } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { chunkedTransfers, joinEdges, type TreeEdge } from './broadcast-transfers.ts';
import type { Candidate } from './candidate.ts';
import type { LinkRates } from './request.ts';
import type { ChipGroups } from './routed.ts';
import type { ScheduledPlan } from './scheduled-plan.ts';
import type { Torus } from './topology.ts';

/*
 * Trees over whatever links there are, for groups of any shape: grown chip by chip, they may have to share links.
 * Whole tori and meshes have trees of a formula instead, in spanning-trees.ts: those never share a link and are
 * as many as there can be, but need the grid whole. What is sent down both is the same: broadcast-transfers.ts.
 */

/** A chunk is this part of a message at least: deep trees take time to fill. */
const MOST_CHUNKS = 128;
/** Of more groups than these, which crowd each other anyhow, fewer ways are tried. */
const FEW_GROUPS = 8;

/** A tree over links that are there, parents before children, from the first chip of a group to the others. */
interface Tree {
  readonly links: readonly number[];
  readonly depth: number;
  /** Of the message, what goes down this tree. */
  readonly share: number;
}

/**
 * A message from the first chip of each group to the rest of it: whole down one tree, or in parts down one tree
 * for each link out of that chip or for most of them, whichever is fastest. Throws an `InputError` when chips are cut off.
 */
export function treesPlan(torus: Torus, groups: ChipGroups, bytes: number, rates: LinkRates): ScheduledPlan {
  const members = groups.filter((group) => group.length > 1);
  const ports = Math.max(0, ...members.map(([root]) => linksOutOf(torus, root).length));
  // Where not all links find a tree of their own free links, fewer trees that do may carry more.
  const counts = [1, ports, ...(members.length > FEW_GROUPS ? [] : [ports - 1, ports - 2])].filter(
    (count, place) => place === 0 || count > 1,
  );
  const plans = counts.map((count) => planOf(torus, growTrees(torus, members, count), bytes, rates));
  return plans.reduce((best, plan) => (plan.candidate.seconds < best.candidate.seconds ? plan : best));
}

function planOf(torus: Torus, trees: readonly Tree[], bytes: number, rates: LinkRates): ScheduledPlan {
  const perLink = new Float64Array(torus.linkSlots);
  for (const { links, share } of trees) for (const link of links) perLink[link] += share * bytes;
  const largestLinkBytes = largestOf(perLink);
  const hops = trees.reduce((most, { depth }) => Math.max(most, depth), 0);
  const latency = rates.hopLatencySeconds;
  const parts = Math.round(trees.reduce((most, { share }) => Math.max(most, 1 / share), 1));
  const candidate: Candidate = {
    seconds:
      hops === 0 ? 0 : (hops - 1) * latency + Math.max(latency, largestLinkBytes / rates.linkBytesPerSecond),
    algorithm:
      parts === 1 ? 'relayed down shortest ways' : `in ${parts} parts, each relayed down a tree of its own`,
    reason:
      (torus.intact ? 'the group is not all chips along some axes' : 'the ways go around what is missing') +
      (parts === 1 ? '' : ', and trees from several links out of the first chip share few links'),
    steps: hops,
    chipBytes: { sent: 2 * torus.axes * bytes, received: bytes, reduced: 0 },
    largestLinkBytes,
    groupLinkBytes: perLink.reduce((total, each) => total + each, 0),
    linkBytes: () => perLink.slice(),
  };
  return {
    candidate,
    perChunk: trees.reduce((total, { links }) => total + links.length, 0),
    mostChunks: MOST_CHUNKS,
    transfers: (chunks) => chunkedTransfers(edgesOf(torus, trees), bytes, chunks, latency),
  };
}

function edgesOf(torus: Torus, trees: readonly Tree[]): readonly TreeEdge[] {
  return joinEdges(
    trees.map(({ links, share }, tree) => {
      const edgeTo = new Map<number, number>();
      const root = torus.linkSource(links[0]);
      return links.map((link, edge) => {
        const [from, to] = [torus.linkSource(link), torus.targets[link]];
        edgeTo.set(to, edge);
        return { link, from, to, root, tree, share, parent: edgeTo.get(from) };
      });
    }),
  );
}

/** At most `most` trees for each group, each from a link of its own out of the first chip; one is from all of them. */
function growTrees(torus: Torus, groups: ChipGroups, most: number): readonly Tree[] {
  /** Trees so far that use each link. */
  const used = new Int32Array(torus.linkSlots);
  return groups.flatMap((group) => {
    const out = linksOutOf(torus, group[0]);
    const alone = most === 1 ? [] : out.filter((first) => reaches(torus, group, first)).slice(0, most);
    const firsts = alone.length < 2 ? [out] : alone.map((first) => [first]);
    const growing = firsts.map((each) => new GrowingTree(torus, group, each));
    // In turns, so that none takes the links that another needs.
    while (growing.some((tree) => !tree.isWhole)) {
      let grown = false;
      for (const tree of growing) if (!tree.isWhole && tree.grow(used)) grown = true;
      if (!grown) break;
    }
    return growing.map((tree) => tree.pruned(used, 1 / growing.length));
  });
}

function linksOutOf(torus: Torus, node: number): readonly number[] {
  const slots = torus.axes * 2;
  return Array.from({ length: slots }, (_, slot) => node * slots + slot).filter(
    (link) => torus.targets[link] >= 0,
  );
}

/** Whether a tree that leaves the first chip by `first` alone comes to all others. */
function reaches(torus: Torus, [root, ...others]: readonly number[], first: number): boolean {
  const missing = new Set(others);
  const reached = new Set([root]);
  const queue = [torus.targets[first]];
  for (const node of queue) {
    if (reached.has(node)) continue;
    reached.add(node);
    missing.delete(node);
    if (missing.size === 0) return true;
    for (const link of linksOutOf(torus, node)) queue.push(torus.targets[link]);
  }
  return missing.size === 0;
}

/** A tree that takes in one chip at a time, the nearest to its root that a link leads to which few trees use. */
class GrowingTree {
  readonly #torus: Torus;
  readonly #links: number[] = [];
  readonly #depth: Int32Array;
  /** Links that lead out of it, by how many trees used them when they were put there, then by depth. */
  readonly #edge: number[][][] = [];
  readonly #group: readonly number[];
  /** Chips of the group that it has yet to take in. */
  readonly #missing: Set<number>;

  /** @param firsts links out of the first chip of the group by which it may leave that */
  constructor(torus: Torus, group: readonly number[], firsts: readonly number[]) {
    this.#torus = torus;
    this.#group = group;
    this.#missing = new Set(group.slice(1));
    this.#depth = new Int32Array(torus.nodes).fill(-1);
    this.#depth[group[0]] = 0;
    for (const link of firsts) this.#put(link, 0);
  }

  get isWhole(): boolean {
    return this.#missing.size === 0;
  }

  #put(link: number, uses: number): void {
    const depth = this.#depth[this.#torus.linkSource(link)];
    this.#edge[uses] ??= [];
    this.#edge[uses][depth] ??= [];
    this.#edge[uses][depth].push(link);
  }

  /** Returns whether there was a chip left to take in. */
  grow(used: Int32Array): boolean {
    for (;;) {
      const link = this.#next();
      if (link === undefined) return false;
      const target = this.#torus.targets[link.link];
      if (this.#depth[target] >= 0) continue;
      if (used[link.link] > link.uses) {
        this.#put(link.link, used[link.link]);
        continue;
      }
      used[link.link] += 1;
      this.#links.push(link.link);
      this.#missing.delete(target);
      this.#depth[target] = this.#depth[this.#torus.linkSource(link.link)] + 1;
      for (const out of linksOutOf(this.#torus, target)) {
        const next = this.#torus.targets[out];
        if (this.#depth[next] < 0) this.#put(out, used[out]);
      }
      return true;
    }
  }

  #next(): { readonly link: number; readonly uses: number } | undefined {
    for (const [uses, byDepth] of this.#edge.entries()) {
      for (const links of byDepth ?? []) {
        const link = links?.shift();
        if (link !== undefined) return { link, uses };
      }
    }
    return undefined;
  }

  /** Without branches that lead to nobody of the group; their links are given back. */
  pruned(used: Int32Array, share: number): Tree {
    if (!this.isWhole) throw new InputError('missing links', 'cut chips off from each other');
    const group = this.#group;
    const wanted = new Set(group);
    const links: number[] = [];
    for (const link of this.#links.toReversed()) {
      if (wanted.has(this.#torus.targets[link])) {
        links.push(link);
        wanted.add(this.#torus.linkSource(link));
      } else used[link] -= 1;
    }
    return { links: links.reverse(), depth: Math.max(...group.map((node) => this.#depth[node])), share };
  }
}

import type { SpanningTrees } from './spanning-trees.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** One link of a tree, as transfers see it: who comes before it is earlier in a list of them. */
export interface TreeEdge {
  readonly link: number;
  readonly from: number;
  readonly to: number;
  /** The chip whose message it is, and the number of the tree. */
  readonly root: number;
  readonly tree: number;
  /** Of the message, what goes down the tree. */
  readonly share: number;
  /** The edge that leads to where this one begins, by its place in the list; `undefined` at the root. */
  readonly parent: number | undefined;
}

/** A chip sends a chunk on when it has come whole, and each link one chunk after another. */
export function chunkedTransfers(
  edges: readonly TreeEdge[],
  bytes: number,
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  for (let chunk = 0; chunk < chunks; chunk++) {
    const first = list.count;
    for (const { link, from, to, root, tree, share, parent } of edges) {
      list.add({
        bytes: (bytes * share) / chunks,
        links: [link],
        latencySeconds,
        after: parent === undefined ? [] : [first + parent],
        behind: chunk === 0 ? [] : [list.count - edges.length],
        payload: { part: tree, chunk, phase: 0, of: root, from, to },
      });
    }
  }
  return list;
}

/**
 * The same where every link has its tree to itself: when the first chunk has come the others follow without a
 * gap, so that they are one transfer. Takes exactly as long as all chunks one by one.
 */
export function streamedTransfers(
  edges: readonly TreeEdge[],
  bytes: number,
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  const heads: number[] = [];
  for (const { link, share, parent } of edges) {
    const after = parent === undefined ? [] : [heads[parent]];
    heads.push(list.add({ bytes: (bytes * share) / chunks, links: [link], latencySeconds, after }));
  }
  edges.forEach(({ link, share }, edge) => {
    const part = bytes * share;
    list.add({ bytes: part - part / chunks, links: [link], latencySeconds, behind: [heads[edge]] });
  });
  return list;
}

/** Links of all trees of a torus, those nearer to the root first; each tree has an equal part of the message. */
export function spanningEdges({ count, inLinks, hops }: SpanningTrees, torus: Torus): readonly TreeEdge[] {
  const reached = Array.from(inLinks.keys())
    .filter((place) => inLinks[place] >= 0)
    .sort((a, b) => hops[a] - hops[b] || a - b);
  const edgeOf = new Map<number, number>();
  return reached.map((place, edge) => {
    const link = inLinks[place];
    const from = torus.linkSource(link);
    const tree = place % count;
    edgeOf.set(place, edge);
    const parent = edgeOf.get(from * count + tree);
    return { link, from, to: torus.targets[link], root: 0, tree, share: 1 / count, parent };
  });
}

/** Edges of the trees of a group's own torus where its first chip is `root` of the whole torus. */
export function edgesOnTorus(
  edges: readonly TreeEdge[],
  torus: Torus,
  root: number,
  onTorus: (link: number) => number,
): readonly TreeEdge[] {
  return edges.map((edge) => {
    const link = onTorus(edge.link);
    return { ...edge, link, from: torus.linkSource(link), to: torus.targets[link], root };
  });
}

/** Several lists of edges one behind the other. */
export function joinEdges(lists: readonly (readonly TreeEdge[])[]): readonly TreeEdge[] {
  const joined: TreeEdge[] = [];
  for (const edges of lists) {
    const first = joined.length;
    for (const edge of edges) {
      joined.push({ ...edge, parent: edge.parent === undefined ? undefined : edge.parent + first });
    }
  }
  return joined;
}

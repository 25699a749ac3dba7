import type { SpanningTrees } from './spanning-trees.ts';
import type { Torus } from './topology.ts';
import { TransferList } from './transfers.ts';

/** Where the trees of a group lie on the links that transfers take. */
export interface TreeLinks {
  readonly trees: SpanningTrees;
  /** The torus of one group, which the trees span. */
  readonly torus: Torus;
  /** For each group, the link of the network that a link of its torus is. */
  readonly links: readonly ((link: number) => number)[];
}

/** A chip sends a chunk on when it has come whole, and each link one chunk after another. */
export function chunkedTransfers(
  { trees, torus, links }: TreeLinks,
  bytes: number,
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  const edges = treeEdges(trees, torus);
  const chunkBytes = bytes / trees.count / chunks;
  const slots = edges.length * links.length;
  for (let chunk = 0; chunk < chunks; chunk++) {
    for (const onNetwork of links) {
      const first = list.count;
      for (const { link, parent } of edges) {
        list.add({
          bytes: chunkBytes,
          links: [onNetwork(link)],
          latencySeconds,
          after: parent === undefined ? [] : [first + parent],
          behind: chunk === 0 ? [] : [list.count - slots],
        });
      }
    }
  }
  return list;
}

/**
 * The same where every link has its tree to itself: when the first chunk has come the others follow without a
 * gap, so that they are one transfer. Takes exactly as long as all chunks one by one.
 */
export function streamedTransfers(
  { trees, torus, links }: TreeLinks,
  bytes: number,
  chunks: number,
  latencySeconds: number,
): TransferList {
  const list = new TransferList();
  const part = bytes / trees.count;
  for (const onNetwork of links) {
    const heads: number[] = [];
    for (const { link, parent } of treeEdges(trees, torus)) {
      const on = { links: [onNetwork(link)], latencySeconds };
      const after = parent === undefined ? [] : [heads[parent]];
      heads.push(list.add({ ...on, bytes: part / chunks, after }));
    }
    treeEdges(trees, torus).forEach(({ link }, edge) => {
      const on = { links: [onNetwork(link)], latencySeconds };
      list.add({ ...on, bytes: part - part / chunks, behind: [heads[edge]] });
    });
  }
  return list;
}

interface TreeEdge {
  readonly link: number;
  /** The edge that leads to where this one begins, by its place in the list; `undefined` at the root. */
  readonly parent: number | undefined;
}

/** Links of all trees, those nearer to the root first. */
function treeEdges({ count, inLinks, hops }: SpanningTrees, torus: Torus): readonly TreeEdge[] {
  const reached = Array.from(inLinks.keys())
    .filter((place) => inLinks[place] >= 0)
    .sort((a, b) => hops[a] - hops[b] || a - b);
  const edgeOf = new Map<number, number>();
  return reached.map((place, edge) => {
    const link = inLinks[place];
    edgeOf.set(place, edge);
    return { link, parent: edgeOf.get(torus.linkSource(link) * count + (place % count)) };
  });
}

import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { closedForm } from './closed-form.ts';
import { groupOf } from './group.ts';
import type { CollectiveKind, CollectiveRequest, LinkRates } from './request.ts';
import { type ChipGroups, planRouted, routedBound } from './routed.ts';
import { ringsWithStandIns } from './stand-ins.ts';
import { axisName, Torus } from './topology.ts';

type Kind = Exclude<CollectiveKind, 'collective-permute'>;

/**
 * A collective on a torus with missing links or chips, in closed form. Rings that have lost one cable become
 * lines that begin behind the gap, or keep their neighbours by detours, or one ring is led through all chips,
 * whichever is fastest; all-to-all and broadcast are routed anew. Throws an `InputError` when chips are cut off from each other.
 */
export function planDegraded(
  torus: Torus,
  request: CollectiveRequest & { readonly kind: Kind },
  rates: LinkRates,
): { readonly candidate: Candidate; readonly bound: Bound } {
  const groups = survivingGroups(torus, request.axes);
  const bound = routedBound(torus, groups, request.kind);
  const routed = planRouted(torus, groups, request.kind, request.bytes, rates);
  const { kind } = request;
  const candidates = [
    kind === 'all-to-all' ? undefined : linesBehindGaps(torus, request, rates),
    kind === 'all-to-all' || kind === 'broadcast'
      ? undefined
      : ringsWithStandIns(torus, { ...request, kind }, rates),
    routed,
  ].filter((each) => each !== undefined);
  return { candidate: candidates.reduce((best, each) => (each.seconds < best.seconds ? each : best)), bound };
}

/** Chips of each group that are there, along the first axis first and every other line backwards. */
function survivingGroups(torus: Torus, axes: readonly number[]): ChipGroups {
  const groups = new Map<string, number[]>();
  for (const node of snake(torus, axes)) {
    if (torus.missingChips.has(node)) continue;
    const key = torus
      .coordinates(node)
      .filter((_, axis) => !axes.includes(axis))
      .join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

function snake(torus: Torus, axes: readonly number[]): number[] {
  const order = [...axes, ...torus.shape.keys()].filter((axis, index, all) => all.indexOf(axis) === index);
  let walks: number[][] = [torus.shape.map(() => 0)];
  for (const axis of order) {
    walks = Array.from({ length: torus.shape[axis] }, (_, at) => {
      const layer = walks.map((coordinates) =>
        coordinates.map((each, other) => (other === axis ? at : each)),
      );
      return at % 2 === 0 ? layer : layer.reverse();
    }).flat();
  }
  return walks.map((coordinates) => torus.nodeAt(coordinates));
}

/** The plan of a torus whose broken rings are lines; `undefined` where lines have gaps themselves. */
function linesBehindGaps(
  torus: Torus,
  request: CollectiveRequest & { readonly kind: Kind },
  rates: LinkRates,
): Candidate | undefined {
  if (torus.missingChips.size > 0 || torus.twisted) return undefined;
  /** For each line of chips along a broken axis, by its first node, the coordinate behind its gap. */
  const starts = new Map<number, number>();
  const broken = new Set<number>();
  for (const link of torus.missingLinks) {
    const axis = torus.linkAxis(link);
    if (!request.axes.includes(axis) || torus.shape[axis] === 1) continue;
    if (!torus.wraps[axis]) return undefined;
    const up = torus.linkDirection(link) === 0 ? link : torus.reverseLink(link);
    const node = torus.linkSource(up);
    const at = torus.coordinate(node, axis);
    const line = (node - at * torus.strides[axis]) * torus.axes + axis;
    const start = (at + 1) % torus.shape[axis];
    if ((starts.get(line) ?? start) !== start) return undefined;
    starts.set(line, start);
    broken.add(axis);
  }
  const opened = new Torus({
    shape: torus.shape,
    wraps: torus.wraps.map((wraps, axis) => wraps && !broken.has(axis)),
  });
  const group = groupOf(opened, request.axes);
  if (group === undefined) return undefined;
  const plan = closedForm(request.kind, group, request.bytes, rates);
  const groups = opened.nodes / group.torus.nodes;
  return {
    ...plan,
    reason:
      broken.size === 0
        ? plan.reason
        : `a link is missing along ${[...broken].map(axisName).join(', ')}: a broken ring is a line with half its rate, and all wait for it`,
    groupLinkBytes: plan.groupLinkBytes * groups,
    linkBytes: () => {
      const bytes = plan.linkBytes(opened);
      for (const [line, start] of starts) rotateLine(torus, bytes, line, start);
      return bytes;
    },
  };
}

/** Moves what a line from coordinate 0 carries to one that begins at `start`. */
function rotateLine(torus: Torus, bytes: Float64Array, line: number, start: number): void {
  const axis = line % torus.axes;
  const first = Math.floor(line / torus.axes);
  const length = torus.shape[axis];
  const link = (at: number, direction: 0 | 1): number =>
    torus.link(first + (at % length) * torus.strides[axis], axis, direction);
  for (const direction of [0, 1] as const) {
    const straight = Array.from({ length }, (_, at) => bytes[link(at, direction)]);
    straight.forEach((each, at) => {
      bytes[link(at + start, direction)] = each;
    });
  }
}

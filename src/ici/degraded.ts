import type { Bound } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { closedForm, exchangesWhole } from './closed-form.ts';
import { ringParts } from './flow-schedules.ts';
import { groupOf } from './group.ts';
import type { CollectiveKind, CollectiveRequest, LinkRates } from './request.ts';
import { fastestRingPlan, wholeLanes } from './ring-plan.ts';
import { type ChipGroups, planRouted, routedBound } from './routed.ts';
import { UnfoldedTorus } from './schedule-layout.ts';
import { ringsPlan, type ScheduledPlan } from './scheduled-plan.ts';
import { ringsWithStandIns } from './stand-ins.ts';
import type { RingKind } from './streamed-form.ts';
import { axisName, Torus } from './topology.ts';

type DegradedRequest = CollectiveRequest & { readonly kind: Exclude<CollectiveKind, 'collective-permute'> };

/**
 * A collective on a torus with missing links or chips, in closed form, and its transfers. Rings that have lost
 * one cable become lines that begin behind the gap, or keep their neighbours by detours, or one ring is led
 * through all chips, whichever is fastest; all-to-all and broadcast are routed anew. Throws an `InputError` when chips are cut off from each other.
 */
export function planDegraded(
  torus: Torus,
  request: DegradedRequest,
  rates: LinkRates,
): { readonly plan: ScheduledPlan; readonly bound: Bound } {
  const groups = groupsOf(torus, request);
  const bound = routedBound(torus, groups, request.kind);
  const plans = degradedPlans(torus, request, rates, groups);
  const plan = plans.reduce((best, each) => (each.candidate.seconds < best.candidate.seconds ? each : best));
  return { plan, bound };
}

/** All ways that there are here, of which `planDegraded` takes the fastest. */
export function degradedPlans(
  torus: Torus,
  request: DegradedRequest,
  rates: LinkRates,
  groups: ChipGroups = groupsOf(torus, request),
): readonly ScheduledPlan[] {
  const { kind } = request;
  const routed = planRouted(torus, groups, kind, request.bytes, rates);
  if (kind === 'all-to-all' || kind === 'broadcast') return [routed];
  const wanted = { ...request, kind };
  return [linesBehindGaps(torus, wanted, rates), ringsWithStandIns(torus, wanted, rates), routed].filter(
    (plan) => plan !== undefined,
  );
}

/** Of a broadcast the chip that comes first in its group is the one that sends. */
function groupsOf(torus: Torus, { kind, axes }: DegradedRequest): ChipGroups {
  const groups = survivingGroups(torus, axes);
  return kind === 'broadcast' ? groups.map((group) => [...group].sort((a, b) => a - b)) : groups;
}

/** Chips of each group that are there, along the first axis first and every other line backwards. */
export function survivingGroups(torus: Torus, axes: readonly number[]): ChipGroups {
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
  request: CollectiveRequest & { readonly kind: RingKind },
  rates: LinkRates,
): ScheduledPlan | undefined {
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
  const { kind, bytes } = request;
  const plan = closedForm(kind, group, bytes, rates);
  const groups = opened.nodes / group.torus.nodes;
  const candidate: Candidate = {
    ...plan,
    reason:
      broken.size === 0
        ? plan.reason
        : `a link is missing along ${[...broken].map(axisName).join(', ')}: a broken ring is a line with half its rate, and all wait for it`,
    groupLinkBytes: plan.groupLinkBytes * groups,
    linkBytes: () => {
      const carried = plan.linkBytes(opened);
      for (const [line, start] of starts) rotateLine(torus, carried, line, start);
      return carried;
    },
  };
  const layout = new GappedTorus(torus, group.axes, starts);
  const parts =
    kind === 'all-reduce' && exchangesWhole(group, bytes, rates)
      ? [{ bytes, phases: wholeLanes(group).map((lane) => ({ ...lane, direction: 'gather' as const })) }]
      : ringParts(kind, fastestRingPlan(group, bytes, rates).parts, bytes);
  return ringsPlan(candidate, layout, parts, rates.hopLatencySeconds);
}

/** A torus some of whose lines begin behind a gap. */
class GappedTorus extends UnfoldedTorus {
  readonly uneven = true;
  readonly #own: readonly number[];
  readonly #starts: ReadonlyMap<number, number>;

  /** `starts`: for lines along an axis, by their first node times axes plus the axis, where they begin. */
  constructor(torus: Torus, axes: readonly number[], starts: ReadonlyMap<number, number>) {
    super(torus, axes);
    this.#own = axes;
    this.#starts = starts;
  }

  override isFirst(chip: number, index: number): boolean {
    const { torus } = this;
    const axis = this.#own[index];
    const at = torus.coordinate(chip, axis);
    const line = (chip - at * torus.strides[axis]) * torus.axes + axis;
    return at === (this.#starts.get(line) ?? 0);
  }
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

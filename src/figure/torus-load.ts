import { largestOf } from '../base/integers.ts';
import { secondsFromPicoseconds } from '../base/time.ts';
import type { CollectiveDetail, LaneId, OpReport, RunReport } from '../machine/report.ts';
import type { TimeRange } from './time-scale.ts';
import type { LaneIndex, TimelineIndex } from './timeline-index.ts';
import { type PlacedSpan, spanAt } from './timeline-lookup.ts';

const ALIKE = 0.005;
const ICI_LANES: readonly LaneId[] = ['ici-x', 'ici-y', 'ici-z'];

/** A collective that is under way. */
export interface ActiveCollective {
  readonly op: number;
  readonly report: OpReport;
  readonly detail: CollectiveDetail;
  readonly iteration: number;
  /**
   * How fast it goes, of its speed with nothing else running: below 1 where it shares links or HBM, or is cut
   * in pieces that wait for each other.
   */
  readonly pace: number;
  /** From the start of its first piece to the end of its last one. */
  readonly range: TimeRange;
}

/** The collectives that hold an ICI lane at `ps`, each once. */
export function collectivesAt(index: TimelineIndex, ps: number): readonly ActiveCollective[] {
  const active = new Map<number, ActiveCollective>();
  for (const lane of index.lanes) {
    if (!ICI_LANES.includes(lane.lane)) continue;
    const placed = spanAt(lane, ps);
    if (placed?.span.kind !== 'busy') continue;
    const report = index.report.ops[placed.span.op];
    if (report?.detail.kind !== 'collective') continue;
    const { busyPs, range } = heldBy(lane, placed, placed.span.op);
    const pace = Math.min(1, report.alonePs / busyPs);
    const before = active.get(placed.span.op);
    // The lane that is busy longest knows how long the collective takes here.
    if (before !== undefined && before.pace <= pace) continue;
    active.set(placed.span.op, {
      op: placed.span.op,
      report,
      detail: report.detail,
      iteration: placed.iteration,
      pace,
      range,
    });
  }
  return [...active.values()];
}

/** Load of the links at one moment. */
export interface TorusLoad {
  /** Share of the effective rate of each directed link, -1 where there is none; above 1 it is oversubscribed. */
  readonly utilization: Float32Array;
  /** Share of it that goes unused because another link holds back what is on the link, as far as flows are known. */
  readonly blocked: Float32Array;
  /** The busiest link; of several alike the one that is busier over all of its collectives' time. */
  readonly worstLink: number | undefined;
  /** Links that are as busy as that one, to half a per cent of the rate. */
  readonly worstCount: number;
  readonly parts: readonly LoadPart[];
}

/** What one collective does to the links, running alone: at the moment where its flows are known, else on the mean. */
export interface LoadPart {
  readonly collective: ActiveCollective;
  readonly utilization: Float32Array;
  readonly flows?: PartFlows;
}

/** What following every transfer of a collective adds; arrays are [linkSlots]. */
export interface PartFlows {
  /** It takes this long alone on the links. */
  readonly seconds: number;
  readonly blocked: Float32Array;
  /** Utilisation over all of its time. */
  readonly mean: Float32Array;
}

/** The parts added up, link by link. @param targets of the torus' links, [linkSlots] */
export function sumLoads(targets: Int32Array, parts: readonly LoadPart[]): TorusLoad {
  const sum = (sharesOf: (part: LoadPart) => Float32Array | undefined): Float32Array => {
    const total = Float32Array.from(targets, (target) => (target < 0 ? -1 : 0));
    for (const part of parts) {
      const shares = sharesOf(part);
      for (let link = 0; shares !== undefined && link < total.length; link += 1) {
        if (targets[link] >= 0 && shares[link] > 0) total[link] += shares[link] * part.collective.pace;
      }
    }
    return total;
  };
  const utilization = sum((part) => part.utilization);
  return {
    utilization,
    blocked: sum(({ flows }) => flows?.blocked),
    ...worstOf(utilization, sum(meanOf)),
    parts,
  };
}

function meanOf({ flows, utilization }: LoadPart): Float32Array {
  return flows?.mean ?? utilization;
}

/**
 * The axis along which to cut a torus into planes: the one whose links work least over the step, so that the
 * traffic that matters runs within planes; z where two are alike.
 */
export function quietestAxis({ units }: RunReport): number {
  const busy = ICI_LANES.map((lane) => units.find((unit) => unit.lane === lane)?.utilization ?? 0);
  const least = Math.min(...busy);
  return busy.findLastIndex((utilization) => utilization <= least + ALIKE);
}

/** The links by load, the heaviest first, at most `count` of them and none that is idle. */
export function busiestLinks(utilization: Float32Array, count: number): readonly number[] {
  const links: number[] = [];
  utilization.forEach((share, link) => {
    if (share > 0) links.push(link);
  });
  links.sort((a, b) => utilization[b] - utilization[a] || a - b);
  return links.slice(0, count);
}

/** Bytes that one repetition of a collective sends over `link`. */
export function bytesOver(part: LoadPart, link: number, linkBytesPerSecond: number): number {
  const seconds = part.flows?.seconds ?? secondsFromPicoseconds(part.collective.report.alonePs);
  return Math.max(0, meanOf(part)[link]) * linkBytesPerSecond * seconds;
}

function worstOf(utilization: Float32Array, mean: Float32Array): Pick<TorusLoad, 'worstLink' | 'worstCount'> {
  const most = largestOf(utilization);
  if (most === 0) return { worstLink: undefined, worstCount: 0 };
  let worstLink: number | undefined;
  for (let link = 0; link < utilization.length; link += 1) {
    if (utilization[link] < most - ALIKE) continue;
    if (worstLink === undefined || mean[link] > mean[worstLink]) worstLink = link;
  }
  let worstCount = 0;
  for (let link = 0; link < utilization.length && worstLink !== undefined; link += 1) {
    if (utilization[link] >= most - ALIKE && mean[link] >= mean[worstLink] - ALIKE) worstCount += 1;
  }
  return { worstLink, worstCount };
}

/** How long this repetition of `op` holds the lane, pauses left out, and from when to when. */
function heldBy(
  lane: LaneIndex,
  placed: PlacedSpan,
  op: number,
): { readonly busyPs: number; readonly range: TimeRange } {
  const isSame = (at: PlacedSpan): boolean =>
    at.span.kind === 'busy' && at.span.op === op && at.iteration === placed.iteration;
  let busyPs = placed.endPs - placed.startPs;
  let { startPs, endPs } = placed;
  for (let at = spanAt(lane, placed.startPs - 1); at !== undefined; at = spanAt(lane, at.startPs - 1)) {
    if (isSame(at)) {
      busyPs += at.endPs - at.startPs;
      startPs = at.startPs;
    } else if (at.span.kind === 'busy') break;
  }
  for (let at = spanAt(lane, placed.endPs); at !== undefined; at = spanAt(lane, at.endPs)) {
    if (isSame(at)) {
      busyPs += at.endPs - at.startPs;
      endPs = at.endPs;
    } else if (at.span.kind === 'busy') break;
  }
  return { busyPs, range: { startPs, endPs } };
}

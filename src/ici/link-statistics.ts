import { InputError } from '../base/result.ts';
import { FairShares } from './fair-shares.ts';
import type { FlowResult } from './flow.ts';
import { type LinkEvents, type LinkSpan, linkEvents, linkSpans, movingTransfers } from './link-events.ts';
import { type Prerequisite, Prerequisites } from './prerequisites.ts';
import type { Torus } from './topology.ts';
import type { Transfers } from './transfers.ts';

/** 128 MiB of statistics. */
const MAX_CELLS = 4 * 1024 * 1024;

/** A link is full when less than this part of its rate is left: sums of shares are rounded. */
const FULL = 1 - 1e-9;

/** A run of flows with its changes recorded, and where its links are. */
export interface RecordedRun {
  readonly torus: Torus;
  readonly capacities: Float64Array;
  readonly transfers: Transfers;
  readonly result: FlowResult;
  /** What a transfer belongs to, as people call it. */
  readonly labelOf: (transfer: number) => string;
}

/** Links over time in bins of equal length; arrays are [links, bins], rows in the order of `links`. */
export interface LinkBins {
  readonly links: readonly number[];
  readonly count: number;
  readonly fromSeconds: number;
  readonly binSeconds: number;
  readonly bytes: Float64Array;
  /** Part of what the link could carry in the bin that it did carry, 0 to 1. */
  readonly busy: Float32Array;
  /**
   * Part of it that transfers under way left unused because another link holds them back. What is missing of
   * 1 is idle: no transfer was under way.
   */
  readonly blocked: Float32Array;
  /** Mean bytes of transfers under way that have yet to pass. */
  readonly queueBytes: Float64Array;
}

/** One transfer under way over a link at some moment. */
export interface LinkFlow {
  readonly transfer: number;
  readonly label: string;
  readonly bytesPerSecond: number;
  /** The link on its way that makes it as slow as it is. */
  readonly bottleneck: number;
}

/** What a transfer waits for at some moment. */
export type Waiting =
  | { readonly kind: 'nothing' }
  /** It has not begun: the data of this one, or its place in the queue, is not there yet. */
  | { readonly kind: 'transfer'; readonly transfer: number; readonly label: string }
  /** It has not begun: its collective starts later. */
  | { readonly kind: 'start'; readonly seconds: number }
  /** It shares its bottleneck with these. */
  | { readonly kind: 'link'; readonly link: number; readonly others: readonly LinkFlow[] };

/** All that goes over a link from one chip to another. */
export interface LinkRoute {
  readonly label: string;
  readonly source: number;
  readonly target: number;
  readonly bytes: number;
}

/** What one link did over the whole run. */
export interface LinkTotal {
  readonly link: number;
  readonly bytes: number;
  /** Time in which it was full and shared. */
  readonly contendedSeconds: number;
  /** Time that transfers lost there to others: the sum over contended time of all but one of them. */
  readonly waitedSeconds: number;
  readonly mostFlows: number;
}

/** What links did over time, which transfers were on them and who waited for whom. */
export class LinkStatistics {
  readonly run: RecordedRun;
  readonly #events: LinkEvents;
  readonly #moving: Int32Array;
  #totals: readonly LinkTotal[] | undefined;
  #prerequisites: Prerequisites | undefined;

  constructor(run: RecordedRun) {
    this.run = run;
    this.#events = linkEvents(run.capacities.length, run.transfers, run.result);
    this.#moving = movingTransfers(run.transfers);
  }

  /** Of all links that are there or of some, over the whole run or a part of it. */
  bins(
    count: number,
    { links = this.#present(), fromSeconds = 0, toSeconds = this.run.result.seconds } = {},
  ): LinkBins {
    if (!Number.isSafeInteger(count) || count < 1 || count * links.length > MAX_CELLS) {
      throw new InputError('bins', `expected 1 to ${Math.floor(MAX_CELLS / Math.max(1, links.length))}`);
    }
    if (!(toSeconds > fromSeconds && fromSeconds >= 0 && Number.isFinite(toSeconds))) {
      throw new InputError('bins', `expected a part of the run, found ${fromSeconds} to ${toSeconds} s`);
    }
    const binSeconds = (toSeconds - fromSeconds) / count;
    const bins: LinkBins = {
      links,
      count,
      fromSeconds,
      binSeconds,
      bytes: new Float64Array(links.length * count),
      busy: new Float32Array(links.length * count),
      blocked: new Float32Array(links.length * count),
      queueBytes: new Float64Array(links.length * count),
    };
    links.forEach((link, row) => {
      this.#fillRow(bins, link, row * count);
    });
    return bins;
  }

  #present(): readonly number[] {
    const { targets } = this.run.torus;
    return [...targets.keys()].filter((link) => targets[link] >= 0);
  }

  #fillRow(bins: LinkBins, link: number, first: number): void {
    const { count, fromSeconds, binSeconds, bytes, busy, blocked, queueBytes } = bins;
    const capacity = this.run.capacities[link];
    for (const span of linkSpans(this.#events, link)) {
      const begin = Math.max(span.fromSeconds, fromSeconds);
      const end = Math.min(span.toSeconds, fromSeconds + count * binSeconds);
      if (end <= begin) continue;
      const lastBin = Math.min(count - 1, Math.floor((end - fromSeconds) / binSeconds));
      for (let bin = Math.floor((begin - fromSeconds) / binSeconds); bin <= lastBin; bin++) {
        const from = Math.max(begin, fromSeconds + bin * binSeconds);
        const to = Math.min(end, fromSeconds + (bin + 1) * binSeconds);
        if (to <= from) continue;
        const used = Math.min(1, span.bytesPerSecond / capacity);
        const part = (to - from) / binSeconds;
        const middle = (from + to) / 2 - span.fromSeconds;
        bytes[first + bin] += span.bytesPerSecond * (to - from);
        busy[first + bin] += used * part;
        blocked[first + bin] += (1 - used) * part;
        queueBytes[first + bin] += Math.max(0, span.queuedBytes - span.bytesPerSecond * middle) * part;
      }
    }
  }

  /** Transfers under way over a link at a moment. */
  flowsOn(link: number, seconds: number): readonly LinkFlow[] {
    const { flows } = this.#at(seconds);
    return flows.filter(({ transfer }) => this.linksOf(transfer).includes(link));
  }

  /** Transfers that are as slow as they are because of a link that they share, at a moment. */
  waitersOf(link: number, seconds: number): readonly LinkFlow[] {
    const held = this.#at(seconds).flows.filter(({ bottleneck }) => bottleneck === link);
    return held.length > 1 ? held : [];
  }

  /** Why a transfer is not further at a moment. */
  waitingOf(transfer: number, seconds: number): Waiting {
    const { result, labelOf } = this.run;
    if (seconds >= result.sent[transfer]) return { kind: 'nothing' };
    if (seconds < result.begun[transfer]) {
      const before = this.prerequisitesOf(transfer).at(-1);
      if (before === undefined) return { kind: 'start', seconds: result.begun[transfer] };
      return { kind: 'transfer', transfer: before.transfer, label: labelOf(before.transfer) };
    }
    const { flows } = this.#at(seconds);
    const own = flows.find((flow) => flow.transfer === transfer);
    if (own === undefined) return { kind: 'nothing' };
    const others = flows.filter(
      (flow) => flow !== own && this.linksOf(flow.transfer).includes(own.bottleneck),
    );
    return others.length === 0 ? { kind: 'nothing' } : { kind: 'link', link: own.bottleneck, others };
  }

  /** Links of a transfer, in the order of its way. */
  linksOf(transfer: number): Int32Array {
    const { links, linkOffsets } = this.run.transfers;
    return links.subarray(linkOffsets[transfer], linkOffsets[transfer + 1]);
  }

  /** Between which chips a transfer goes, as in `(0,1) → (0,2)`; one over no link stays where it is. */
  wayOf(transfer: number): string {
    const { torus } = this.run;
    const links = this.linksOf(transfer);
    if (links.length === 0) return 'within a chip';
    const chip = (node: number): string => `(${torus.coordinates(node).join(',')})`;
    return `${chip(torus.linkSource(links[0]))} → ${chip(torus.targets[links[links.length - 1]])}`;
  }

  /** Every link over the whole run, the one where most time was lost first, then by bytes. */
  get totals(): readonly LinkTotal[] {
    this.#totals ??= this.#present()
      .map((link) => this.#total(link))
      .sort((a, b) => b.waitedSeconds - a.waitedSeconds || b.bytes - a.bytes || a.link - b.link);
    return this.#totals;
  }

  #total(link: number): LinkTotal {
    const full = this.run.capacities[link] * FULL;
    let bytes = 0;
    let contendedSeconds = 0;
    let waitedSeconds = 0;
    let mostFlows = 0;
    for (const { fromSeconds, toSeconds, bytesPerSecond, flows } of linkSpans(this.#events, link)) {
      const seconds = toSeconds - fromSeconds;
      bytes += bytesPerSecond * seconds;
      mostFlows = Math.max(mostFlows, flows);
      if (flows < 2 || bytesPerSecond < full) continue;
      contendedSeconds += seconds;
      waitedSeconds += seconds * (flows - 1);
    }
    return { link, bytes, contendedSeconds, waitedSeconds, mostFlows };
  }

  /** What crosses a link from chip to chip in the whole run, most bytes first. */
  routesOver(link: number): readonly LinkRoute[] {
    const { torus, labelOf } = this.run;
    const routes = new Map<string, LinkRoute>();
    for (const { transfer, bytes } of this.#crossings(link)) {
      const way = this.linksOf(transfer);
      const source = torus.linkSource(way[0]);
      const target = torus.targets[way[way.length - 1]];
      const label = labelOf(transfer);
      const key = `${source} ${target} ${label}`;
      routes.set(key, { label, source, target, bytes: (routes.get(key)?.bytes ?? 0) + bytes });
    }
    return [...routes.values()].sort((a, b) => b.bytes - a.bytes);
  }

  /** Bytes over a link by what they belong to, most first. */
  bytesByLabel(link: number): readonly { readonly label: string; readonly bytes: number }[] {
    const totals = new Map<string, number>();
    for (const { transfer, bytes } of this.#crossings(link)) {
      const label = this.run.labelOf(transfer);
      totals.set(label, (totals.get(label) ?? 0) + bytes);
    }
    return [...totals].map(([label, bytes]) => ({ label, bytes })).sort((a, b) => b.bytes - a.bytes);
  }

  *#crossings(link: number): Generator<{ readonly transfer: number; readonly bytes: number }> {
    const { linkOffsets, links, bytes, crossings } = this.run.transfers;
    for (const transfer of this.#moving) {
      for (let place = linkOffsets[transfer]; place < linkOffsets[transfer + 1]; place++) {
        if (links[place] === link) yield { transfer, bytes: bytes[transfer] * crossings[place] };
      }
    }
  }

  /** All that a transfer waits for before it begins, in the order in which it gets it. */
  prerequisitesOf(transfer: number): readonly Prerequisite[] {
    this.#prerequisites ??= new Prerequisites(this.run.transfers, this.run.result);
    return this.#prerequisites.of(transfer);
  }

  /** Stretches of time in which nothing changes on a link, while something is on it. */
  spansOf(link: number): Generator<LinkSpan> {
    return linkSpans(this.#events, link);
  }

  /** Shares are solved anew for whoever is under way, so that any moment can be asked for. */
  #at(seconds: number): { readonly flows: readonly LinkFlow[] } {
    const { capacities, transfers, result, labelOf } = this.run;
    const shares = new FairShares(capacities, transfers);
    const underWay = [...this.#moving].filter(
      (transfer) => result.begun[transfer] <= seconds && seconds < result.sent[transfer],
    );
    for (const transfer of underWay) shares.add(transfer);
    shares.solve(underWay.flatMap((transfer) => [...this.linksOf(transfer)]));
    const flows = underWay.map((transfer) => ({
      transfer,
      label: labelOf(transfer),
      bytesPerSecond: shares.rates[transfer],
      bottleneck: shares.bottleneckOf(transfer),
    }));
    return { flows };
  }
}

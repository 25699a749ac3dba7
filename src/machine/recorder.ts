import type { LaneId, LaneSpans, Span, TimelineBlock } from './report.ts';

interface RecordedSpan {
  readonly lane: LaneId;
  readonly span: Span;
}

/**
 * Spans in the order in which they end, cut into blocks. A block that repeats is kept once with a count,
 * so that a step of a hundred equal layers is as small as one of three.
 */
export class Recorder {
  private readonly blocks: TimelineBlock[] = [];
  private spans: RecordedSpan[] = [];
  private blockStartPs = 0;
  private blockIteration = 0;
  private section = '';

  /** @param enabled a run of which only the sums are wanted keeps no spans */
  constructor(private readonly enabled: boolean) {}

  /** A span that ends now. Empty ones are dropped. */
  add(lane: LaneId, span: Span): void {
    if (this.enabled && span.endPs > span.startPs) this.spans.push({ lane, span });
  }

  /** How many spans have ended since the block began: a place to cut. */
  get mark(): number {
    return this.spans.length;
  }

  startSection(section: string, nowPs: number): void {
    this.close(this.spans.length, nowPs, 1);
    this.section = section;
    this.blockIteration = 0;
  }

  /**
   * What ended after `mark`, in [`fromPs`, `nowPs`), happens `count` times in a row; `iteration` is the
   * repetition of the section that began at `fromPs`.
   */
  repeat(mark: number, fromPs: number, nowPs: number, iteration: number, count: number): void {
    this.close(mark, fromPs, 1);
    this.blockIteration = iteration;
    this.close(this.spans.length, nowPs, count);
    this.blockIteration = iteration + count;
  }

  finish(nowPs: number): readonly TimelineBlock[] {
    this.close(this.spans.length, nowPs, 1);
    return this.blocks;
  }

  /** Ends the block before the span at `upTo`; the rest stays for the next one. */
  private close(upTo: number, nowPs: number, count: number): void {
    const spans = this.spans.slice(0, upTo);
    this.spans = this.spans.slice(upTo);
    const periodPs = nowPs - this.blockStartPs;
    if (spans.length > 0 || periodPs > 0) {
      this.blocks.push({
        section: this.section,
        firstIteration: this.blockIteration,
        startPs: this.blockStartPs,
        periodPs,
        count,
        lanes: groupByLane(spans),
      });
    }
    this.blockStartPs += periodPs * count;
  }
}

function groupByLane(spans: readonly RecordedSpan[]): readonly LaneSpans[] {
  const lanes = new Map<LaneId, Span[]>();
  for (const { lane, span } of spans) {
    const known = lanes.get(lane);
    if (known === undefined) lanes.set(lane, [span]);
    else known.push(span);
  }
  return [...lanes].map(([lane, laneSpans]) => ({ lane, spans: laneSpans }));
}

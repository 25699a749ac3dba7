import { assertNever } from '../base/assert.ts';
import type { LaneId, RunReport, Span } from '../machine/report.ts';

/** Microseconds are the unit of the format; it takes fractions. */
const PICOSECONDS_PER_MICROSECOND = 1e6;
/** Viewers choke on more; the rest of a loop is left out and said so. */
const MAX_EVENTS = 1_000_000;

const LANE_NAMES: Readonly<Record<LaneId, string>> = {
  mxu: 'MXU',
  vpu: 'VPU',
  hbm: 'HBM',
  'ici-x': 'ICI x',
  'ici-y': 'ICI y',
  'ici-z': 'ICI z',
  dcn: 'DCN',
  host: 'Host',
};

interface TraceEvent {
  readonly ph: 'X' | 'M';
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

/**
 * The timeline as Chrome trace-event JSON, which ui.perfetto.dev opens (format:
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). One process for the
 * chip, one thread for each unit; loops are written out.
 */
export function traceEventJson(report: RunReport): string {
  const lanes = [...new Set(report.timeline.flatMap((block) => block.lanes.map(({ lane }) => lane)))];
  const threads = new Map(Object.keys(LANE_NAMES).map((lane, index) => [lane, index + 1]));
  const events: TraceEvent[] = [
    { ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: report.chip.name } },
    ...lanes.map((lane): TraceEvent => {
      const tid = threads.get(lane) ?? 0;
      return { ph: 'M', name: 'thread_name', pid: 1, tid, args: { name: LANE_NAMES[lane] } };
    }),
  ];
  let omitted = 0;
  for (const block of report.timeline) {
    for (let repetition = 0; repetition < block.count; repetition++) {
      for (const { lane, spans } of block.lanes) {
        for (const span of spans) {
          if (events.length >= MAX_EVENTS) omitted += 1;
          else events.push(spanEvent(report, span, threads.get(lane) ?? 0, repetition, block.periodPs));
        }
      }
    }
  }
  const otherData = { title: report.title, stepPicoseconds: report.stepPs, omittedEvents: omitted };
  return JSON.stringify({ traceEvents: events, displayTimeUnit: 'ns', otherData });
}

function spanEvent(
  report: RunReport,
  span: Span,
  tid: number,
  repetition: number,
  periodPs: number,
): TraceEvent {
  const times = {
    pid: 1,
    tid,
    ts: (span.startPs + repetition * periodPs) / PICOSECONDS_PER_MICROSECOND,
    dur: (span.endPs - span.startPs) / PICOSECONDS_PER_MICROSECOND,
  };
  switch (span.kind) {
    case 'busy': {
      const op = report.ops[span.op];
      const args = {
        section: op.section,
        iteration: span.iteration + repetition,
        utilization: span.utilization,
        hbmBytes: op.hbmBytes,
        flops: op.flops,
      };
      return { ph: 'X', name: op.name, cat: op.detail.kind, ...times, args };
    }
    case 'idle': {
      const awaited =
        span.waitsFor === undefined ? {} : { args: { waitsFor: report.ops[span.waitsFor].name } };
      return { ph: 'X', name: `idle: ${span.cause}`, cat: 'idle', ...times, ...awaited };
    }
    default:
      return assertNever(span);
  }
}

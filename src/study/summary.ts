import { digestOf } from '../base/digest.ts';
import { secondsFromPicoseconds } from '../base/time.ts';
import type { RunReport } from '../machine/report.ts';

/** The figures of a run that people quote, and that a recording is compared by. */
export interface RunSummary {
  readonly stepSeconds: number;
  readonly tokensPerSecond?: number;
  /** All chips, one step. */
  readonly modelFlops: number;
  readonly hardwareFlops: number;
  readonly mfu: number;
  readonly bound: RunReport['bound'];
  readonly lowerBoundSeconds: number;
  /** Share of each unit's peak over the step; `ici` is the busiest axis. */
  readonly units: Readonly<Record<string, number>>;
  /** Seconds of the step by what the matrix units did. */
  readonly breakdownSeconds: Readonly<Record<string, number>>;
}

export function summarize(report: RunReport): RunSummary {
  const stepSeconds = secondsFromPicoseconds(report.stepPs);
  const units = Object.fromEntries(report.units.map((unit) => [unit.lane, unit.utilization]));
  const links = report.units.filter((unit) => unit.lane.startsWith('ici-')).map((unit) => unit.utilization);
  const { usefulPs, idlePs } = report.breakdown;
  return {
    stepSeconds,
    ...(report.tokens === undefined ? {} : { tokensPerSecond: report.tokens / stepSeconds }),
    modelFlops: report.modelFlops,
    hardwareFlops: report.hardwareFlops,
    mfu: report.mfu,
    bound: report.bound,
    lowerBoundSeconds: secondsFromPicoseconds(report.lowerBound.totalPs),
    units: { ...units, ici: Math.max(0, ...links) },
    breakdownSeconds: {
      useful: secondsFromPicoseconds(usefulPs),
      ...Object.fromEntries(Object.entries(idlePs).map(([cause, ps]) => [cause, secondsFromPicoseconds(ps)])),
    },
  };
}

/** Fingerprint of everything that was computed: times, ops, timeline. Words about it do not count. */
export function digestOfReport(report: RunReport): string {
  const { title: _title, verdict: _verdict, notes: _notes, whatIf, units, ...computed } = report;
  return digestOf({
    ...computed,
    whatIf: whatIf.map(({ id, stepPs }) => ({ id, stepPs })),
    units: units.map(({ lane, utilization }) => ({ lane, utilization })),
  });
}

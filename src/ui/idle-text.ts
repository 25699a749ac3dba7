import type { Token } from '../figure/color-palette.ts';
import type { IdleCause, LaneId, OpReport, RunReport, Span } from '../machine/report.ts';

/** Every cause of idleness: what it is called, and the unit whose colour its hatching has. */
export const IDLE_CAUSES: Readonly<
  Record<IdleCause, { readonly label: string; readonly unit: 'hbm' | 'ici' | 'vpu' | 'mxu' | 'host' }>
> = {
  ici: { label: 'waits for ICI', unit: 'ici' },
  dcn: { label: 'waits for DCN', unit: 'host' },
  hbm: { label: 'waits for HBM', unit: 'hbm' },
  vpu: { label: 'waits for the VPU', unit: 'vpu' },
  dependency: { label: 'waits for another op', unit: 'host' },
  'fill-drain': { label: 'fills or drains', unit: 'mxu' },
  padding: { label: 'multiplies padding', unit: 'mxu' },
  launch: { label: 'kernel overhead', unit: 'host' },
  'no-work': { label: 'nothing to do', unit: 'host' },
};

/** Name of the colour of a lane. */
export function laneToken(lane: LaneId): Extract<Token, `unit-${string}`> {
  switch (lane) {
    case 'ici-x':
    case 'ici-y':
    case 'ici-z':
      return 'unit-ici';
    case 'dcn':
      return 'unit-host';
    default:
      return `unit-${lane}`;
  }
}

export function laneName(report: RunReport, lane: LaneId): string {
  return report.units.find((unit) => unit.lane === lane)?.name ?? lane;
}

/** What a span is, in a few words: the op's name, or why nothing happens. */
export function spanText(ops: readonly OpReport[], span: Span): string {
  if (span.kind === 'busy') return ops[span.op]?.name ?? 'an op';
  const label = IDLE_CAUSES[span.cause].label;
  const waited = span.waitsFor === undefined ? undefined : ops[span.waitsFor]?.name;
  return waited === undefined ? label : `${label}: ${waited}`;
}

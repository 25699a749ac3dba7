import { formatCount, THIN_SPACE } from '../base/format-quantity.ts';
import { clamp } from '../base/integers.ts';
import { PICOSECONDS_PER_SECOND } from '../base/time.ts';

/** A stretch of the step, [startPs, endPs). */
export interface TimeRange {
  readonly startPs: number;
  readonly endPs: number;
}

/** The one place where picoseconds become pixels and back. */
export interface TimeScale {
  readonly range: TimeRange;
  readonly widthPx: number;
  readonly pxPerPs: number;
  toPx(ps: number): number;
  toPs(px: number): number;
}

export interface Tick {
  readonly ps: number;
  readonly x: number;
  readonly label: string;
}

/** What the axis counts: time, or cycles of the chip's clock. */
export type AxisUnit = { readonly kind: 'time' } | { readonly kind: 'cycles'; readonly clockHz: number };

/** A view shows at least this much: some cycles of any chip. */
export const MIN_SPAN_PS = 4_000;

export function createTimeScale(range: TimeRange, widthPx: number): TimeScale {
  const pxPerPs = widthPx / (range.endPs - range.startPs);
  return {
    range,
    widthPx,
    pxPerPs,
    toPx: (ps) => (ps - range.startPs) * pxPerPs,
    toPs: (px) => range.startPs + px / pxPerPs,
  };
}

export function spanOf(range: TimeRange): number {
  return range.endPs - range.startPs;
}

/** `range` moved, and if it must be shortened, so that it lies within [0, stepPs). */
export function clampRange(range: TimeRange, stepPs: number): TimeRange {
  const span = clamp(spanOf(range), Math.min(MIN_SPAN_PS, stepPs), stepPs);
  const startPs = clamp(range.startPs, 0, stepPs - span);
  return { startPs, endPs: startPs + span };
}

/** Shows `factor` times as much (below 1 zooms in); the moment `anchorPs` keeps its place on screen. */
export function zoomRange(range: TimeRange, factor: number, anchorPs: number, stepPs: number): TimeRange {
  const before = spanOf(range);
  const span = clamp(before * factor, Math.min(MIN_SPAN_PS, stepPs), stepPs);
  const share = (anchorPs - range.startPs) / before;
  const startPs = anchorPs - share * span;
  return clampRange({ startPs, endPs: startPs + span }, stepPs);
}

/** Moved by a share of what is visible: 0.1 is a tenth to the right. */
export function panRange(range: TimeRange, share: number, stepPs: number): TimeRange {
  const delta = spanOf(range) * share;
  return clampRange({ startPs: range.startPs + delta, endPs: range.endPs + delta }, stepPs);
}

/** The same span, moved only as far as needed for `ps` to be well inside. */
export function revealInRange(range: TimeRange, ps: number, stepPs: number): TimeRange {
  const margin = spanOf(range) * 0.08;
  if (ps < range.startPs + margin) {
    return clampRange({ startPs: ps - margin, endPs: ps - margin + spanOf(range) }, stepPs);
  }
  if (ps > range.endPs - margin) {
    return clampRange({ startPs: ps + margin - spanOf(range), endPs: ps + margin }, stepPs);
  }
  return range;
}

/** Round moments, at least `minSpacingPx` apart, labelled with as many digits as their spacing needs. */
export function ticksOf(scale: TimeScale, minSpacingPx: number, unit: AxisUnit): readonly Tick[] {
  const psPerUnit = unit.kind === 'time' ? 1 : PICOSECONDS_PER_SECOND / unit.clockHz;
  const smallest = unit.kind === 'time' ? 1 : psPerUnit;
  const stepPs = Math.max(smallest, roundStep(minSpacingPx / scale.pxPerPs / psPerUnit) * psPerUnit);
  const ticks: Tick[] = [];
  const first = Math.ceil(scale.range.startPs / stepPs);
  for (let index = first; index * stepPs < scale.range.endPs; index += 1) {
    const ps = index * stepPs;
    const label =
      unit.kind === 'time'
        ? formatMoment(ps, stepPs, scale.range.endPs)
        : formatCount(Math.round(ps / psPerUnit));
    ticks.push({ ps, x: scale.toPx(ps), label });
  }
  return ticks;
}

/** The smallest of 1, 2, 5, 10, 20, … that is not below `value`. */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const mantissa = value / power;
  // A hair of slack: 5 may arrive as 5.000000001.
  for (const candidate of [1, 2, 5]) if (mantissa <= candidate * (1 + 1e-9)) return candidate * power;
  return 10 * power;
}

const TIME_UNITS = [
  { name: 's', ps: 1e12 },
  { name: 'ms', ps: 1e9 },
  { name: 'us', ps: 1e6 },
  { name: 'ns', ps: 1e3 },
  { name: 'ps', ps: 1 },
] as const;

/**
 * A moment with the digits that tell it from others `resolutionPs` away: 2964821300000, 1e6 -> `2.964821 s`.
 * The unit follows `largestPs` so that all labels of an axis share it.
 */
export function formatMoment(ps: number, resolutionPs: number, largestPs = ps): string {
  const unit = TIME_UNITS.find((candidate) => Math.abs(largestPs) >= candidate.ps) ?? TIME_UNITS[4];
  const digits = Math.max(0, Math.ceil(Math.log10(unit.ps / Math.max(1, resolutionPs)) - 1e-9));
  return `${(ps / unit.ps).toFixed(digits)}${THIN_SPACE}${unit.name}`;
}

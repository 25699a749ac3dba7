import { formatCount } from '../base/format-quantity.ts';
import { PICOSECONDS_PER_SECOND } from '../base/time.ts';

/** How fast time goes by while playing: what is visible in a set time at any zoom, or so many cycles a second. */
export type PlayRate =
  | { readonly kind: 'view' }
  | { readonly kind: 'cycles'; readonly cyclesPerSecond: number };

export const VIEW_RATE: PlayRate = { kind: 'view' };

/** What is visible goes by in this time, at any zoom. */
const SECONDS_PER_VIEW = 12;
const MAX_CYCLES_PER_SECOND = 1e12;

/** From one cycle a second, which the eye follows, upwards. */
export const CYCLE_RATES = [1, 4, 10, 40, 100, 1000, 10_000, 100_000, 1_000_000] as const;

/** Picoseconds of the step that pass in one second of watching. */
export function playedPsPerSecond(rate: PlayRate, visiblePs: number, clockHz: number): number {
  return rate.kind === 'view'
    ? visiblePs / SECONDS_PER_VIEW
    : (rate.cyclesPerSecond * PICOSECONDS_PER_SECOND) / clockHz;
}

/** The next faster or slower rate of the list; beyond the fastest of them the whole view goes by. */
export function neighbouringRate(rate: PlayRate, direction: 1 | -1): PlayRate {
  const rates = [...CYCLE_RATES];
  if (rate.kind === 'view') return direction === 1 ? rate : cycleRate(rates[rates.length - 1]);
  const { cyclesPerSecond } = rate;
  const found =
    direction === 1
      ? rates.find((each) => each > cyclesPerSecond)
      : rates.findLast((each) => each < cyclesPerSecond);
  if (found !== undefined) return cycleRate(found);
  return direction === 1 ? VIEW_RATE : rate;
}

/** `100`, `100 cycles/s` or `view`; `undefined` for anything else. */
export function parsePlayRate(text: string): PlayRate | undefined {
  const trimmed = text.trim().toLowerCase();
  if (/^(whole )?view\b/.test(trimmed)) return VIEW_RATE;
  const [, digits] = /^(\d[\d,_\s]*?)\s*(?:cycles?(?:\s*\/\s*s| a second)?)?$/.exec(trimmed) ?? [];
  if (digits === undefined) return undefined;
  const cyclesPerSecond = Number(digits.replace(/[,_\s]/g, ''));
  const inRange = cyclesPerSecond >= 1 && cyclesPerSecond <= MAX_CYCLES_PER_SECOND;
  return inRange ? cycleRate(cyclesPerSecond) : undefined;
}

export function playRateText(rate: PlayRate): string {
  if (rate.kind === 'view') return `view in ${SECONDS_PER_VIEW} s`;
  return `${formatCount(rate.cyclesPerSecond)} ${rate.cyclesPerSecond === 1 ? 'cycle' : 'cycles'}/s`;
}

function cycleRate(cyclesPerSecond: number): PlayRate {
  return { kind: 'cycles', cyclesPerSecond };
}

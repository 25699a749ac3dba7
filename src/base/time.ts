import { InputError } from './result.ts';

/**
 * The timeline counts integer picoseconds (2^53 ps is 2.5 hours). Seconds and cycles are converted once
 * per operation and rounded up, so that nothing becomes faster by rounding.
 */
export const PICOSECONDS_PER_SECOND = 1e12;

/** A rate times a whole number often lands 1e-16 above an integer: do not round that up to the next. */
const ROUNDING_SLACK = 1e-9;

export function picosecondsFromSeconds(seconds: number): number {
  return checkTimelineFits(Math.ceil(seconds * PICOSECONDS_PER_SECOND - ROUNDING_SLACK));
}

/** The same time, or an `InputError`: only a workload or a chip beyond all measure takes so long. */
export function checkTimelineFits(picoseconds: number): number {
  if (Number.isSafeInteger(picoseconds)) return picoseconds;
  const limit = Math.floor(Number.MAX_SAFE_INTEGER / PICOSECONDS_PER_SECOND);
  const found = (picoseconds / PICOSECONDS_PER_SECOND).toPrecision(3);
  throw new InputError('time', `expected at most ${limit} s on the timeline, found ${found} s`);
}

export function picosecondsFromCycles(cycles: number, clockHz: number): number {
  return picosecondsFromSeconds(cycles / clockHz);
}

/** Time for `bytes` at `bytesPerSecond`. */
export function picosecondsFromBytes(bytes: number, bytesPerSecond: number): number {
  return bytes === 0 ? 0 : picosecondsFromSeconds(bytes / bytesPerSecond);
}

export function secondsFromPicoseconds(picoseconds: number): number {
  return picoseconds / PICOSECONDS_PER_SECOND;
}

import { err, InputError, ok, type Result } from '../base/result.ts';

const PS_PER_UNIT: Readonly<Record<string, number>> = {
  s: 1e12,
  ms: 1e9,
  us: 1e6,
  µs: 1e6,
  μs: 1e6,
  ns: 1e3,
  ps: 1,
};

const EXAMPLES = 'expected a time such as "2.96 ms", or a cycle such as "1,184,402"';

/**
 * A moment as people type it, in picoseconds: `2.96 ms`, `41 %` of the step, `cycle 1,184,402` or the bare
 * number of a cycle. A cycle is the moment at which it begins.
 */
export function parseMoment(text: string, clockHz: number, stepPs: number): Result<number> {
  const match = /^(?:cycle)?\s*([\d,_.]+(?:e[+-]?\d+)?)\s*(\S*)$/i.exec(text.trim().slice(0, 60));
  const value = Number((match?.[1] ?? '').replaceAll(/[,_]/g, '') || Number.NaN);
  const unit = (match?.[2] ?? '').toLowerCase();
  if (!Number.isFinite(value)) return refuse(EXAMPLES, text);
  const ps = picoseconds(value, unit, clockHz, stepPs);
  if (ps === undefined) return refuse(EXAMPLES, text);
  if (ps > stepPs) return refuse(`expected a moment within the step, which takes ${stepPs / 1e12} s`, text);
  return ok(ps);
}

function picoseconds(value: number, unit: string, clockHz: number, stepPs: number): number | undefined {
  if (unit === '' || unit === 'cycle' || unit === 'cycles') return (value / clockHz) * 1e12;
  if (unit === '%') return (value / 100) * stepPs;
  const factor = PS_PER_UNIT[unit];
  return factor === undefined ? undefined : value * factor;
}

function refuse(problem: string, text: string): Result<never> {
  return err(new InputError('time', `${problem}, found "${text.slice(0, 40)}"`));
}

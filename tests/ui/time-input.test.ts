import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/ui/time-input.ts';

const CLOCK_HZ = 1.75e9;
const STEP_PS = 5.97e12;

describe('a moment as people type it', () => {
  it.each([
    ['2.96 ms', 2.96e9],
    ['2.96ms', 2.96e9],
    ['413 us', 413e6],
    ['413 µs', 413e6],
    ['1 s', 1e12],
    ['7 ps', 7],
    ['50 %', STEP_PS / 2],
    ['1,750', 1e6],
    ['cycle 1,750', 1e6],
    ['1750 cycles', 1e6],
    ['1e3', (1e3 / CLOCK_HZ) * 1e12],
  ])('%s', (text, expected) => {
    const moment = parseMoment(text, CLOCK_HZ, STEP_PS);
    expect(moment.ok).toBe(true);
    if (moment.ok) expect(moment.value).toBeCloseTo(expected, 3);
  });

  it.each(['', 'soon', '-1 ms', 'NaN', 'Infinity', '1e308 s', '3 parsecs', '6 s', '<b>1</b>'])(
    'refuses "%s"',
    (text) => {
      const moment = parseMoment(text, CLOCK_HZ, STEP_PS);
      expect(moment.ok).toBe(false);
      if (!moment.ok) expect(moment.error.message).toContain('expected');
    },
  );
});

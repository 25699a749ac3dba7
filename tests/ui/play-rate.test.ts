import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CYCLE_RATES,
  neighbouringRate,
  type PlayRate,
  parsePlayRate,
  playedPsPerSecond,
  playRateText,
  VIEW_RATE,
} from '../../src/ui/play-rate.ts';

const cycles = (cyclesPerSecond: number): PlayRate => ({ kind: 'cycles', cyclesPerSecond });

describe('playing speed', () => {
  it('is cycles of the clock, or a part of what is visible', () => {
    expect(playedPsPerSecond(cycles(1), 12e12, 1e9)).toBe(1000);
    expect(playedPsPerSecond(VIEW_RATE, 12e12, 1e9)).toBe(1e12);
  });

  it('goes up and down the list and stops at its ends', () => {
    const up: PlayRate[] = [cycles(1)];
    for (let step = 0; step <= CYCLE_RATES.length; step++) up.push(neighbouringRate(up[step], 1));
    expect(up).toEqual([...CYCLE_RATES.map(cycles), VIEW_RATE, VIEW_RATE]);
    expect(neighbouringRate(cycles(1), -1)).toEqual(cycles(1));
    expect(neighbouringRate(VIEW_RATE, -1)).toEqual(cycles(1_000_000));
  });

  it('is read as it is written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000_000 }), (rate) => {
        expect(parsePlayRate(playRateText(cycles(rate)))).toEqual(cycles(rate));
      }),
    );
    expect(parsePlayRate(playRateText(VIEW_RATE))).toEqual(VIEW_RATE);
    expect(parsePlayRate(' 250 ')).toEqual(cycles(250));
  });

  it.each(['', '0', '-5', 'fast', '1e3', '5 ms', '99999999999999999'])('refuses "%s"', (text) => {
    expect(parsePlayRate(text)).toBeUndefined();
  });
});

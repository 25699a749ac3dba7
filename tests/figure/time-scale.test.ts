import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clampRange,
  createTimeScale,
  formatMoment,
  MIN_SPAN_PS,
  panRange,
  revealInRange,
  ticksOf,
  zoomRange,
} from '../../src/figure/time-scale.ts';

const STEP_PS = 5.97e12;

describe('time scale', () => {
  it('turns picoseconds into pixels and back, also at the end of a long step', () => {
    const scale = createTimeScale({ startPs: STEP_PS - 10_000, endPs: STEP_PS }, 1000);
    expect(scale.toPx(STEP_PS - 5_000)).toBe(500);
    expect(scale.toPs(500)).toBe(STEP_PS - 5_000);
  });

  it('zooms from the whole step to a cycle without moving the anchor on screen', () => {
    const anchorPs = 2_964_821_300_000;
    let range = { startPs: 0, endPs: STEP_PS };
    const share = anchorPs / STEP_PS;
    for (let i = 0; i < 60; i += 1) {
      range = zoomRange(range, 0.7, anchorPs, STEP_PS);
      const now = (anchorPs - range.startPs) / (range.endPs - range.startPs);
      expect(Math.abs(now - share)).toBeLessThan(1e-3);
    }
    expect(range.endPs - range.startPs).toBeCloseTo(MIN_SPAN_PS, 0);
  });

  it('never leaves the step, whatever is asked', () => {
    const anyRange = fc.record({
      startPs: fc.double({ min: -1e13, max: 1e13, noNaN: true }),
      length: fc.double({ min: 1, max: 1e13, noNaN: true }),
    });
    fc.assert(
      fc.property(
        anyRange,
        fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
        fc.double({ min: -10, max: 10, noNaN: true }),
        (asked, factor, share) => {
          const range = clampRange({ startPs: asked.startPs, endPs: asked.startPs + asked.length }, STEP_PS);
          const zoomed = zoomRange(range, factor, range.startPs, STEP_PS);
          const panned = panRange(zoomed, share, STEP_PS);
          for (const each of [range, zoomed, panned]) {
            expect(each.startPs).toBeGreaterThanOrEqual(0);
            expect(each.endPs).toBeLessThanOrEqual(STEP_PS * (1 + 1e-12));
            expect(each.endPs).toBeGreaterThan(each.startPs);
          }
        },
      ),
    );
  });

  it('scrolls only as far as needed to show a moment', () => {
    const range = { startPs: 1000, endPs: 11_000 };
    expect(revealInRange(range, 5_000, 1e6)).toBe(range);
    const moved = revealInRange(range, 20_000, 1e6);
    expect(moved.endPs).toBe(20_800);
    expect(moved.endPs - moved.startPs).toBe(10_000);
  });

  it('labels neighbouring ticks apart at every zoom', () => {
    fc.assert(
      fc.property(fc.double({ min: 3.7, max: 12.7, noNaN: true }), (exponent) => {
        const span = 10 ** exponent;
        const scale = createTimeScale(clampRange({ startPs: 2.9e12, endPs: 2.9e12 + span }, STEP_PS), 1200);
        const labels = ticksOf(scale, 110, { kind: 'time' }).map((tick) => tick.label);
        expect(labels.length).toBeGreaterThan(1);
        expect(labels.length).toBeLessThan(13);
        expect(new Set(labels).size).toBe(labels.length);
      }),
    );
  });

  it('counts whole cycles when asked', () => {
    const clockHz = 1.75e9;
    const scale = createTimeScale({ startPs: 0, endPs: 10_000 }, 1000);
    const ticks = ticksOf(scale, 100, { kind: 'cycles', clockHz });
    expect(ticks.map((tick) => tick.label).slice(0, 3)).toEqual(['0', '2', '4']);
    expect(ticks[1]?.x).toBeCloseTo(((2 / clockHz) * 1e12 * 1000) / 10_000, 6);
  });

  it('writes a moment with as many digits as its neighbours need', () => {
    expect(formatMoment(2_964_821_300_000, 1e6)).toBe('2.964821\u2009s');
    expect(formatMoment(2_960_000_000, 1e7)).toBe('2.96\u2009ms');
    expect(formatMoment(0, 1e9, 5e9)).toBe('0\u2009ms');
  });
});

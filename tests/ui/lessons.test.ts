import { describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import type { MatmulDetail, RunReport } from '../../src/machine/report.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { LESSONS } from '../../src/ui/places/lessons.ts';

function reportOf(title: string): RunReport {
  const lesson = assertDefined(
    LESSONS.find((each) => each.title === title),
    title,
  );
  return createEvaluator().evaluate(lesson.scenario);
}

function matmulOf(report: RunReport): MatmulDetail {
  const detail = report.ops.map((op) => op.detail).find((each) => each.kind === 'matmul');
  return assertDefined(detail, 'a matrix product');
}

describe('what lessons promise is there to see', () => {
  it('a wavefront crosses the array: filling and draining take time', () => {
    const { breakdown } = reportOf('A wavefront crosses the array');
    expect(breakdown.idlePs['fill-drain']).toBeGreaterThan(0);
  });

  it('ragged tiles multiply padding', () => {
    const report = reportOf('Ragged tiles multiply padding');
    expect(matmulOf(report).mappingEfficiency).toBeLessThan(0.9);
    expect(report.breakdown.idlePs.padding).toBeGreaterThan(0);
  });

  it('a thin matrix waits for memory', () => {
    const report = reportOf('A thin matrix waits for memory');
    expect(report.bound).toBe('memory');
    expect(report.breakdown.idlePs.hbm).toBeGreaterThan(report.breakdown.usefulPs);
  });

  it('sixty-four chips train one model, over their links', () => {
    const report = reportOf('Sixty-four chips train one model');
    expect(report.slice.chips).toBe(64);
    expect(report.ops.some((op) => op.detail.kind === 'collective')).toBe(true);
  });
});

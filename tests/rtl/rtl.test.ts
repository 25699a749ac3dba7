import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { INTEGER_ARITHMETIC, operandSource } from '../../src/array/operands.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { arrayValues } from '../../src/array/values.ts';
import { type ArrayCase, int8Operands, SAMPLED_CASES } from '../array/arbitrary-cases.ts';
import { hasIcarus, runRtl } from './run-rtl.ts';

/** Traces that Icarus Verilog printed: recorded anew by a run with SYSTOLE_RECORD_RTL=1. */
const TRACES = new URL('traces.txt.gz', import.meta.url);
const RECORD = process.env.SYSTOLE_RECORD_RTL === '1';
const MAX_CYCLES = 160; // longer traces say no more and fill the repository
const CASES = SAMPLED_CASES.filter(
  ({ config, gemm }) => config.rowsPerCycle === 1 && scheduleOf(config, gemm).cycles <= MAX_CYCLES,
).slice(0, 60);
/** The left edge of an array of one row has no skew to get wrong. */
const CONTROL_CASES = CASES.filter(({ config }) => config.rows > 1).slice(0, 6);
const WRONG_SKEW = 2;

const simulate = hasIcarus();
const source = simulate
  ? 'RTL run by Icarus Verilog'
  : 'RTL traces recorded from Icarus Verilog (it is not installed here)';
const recorded = RECORD ? new Map<string, string>() : readTraces();

describe(`array model against ${source}`, () => {
  if (!simulate) console.warn(`Icarus Verilog is not installed: comparing with recorded register traces`);

  it('covers all dataflows, with and without double buffering', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(50);
    const kinds = new Set(CASES.map(({ config }) => `${config.dataflow} ${config.doubleBuffered}`));
    expect(kinds.size).toBe(6);
  });

  it.each(CASES.map((testCase, index) => [nameOf(testCase), testCase, index] as const))(
    'agrees on every register after every clock edge, %s',
    (_, testCase, index) => {
      const trace = traceOf(testCase, index, 1);
      expect(trace).toBe(modelTrace(testCase));
    },
  );

  it.each(CONTROL_CASES.map((testCase) => [nameOf(testCase), testCase] as const))(
    'catches a wrong skew, %s',
    (_, testCase) => {
      const faulty = traceOf(testCase, CASES.indexOf(testCase), WRONG_SKEW);
      expect(faulty.length).toBeGreaterThan(0);
      expect(faulty).not.toBe(modelTrace(testCase));
    },
  );

  it('has recorded traces of the RTL as it is', () => {
    if (RECORD) writeFileSync(TRACES, gzipSync(JSON.stringify(Object.fromEntries(recorded)), { level: 9 }));
    expect(readTraces().size).toBe(CASES.length + CONTROL_CASES.length);
  });
});

/** Simulates where it can, and then holds the recorded trace to it. */
function traceOf(testCase: ArrayCase, index: number, skewStep: number): string {
  const key = `${index} skew ${skewStep} ${JSON.stringify(testCase)}`;
  if (!simulate) return recorded.get(key) ?? `no trace of ${key}`;
  const trace = runRtl(testCase, scheduleOf(testCase.config, testCase.gemm).cycles, skewStep);
  if (RECORD) recorded.set(key, trace);
  expect(recorded.get(key), 'recorded trace').toBe(trace);
  return trace;
}

function readTraces(): Map<string, string> {
  return new Map(
    Object.entries(JSON.parse(gunzipSync(readFileSync(TRACES)).toString()) as Record<string, string>),
  );
}

/** What the RTL should print: from the closed form, cycle by cycle. */
function modelTrace({ config, gemm, seed }: ArrayCase): string {
  const operands = operandSource(gemm, int8Operands(gemm, seed));
  const { cycles } = scheduleOf(config, gemm);
  const lines: string[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const state = arrayStateAt(config, gemm, cycle);
    const { operand, weight, shadow, sum } = arrayValues(config, gemm, state, operands, INTEGER_ARITHMETIC);
    const pes = Array.from(state.fold, (fold, index) => {
      const valid = fold >= 0 ? 1 : 0;
      return `${valid} ${operand[index]} ${weight[index]} ${shadow[index]} ${sum[index]};`;
    });
    lines.push(`${pes.join('')}\n`);
  }
  return lines.join('');
}

function nameOf({ config, gemm }: ArrayCase): string {
  const buffers = config.doubleBuffered ? 'double' : 'single';
  return `${config.rows}x${config.columns} ${config.dataflow} ${buffers} ${gemm.m}x${gemm.k}x${gemm.n}`;
}

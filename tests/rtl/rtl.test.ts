import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { loadCyclesOf, repeatsOf } from '../../src/array/config.ts';
import { INTEGER_ARITHMETIC, operandSource } from '../../src/array/operands.ts';
import { scheduleOf } from '../../src/array/schedule.ts';
import { arrayStateAt } from '../../src/array/state.ts';
import { arrayValues } from '../../src/array/values.ts';
import {
  type ArrayCase,
  int8Operands,
  SAMPLED_CASES,
  SAMPLED_ENTRIES,
  SAMPLED_SEQUENCES,
  SAMPLED_STRETCHES,
} from '../array/arbitrary-cases.ts';
import { ENTRY_FAULTS, type Fault, hasIcarus, runRtl } from './run-rtl.ts';

/** Traces that Icarus Verilog printed: recorded anew by a run with SYSTOLE_RECORD_RTL=1. */
const TRACES = new URL('traces.txt.gz', import.meta.url);
const RECORD = process.env.SYSTOLE_RECORD_RTL === '1';
const MAX_CYCLES = 96; // longer traces say no more and fill the repository
/** `perKind` cases of every kind: if left out, of every dataflow, with and without double buffering. */
function chosen(cases: readonly ArrayCase[], perKind: number, kind = kindOf): ArrayCase[] {
  const short = cases.filter(({ config, gemm }) => scheduleOf(config, gemm).cycles <= MAX_CYCLES);
  const kinds = [...new Set(short.map(kind))].sort();
  return kinds.flatMap((one) => short.filter((testCase) => kind(testCase) === one).slice(0, perKind));
}

const SINGLE_LANE = chosen(
  SAMPLED_CASES.filter(({ config }) => config.rowsPerCycle === 1),
  8,
);
const SEVERAL_LANES = chosen(
  SAMPLED_CASES.filter(({ config }) => config.rowsPerCycle > 1),
  6,
);
/** Several GEMMs back to back, on one lane and on several. */
const SEQUENCES = chosen(SAMPLED_SEQUENCES, 8);
/** Weights that enter a column at several points, the tops of stretches of rows. */
const STRETCHES = chosen(SAMPLED_STRETCHES, 1, (testCase) => `${kindOf(testCase)}, ${stretchesOf(testCase)}`);
const ENTRIES = [
  ...STRETCHES,
  // And at every row.
  ...chosen(
    SAMPLED_ENTRIES.filter(({ config }) => {
      return config.dataflow !== 'os' && config.rows > 1 && loadCyclesOf(config) === 1;
    }),
    1,
  ),
];
const CASES = [...SINGLE_LANE, ...SEVERAL_LANES, ...SEQUENCES, ...ENTRIES];

/** The left edge of an array of one row has no skew to get wrong. */
const WRONG_SKEWS = chosen(
  CASES.filter(({ config }) => config.rows > 1),
  2,
);
/** Lanes that take stretches instead of turns differ only where there are several turns. */
const WRONG_LANES = chosen(
  SEVERAL_LANES.filter(({ config, gemm }) => {
    const turns = config.dataflow === 'os' ? config.rows : scheduleOf(config, gemm).waves;
    return turns > 1 && (config.dataflow === 'is' ? gemm.n : gemm.m) > config.rowsPerCycle;
  }),
  2,
);
/** Weights below the top stretch must be real ones. */
const WRONG_ENTRIES = chosen(
  STRETCHES.filter(({ config, gemm }) => gemm.k > loadCyclesOf(config)),
  2,
);
const CONTROLS = [
  ...WRONG_SKEWS.map((testCase) => ['skew', testCase] as const),
  ...WRONG_LANES.map((testCase) => ['lanes', testCase] as const),
  ...ENTRY_FAULTS.flatMap((fault) => WRONG_ENTRIES.map((testCase) => [fault, testCase] as const)),
];

const simulate = hasIcarus();
const source = simulate
  ? 'RTL run by Icarus Verilog'
  : 'RTL traces recorded from Icarus Verilog (it is not installed here)';
const recorded = RECORD ? new Map<string, string>() : readTraces();

describe(`array model against ${source}`, () => {
  if (!simulate) console.warn(`Icarus Verilog is not installed: comparing with recorded register traces`);

  it.each([
    ['single GEMMs on one lane', SINGLE_LANE],
    ['single GEMMs on several lanes', SEVERAL_LANES],
    ['sequences', SEQUENCES],
    ['controls of the skew', WRONG_SKEWS],
    ['controls of the lanes', WRONG_LANES],
  ])('covers all dataflows, with and without double buffering: %s', (_, cases) => {
    expect(new Set(cases.map(kindOf)).size).toBe(6);
  });

  it('covers weights that enter at 2, 3 and 4 rows a cycle, stretches that are shorter, lanes and sequences', () => {
    expect(new Set(STRETCHES.map((testCase) => `${kindOf(testCase)}, ${stretchesOf(testCase)}`)).size).toBe(
      24,
    );
    expect(new Set(WRONG_ENTRIES.map(kindOf)).size).toBe(4);
    expect(ENTRIES.filter(({ config }) => config.rowsPerCycle > 1).length).toBeGreaterThan(8);
    expect(ENTRIES.filter(({ gemm }) => repeatsOf(gemm) > 1).length).toBeGreaterThan(8);
  });

  it.each(CASES.map((testCase) => [nameOf(testCase), testCase] as const))(
    'agrees on every register after every clock edge, %s',
    (_, testCase) => {
      expect(traceOf(testCase, 'none')).toBe(modelTrace(testCase));
    },
  );

  it.each(CONTROLS.map(([fault, testCase]) => [fault, nameOf(testCase), testCase] as const))(
    'catches a fault of the %s, %s',
    (fault, _, testCase) => {
      const faulty = traceOf(testCase, fault);
      expect(faulty.length).toBeGreaterThan(0);
      expect(faulty).not.toBe(modelTrace(testCase));
    },
  );

  it('has recorded traces of the RTL as it is', () => {
    if (RECORD) writeFileSync(TRACES, gzipSync(JSON.stringify(Object.fromEntries(recorded)), { level: 9 }));
    expect(readTraces().size).toBe(CASES.length + CONTROLS.length);
  });
});

/** Simulates where it can, and then holds the recorded trace to it. */
function traceOf(testCase: ArrayCase, fault: Fault): string {
  const key = `fault ${fault} ${JSON.stringify(testCase)}`;
  if (!simulate) return recorded.get(key) ?? `no trace of ${key}`;
  const trace = runRtl(testCase, scheduleOf(testCase.config, testCase.gemm).cycles, fault);
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
    const lanes = Array.from({ length: config.rowsPerCycle }, (_, lane) =>
      arrayValues(config, gemm, state, operands, INTEGER_ARITHMETIC, lane),
    );
    const pes = Array.from(state.fold, (fold, index) => {
      const valid = fold >= 0 ? 1 : 0;
      return lanes
        .map(({ operand, weight, shadow, sum }) => {
          return `${valid} ${operand[index]} ${weight[index]} ${shadow[index]} ${sum[index]};`;
        })
        .join('');
    });
    lines.push(`${pes.join('')}\n`);
  }
  return lines.join('');
}

function kindOf({ config }: ArrayCase): string {
  return `${config.dataflow} ${config.doubleBuffered ? 'double' : 'single'}`;
}

/** Rows of weights that enter a column each cycle, and whether its last stretch has fewer rows than the others. */
function stretchesOf({ config }: ArrayCase): string {
  const last = config.rows % loadCyclesOf(config) > 0 ? 'shorter' : 'as long';
  return `${config.loadRowsPerCycle} rows loaded a cycle, last stretch ${last}`;
}

function nameOf(testCase: ArrayCase): string {
  const { config, gemm } = testCase;
  const { rows, columns, rowsPerCycle, loadRowsPerCycle = 1 } = config;
  const array = `${rows}x${columns} ${kindOf(testCase)}, lanes ${rowsPerCycle}, ${loadRowsPerCycle} rows loaded a cycle`;
  return `${array}, ${repeatsOf(gemm)} x ${gemm.m}x${gemm.k}x${gemm.n}`;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repeatsOf } from '../../src/array/config.ts';
import { type ArrayCase, int8Operands } from '../array/arbitrary-cases.ts';

const SOURCES = [
  'skew',
  'pe_stationary',
  'pe_output_stationary',
  'sequencer_stationary',
  'sequencer_output_stationary',
  'array_stationary',
  'array_output_stationary',
  'trace_stationary',
  'trace_output_stationary',
].map((name) => fileURLToPath(new URL(`${name}.sv`, import.meta.url)));

/** Whether Icarus Verilog is on the path. */
export function hasIcarus(): boolean {
  try {
    execFileSync('iverilog', ['-V'], { stdio: 'ignore' });
    execFileSync('vvp', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/**
 * What is wrong with the array: a row is fed two cycles after the row above instead of one (`skew`), or the
 * lanes take stretches of the streamed vectors instead of taking turns (`lanes`). Of the points where weights
 * enter a column: all load at once (`entry skew`), those below the top load a cycle late (`late entry`), or
 * there is none but the top (`top entry only`).
 */
export type Fault = 'none' | 'skew' | 'lanes' | EntryFault;
export const ENTRY_FAULTS = ['entry skew', 'late entry', 'top entry only'] as const;
type EntryFault = (typeof ENTRY_FAULTS)[number];

/**
 * Simulates a case for `cycles` clock edges. One line a cycle; a lane of a PE is "valid operand weight shadow
 * sum" and ends with ';', PEs follow each other row by row.
 */
export function runRtl({ config, gemm, seed }: ArrayCase, cycles: number, fault: Fault): string {
  const folder = mkdtempSync(join(tmpdir(), 'systole-rtl-'));
  try {
    const { a, b } = int8Operands(gemm, seed);
    const aFile = join(folder, 'a.hex');
    const bFile = join(folder, 'b.hex');
    writeFileSync(aFile, hexLines(a));
    writeFileSync(bFile, hexLines(b));
    const top = config.dataflow === 'os' ? 'trace_output_stationary' : 'trace_stationary';
    const parameters = {
      ROWS: config.rows,
      COLUMNS: config.columns,
      DOUBLE_BUFFERED: config.doubleBuffered ? 1 : 0,
      M: gemm.m,
      K: gemm.k,
      N: gemm.n,
      REPEATS: repeatsOf(gemm),
      LANES: config.rowsPerCycle,
      SKEW_STEP: fault === 'skew' ? 2 : 1,
      LANES_TAKE_TURNS: fault === 'lanes' ? 0 : 1,
      CYCLES: cycles,
      ...(config.dataflow !== 'os' && {
        INPUT_STATIONARY: config.dataflow === 'is' ? 1 : 0,
        LOAD_ROWS_PER_CYCLE: config.loadRowsPerCycle ?? 1,
        ENTRY_SKEW_STEP: fault === 'entry skew' ? 0 : 1,
        ENTRY_LATE: fault === 'late entry' ? 1 : 0,
        ENTER_BELOW_TOP: fault === 'top entry only' ? 0 : 1,
      }),
    };
    const program = join(folder, 'trace.vvp');
    execFileSync(
      'iverilog',
      [
        '-g2012',
        ...['-s', top],
        ...Object.entries(parameters).map(([name, value]) => `-P${top}.${name}=${value}`),
        ...['-o', program],
        ...SOURCES,
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    return execFileSync('vvp', ['-n', program, `+a=${aFile}`, `+b=${bFile}`], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function hexLines(values: Int8Array): string {
  return [...values].map((value) => (value & 0xff).toString(16).padStart(2, '0')).join('\n');
}

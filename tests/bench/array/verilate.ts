import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { GemmShape } from '../../../src/array/config.ts';

const RTL = fileURLToPath(new URL('../../rtl/', import.meta.url));
const MAIN = fileURLToPath(new URL('bench-main.cpp', import.meta.url));
const CACHE = fileURLToPath(new URL('../../../.cache/bench-array/', import.meta.url));
const SOURCES = ['array_stationary', 'sequencer_stationary', 'skew', 'pe_stationary'].map((name) =>
  join(RTL, `${name}.sv`),
);

/**
 * Builds the RTL array with Verilator, optimised for speed, or finds the build of an earlier run: 32x32 take a
 * minute, 64x64 a few. `undefined` where Verilator is not installed.
 */
export function verilatedArray(size: number, gemm: GemmShape): string | undefined {
  try {
    execFileSync('verilator', ['--version'], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  const folder = join(CACHE, `${size}-${gemm.m}-${gemm.k}-${gemm.n}`);
  const program = join(folder, 'Varray_stationary');
  const newest = Math.max(...[MAIN, ...SOURCES].map((file) => statSync(file).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const parameters = { ROWS: size, COLUMNS: size, M: gemm.m, K: gemm.k, N: gemm.n };
  const constants = { BENCH_SIZE: size, BENCH_M: gemm.m, BENCH_K: gemm.k, BENCH_N: gemm.n };
  execFileSync(
    'verilator',
    [
      ...['-Wno-fatal', '-Wno-lint', '-O3', '--x-assign', 'fast', '--x-initial', 'fast', '--noassert'],
      // In one piece, 64x64 PEs take the C++ compiler most of an hour; in pieces they run as fast.
      ...['--output-split', '20000', '--output-split-cfuncs', '2000'],
      ...['--cc', '--exe', '--build', '-j', '2', '-MAKEFLAGS', "OPT_FAST='-O3 -march=native'"],
      ...[
        '-CFLAGS',
        Object.entries(constants)
          .map(([name, value]) => `-D${name}=${value}`)
          .join(' '),
      ],
      ...['--top-module', 'array_stationary'],
      ...Object.entries(parameters).map(([name, value]) => `-G${name}=${value}`),
      ...['--Mdir', folder, MAIN, ...SOURCES],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return program;
}

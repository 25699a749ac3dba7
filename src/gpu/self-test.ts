import type { Progress } from '../base/progress.ts';
import { matmulReference } from '../numerics/matmul-reference.ts';
import type { MatmulRequest, MatmulValues } from '../numerics/matmul-request.ts';
import type { SelfTestCase } from './self-test-cases.ts';

/** What the badge in the page says. */
export interface SelfTestVerdict {
  /**
   * - `bit-exact`: every kernel tested, the fast ones included, gave the reference's bits.
   * - `differs`: some kernel did not and is not used; `kernels` says what is used instead.
   * - `no-adapter`: there is no WebGPU here; the CPU computes.
   */
  readonly status: 'bit-exact' | 'differs' | 'no-adapter';
  /** The adapter, or why there is none. */
  readonly adapter: string;
  /** What computes bf16 with numbers in the normal range, bf16 with any numbers, and int8. */
  readonly kernels: { readonly bf16: string; readonly bf16Special: string; readonly int8: string };
  /** Comparisons made: one per kernel and case. */
  readonly cases: number;
  readonly firstDifference?: Difference;
}

export interface Difference {
  readonly kernel: string;
  readonly caseName: string;
  readonly row: number;
  readonly column: number;
  /** Bit patterns of the two results, as hexadecimal; what went wrong where there is none. */
  readonly expected: string;
  readonly found: string;
}

/** Runs `cases` through `run` and returns the first element that is not the reference's, bit for bit. */
export async function firstDifference(
  kernel: string,
  cases: readonly SelfTestCase[],
  run: (request: MatmulRequest) => Promise<MatmulValues>,
  progress: Progress,
): Promise<Difference | undefined> {
  for (const [index, { name, request }] of cases.entries()) {
    progress.throwIfCancelled();
    progress.report(index / cases.length, `testing ${kernel}: ${name}`);
    const expected = bitsOf(matmulReference(request));
    const found = bitsOf(await run(request));
    const at = expected.findIndex((bits, place) => bits !== found[place]);
    if (at >= 0) {
      return {
        kernel,
        caseName: name,
        row: Math.floor(at / request.n),
        column: at % request.n,
        expected: hexadecimal(expected[at]),
        found: hexadecimal(found[at]),
      };
    }
  }
  return undefined;
}

/** What stands for a difference when a kernel gave no result to compare. */
export function failedToRun(kernel: string, message: string): Difference {
  return { kernel, caseName: 'running at all', row: 0, column: 0, expected: 'a result', found: message };
}

/** One sentence for people. */
export function describeVerdict(verdict: SelfTestVerdict): string {
  switch (verdict.status) {
    case 'bit-exact':
      return `Bit-exact on this adapter (${verdict.adapter}): ${verdict.cases} adversarial cases equal the reference.`;
    case 'no-adapter':
      return `No GPU: ${verdict.adapter}. The CPU computes the same bits.`;
    case 'differs': {
      const { bf16, bf16Special } = verdict.kernels;
      return `A kernel differs on this adapter (${verdict.adapter}) and is not used: ${bf16} computes, ${bf16Special} where subnormals, infinities or NaN occur.`;
    }
  }
}

function bitsOf(values: MatmulValues): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

function hexadecimal(bits: number | undefined): string {
  return bits === undefined ? 'nothing' : `0x${bits.toString(16).padStart(8, '0')}`;
}

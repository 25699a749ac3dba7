import { arrayMomentAt } from '../../figure/array-moment.ts';
import type { TimelineIndex } from '../../figure/timeline-index.ts';
import type { Dtype } from '../../hardware/chip.ts';
import type { MatmulDetail, RunReport } from '../../machine/report.ts';
import { ACCUMULATIONS, type AccumulationId, suitsDtype } from '../../numerics/accumulation.ts';
import { DTYPE_TRAITS, type MatmulDtype } from '../../numerics/dtypes.ts';
import type { NumericsPick, NumericsRequest } from '../../worker/numerics-trial.ts';

export const ACCUMULATION_NAMES: Readonly<Record<AccumulationId, string>> = {
  sequential: 'sequential in each pass',
  'groups-of-four': 'groups of four, one rounding',
  'pairwise-tree': 'pairwise tree',
  'one-chain': 'one chain over all of k',
  'one-chain-toward-zero': 'one chain, toward zero',
  bf16: 'bf16 accumulator',
  fp16: 'fp16 accumulator',
  'aligned-14-bit': 'aligned, 14 bits',
  int32: 'int32',
};

export const ACCUMULATION_IDS = Object.keys(ACCUMULATIONS) as readonly AccumulationId[];

export function accumulationsFor(dtype: MatmulDtype): readonly AccumulationId[] {
  return ACCUMULATION_IDS.filter((id) => suitsDtype(ACCUMULATIONS[id], dtype));
}

export function pickName({ dtype, accumulation }: NumericsPick): string {
  return `${DTYPE_TRAITS[dtype].name}, ${ACCUMULATION_NAMES[accumulation]}`;
}

/** `pick` in another format, with the order of summation kept where it suits. */
export function withDtype({ accumulation }: NumericsPick, dtype: MatmulDtype): NumericsPick {
  const [first = accumulation] = accumulationsFor(dtype);
  return { dtype, accumulation: suitsDtype(ACCUMULATIONS[accumulation], dtype) ? accumulation : first };
}

/** What an op is computed in, and a coarser or finer format to hold against it. */
export function openingPicks(dtype: Dtype): NumericsRequest['picks'] {
  const own: NumericsPick = { dtype: 'bf16', accumulation: 'sequential' };
  switch (dtype) {
    case 'bf16':
      return [own, withDtype(own, 'fp8-e4m3')];
    case 'fp8':
      return [withDtype(own, 'fp8-e4m3'), own];
    case 'int8':
    case 'int4':
      return [withDtype(own, dtype), own];
  }
}

export type MatmulOp = RunReport['ops'][number] & { readonly detail: MatmulDetail };

export function matmulOp(report: RunReport, op: number | undefined): MatmulOp | undefined {
  const found = op === undefined ? undefined : report.ops[op];
  return found?.detail.kind === 'matmul' ? { ...found, detail: found.detail } : undefined;
}

/** The matmul that a user means: the selected one, else the one in the matrix units, else the longest. */
export function meantMatmul(
  index: TimelineIndex,
  selectedOp: number | undefined,
  cursorPs: number,
): number | undefined {
  const { report } = index;
  if (matmulOp(report, selectedOp) !== undefined) return selectedOp;
  const moment = arrayMomentAt(index, cursorPs);
  if (moment.kind === 'running') return moment.op;
  if (moment.kind === 'idle' && moment.next !== undefined) return moment.next;
  const [longest] = report.ops
    .flatMap((op, at) => (op.detail.kind === 'matmul' ? [{ at, ps: op.alonePs * op.repeat }] : []))
    .toSorted((a, b) => b.ps - a.ps);
  return longest?.at;
}

/** The command that prints the same numbers. */
export function commandText({ picks, shape, passRows, seed }: NumericsRequest): string {
  const choices = picks.map(({ dtype, accumulation }) => `${dtype}:${accumulation}`).join(' ');
  return `systole numerics ${choices} -m ${shape.m} -k ${shape.k} -n ${shape.n} --rows ${passRows} --seed ${seed}`;
}

import { MAX_GEMM_EXTENT } from '../../array/config.ts';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { unwrap } from '../../base/result.ts';
import { DTYPES } from '../../hardware/chip.ts';
import { requirePeakFlops } from '../../hardware/peak.ts';
import { createEvaluator } from '../../study/evaluate.ts';
import { resolveChip } from '../../study/resolve-chip.ts';
import { SCENARIO_FORMAT, SCENARIO_VERSION } from '../../study/scenario.ts';
import { summarize } from '../../study/summary.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { labelled } from '../text-table.ts';

/** One matrix product on one chip, memory included. */
export const gemmCommand: Command = {
  name: 'gemm',
  summary: 'a matrix product on one chip: time, bound, utilisation, HBM traffic',
  usage:
    'gemm --chip ID -m M -k K -n N [--dtype bf16|fp8|int8|int4] [--residency cold|warm] [--set path=value]… [--json]',
  run: async (args) => {
    const options = parseOptions(
      args,
      {
        chip: { type: 'string' },
        m: { type: 'string', short: 'm' },
        k: { type: 'string', short: 'k' },
        n: { type: 'string', short: 'n' },
        dtype: { type: 'string' },
        residency: { type: 'string' },
        set: { type: 'string', multiple: true },
      },
      { minimum: 0, maximum: 0, names: '' },
    );
    const extent = { minimum: 1, maximum: MAX_GEMM_EXTENT };
    const chipChoice = { chip: options.requiredText('chip'), set: [...options.texts('set')] };
    const chip = unwrap(resolveChip(chipChoice));
    const dtype = options.choice('dtype', DTYPES) ?? 'bf16';
    requirePeakFlops(chip, dtype, '--dtype');
    const report = createEvaluator().evaluate({
      format: SCENARIO_FORMAT,
      version: SCENARIO_VERSION,
      ...chipChoice,
      slice: { shape: [1] },
      workload: {
        kind: 'gemm',
        m: options.requiredInteger('m', extent),
        k: options.requiredInteger('k', extent),
        n: options.requiredInteger('n', extent),
        dtype,
        residency: options.choice('residency', ['cold', 'warm']) ?? 'cold',
      },
    });
    const { stepSeconds, bound, lowerBoundSeconds, breakdownSeconds, mfu } = summarize(report);
    const hbmBytes = report.ops.reduce((bytes, op) => bytes + op.repeat * op.hbmBytes, 0);
    const [op] = report.ops;
    return {
      json: {
        seconds: stepSeconds,
        bound,
        lowerBoundSeconds,
        breakdown: breakdownSeconds,
        flopsUtilization: mfu,
        hbmBytes,
        ...(op?.detail.kind === 'matmul'
          ? { block: { ...op.detail.block }, arrayCycles: op.detail.arrayCycles }
          : {}),
      },
      text: labelled([
        ['time', formatSi(stepSeconds, 's')],
        ['lower bound', formatSi(lowerBoundSeconds, 's')],
        ['bound', bound],
        ['FLOPs', `${formatPercent(mfu)} of peak`],
        ['HBM traffic', formatSi(hbmBytes, 'B')],
        ...Object.entries(breakdownSeconds).map(
          ([cause, seconds]) =>
            [`  ${cause}`, `${formatPercent(seconds / stepSeconds)} of the time`] as const,
        ),
      ]),
    };
  },
};

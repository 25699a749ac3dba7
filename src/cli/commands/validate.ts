import { unwrap } from '../../base/result.ts';
import { findChip } from '../../hardware/presets.ts';
import { V6E_GEMMS } from '../../study/measurements/v6e-gemm.ts';
import { parseGemmMeasurements, type ValidationRow, validateGemms } from '../../study/validate.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { readTextFile } from '../read-file.ts';
import { textTable } from '../text-table.ts';

const MAX_BYTES = 4 * 2 ** 20;

const CALIBRATION =
  'Of the model, hbm.efficiency, kernelOverheadSeconds and mxu.loadRowsPerCycle (of 1, 2 and 4) are calibrated on the rows up to M = 128, no constant on the others.';

/** The model against times measured on real chips. */
export const validateCommand: Command = {
  name: 'validate',
  summary: 'error of the model against times measured on real chips',
  usage: 'validate [--measurements F.csv] [--chip v6e] [--json]',
  run: async (args) => {
    const options = parseOptions(
      args,
      { measurements: { type: 'string' }, chip: { type: 'string' } },
      { minimum: 0, maximum: 0, names: '' },
    );
    const measurements = options.text('measurements');
    const rows = await validation(measurements, options.text('chip') ?? 'v6e');
    const text = measurements === undefined ? `${tableOf(rows)}\n${CALIBRATION}` : tableOf(rows);
    return { json: rows.map((row) => ({ ...row, worst: { ...row.worst } })), text };
  },
};

async function validation(path: string | undefined, chip: string): Promise<readonly ValidationRow[]> {
  const { id, name } = unwrap(findChip(chip)).chip;
  if (path === undefined) return validateGemms(`GEMMs on ${name}`, V6E_GEMMS);
  return validateGemms(path, unwrap(parseGemmMeasurements(await readTextFile(path, MAX_BYTES), path, id)));
}

function tableOf(rows: readonly ValidationRow[]): string {
  const cells = [
    ['reference', 'regime', 'cases', 'mean |error|', 'bias', 'worst'],
    ...rows.map(({ reference, regime, cases, meanAbsolutePercentError, bias, worst }) => [
      reference,
      regime,
      String(cases),
      `${meanAbsolutePercentError.toFixed(1)} %`,
      `${bias.toFixed(1)} %`,
      `${worst.percentError.toFixed(0)} % at ${worst.m} x ${worst.k} x ${worst.n}`,
    ]),
  ];
  return textTable(cells);
}

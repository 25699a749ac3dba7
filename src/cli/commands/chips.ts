import type { Json } from '../../base/canonical-json.ts';
import { formatBinaryBytes, formatSi } from '../../base/format-quantity.ts';
import { type Chip, type ChipPreset, type Citation, DTYPES } from '../../hardware/chip.ts';
import { peakFlops } from '../../hardware/peak.ts';
import { CHIPS } from '../../hardware/presets.ts';
import { SOURCES } from '../../hardware/sources.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';

export const chipsCommand: Command = {
  name: 'chips',
  summary: 'lists the chips that are known, with the source of every value',
  usage: 'chips [--json]',
  run: async (args) => {
    parseOptions(args, {}, { minimum: 0, maximum: 0, names: '' });
    return { json: CHIPS.map(describe), text: table(CHIPS) };
  },
};

function describe({ chip, citations }: ChipPreset): Json {
  return {
    id: chip.id,
    name: chip.name,
    status: chip.status,
    clockHz: chip.clockHz,
    tensorCores: chip.tensorCores,
    mxu: { ...chip.mxu, formatRates: { ...chip.mxu.formatRates } },
    peakFlops: peaks(chip),
    hbm: { ...chip.hbm },
    vmem: { bytes: vmemBytes(chip) },
    // Plain data, which a type with optional members cannot say of itself.
    ici: chip.ici as unknown as Json,
    sources: Object.fromEntries(Object.entries(citations).map(([path, citation]) => [path, cite(citation)])),
  };
}

function peaks(chip: Chip): Record<string, number> {
  const known: Record<string, number> = {};
  for (const dtype of DTYPES) {
    const peak = peakFlops(chip, dtype);
    if (peak !== undefined) known[dtype] = peak;
  }
  return known;
}

function vmemBytes(chip: Chip): number {
  return chip.vmem.bytesPerCore * chip.tensorCores;
}

function cite({ source, trust, note, others }: Citation): Json {
  return {
    source,
    title: SOURCES[source].title,
    trust,
    ...(note === undefined ? {} : { note }),
    ...(others === undefined ? {} : { others: others.map((other) => ({ ...other })) }),
  };
}

function table(presets: readonly ChipPreset[]): string {
  const header = [
    'chip',
    'name',
    'clock',
    'matrix units',
    'bf16',
    'int8',
    'fp8',
    'HBM',
    'HBM rate',
    'VMEM',
    'ICI',
  ];
  const rows = presets.map(({ chip }) => [
    chip.id,
    chip.status === 'announced' ? `${chip.name} (announced)` : chip.name,
    formatSi(chip.clockHz, 'Hz'),
    `${chip.tensorCores * chip.mxu.perCore} of ${chip.mxu.rows}x${chip.mxu.columns}`,
    peakText(chip, 'bf16'),
    peakText(chip, 'int8'),
    peakText(chip, 'fp8'),
    formatBinaryBytes(chip.hbm.bytes),
    formatSi(chip.hbm.bytesPerSecond, 'B/s'),
    formatBinaryBytes(vmemBytes(chip)),
    chip.ici.links === 0 ? '–' : `${chip.ici.links} x ${formatSi(chip.ici.linkBytesPerSecond, 'B/s')}`,
  ]);
  const lines = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [
    ...text,
    '',
    'Peaks of the whole chip. ICI: links x physical rate of one direction. Sources: --json.',
  ].join('\n');
}

function peakText(chip: Chip, dtype: (typeof DTYPES)[number]): string {
  const peak = peakFlops(chip, dtype);
  return peak === undefined ? '–' : formatSi(peak, dtype === 'int8' ? 'OP/s' : 'FLOP/s');
}

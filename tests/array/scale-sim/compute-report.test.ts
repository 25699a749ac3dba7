import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Dataflow } from '../../../src/array/config.ts';
import { scaleSimReport } from '../../../src/array/scale-sim/compute-report.ts';
import { parseScaleSimTopology } from '../../../src/array/scale-sim/topology-file.ts';

const [header = '', ...lines] = readFileSync(new URL('../../cases/scale-sim.csv', import.meta.url), 'utf8')
  .trim()
  .split(/\r?\n/);
const names = header.split(',');
const rows = lines.map((line) => new Map(line.split(',').map((cell, column) => [names[column] ?? '', cell])));

describe('SCALE-Sim compute report', () => {
  it('has cases of every dataflow', () => {
    expect(new Set(rows.map((row) => row.get('dataflow')))).toEqual(new Set(['ws', 'os', 'is']));
    expect(rows.length).toBeGreaterThan(90);
  });

  it.each(
    rows.map(
      (row) =>
        [
          `${row.get('layer')} on ${row.get('array_h')}x${row.get('array_w')} ${row.get('dataflow')}`,
          row,
        ] as const,
    ),
  )('equals the run of %s', (_, row) => {
    const count = (name: string): number => Number(row.get(name));
    const report = scaleSimReport(
      { rows: count('array_h'), columns: count('array_w'), dataflow: row.get('dataflow') as Dataflow },
      { m: count('M'), k: count('K'), n: count('N') },
    );
    expect(report.totalCycles).toBe(count('total_cycles'));
    expect(report.stallCycles).toBe(count('stall_cycles'));
    expect(report.sramIfmapReads).toBe(count('sram_ifmap_reads'));
    expect(report.sramFilterReads).toBe(count('sram_filter_reads'));
    expect(report.sramOfmapWrites).toBe(count('sram_ofmap_writes'));
    expect(report.overallUtilPercent).toBeCloseTo(count('overall_util_pct'), 10);
    expect(report.mappingEfficiencyPercent).toBeCloseTo(count('mapping_eff_pct'), 10);
    expect(report.computeUtilPercent).toBeCloseTo(count('compute_util_pct'), 10);
  });

  it('is of the GEMM that the topology reader makes of a convolution', () => {
    const convolutions = rows.filter((row) => row.get('kind') === 'conv');
    expect(convolutions.length).toBeGreaterThan(20);
    for (const row of convolutions) {
      const line = ['layer', ...(row.get('dims') ?? '').split('x'), ''].join(',');
      const [layer] = parseScaleSimTopology(`Layer name, numbers\n${line}\n`, 'topology');
      expect(layer.gemm).toEqual({
        m: Number(row.get('M')),
        k: Number(row.get('K')),
        n: Number(row.get('N')),
      });
    }
  });
});

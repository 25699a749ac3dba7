import { compareWithScaleSim, type ScaleSimComparison } from '../../array/scale-sim/comparison.ts';
import { quirksOf, SCALE_SIM_QUIRKS, type ScaleSimReport } from '../../array/scale-sim/compute-report.ts';
import { parseScaleSimConfig } from '../../array/scale-sim/config-file.ts';
import { parseScaleSimTopology } from '../../array/scale-sim/topology-file.ts';
import type { ArrayTiming } from '../../array/timing.ts';
import { formatCount } from '../../base/format-quantity.ts';
import { InputError, oneLine } from '../../base/result.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { readTextFile } from '../read-file.ts';

const MAX_FILE_BYTES = 4 * 2 ** 20;

/** Every layer of a SCALE-Sim topology by SCALE-Sim's count and by Systole's. */
export const scaleSimCommand: Command = {
  name: 'scale-sim',
  summary: "a SCALE-Sim topology: its compute report beside Systole's count",
  usage: 'scale-sim --config FILE.cfg --topology FILE.csv [--json]',
  run: async (args) => {
    const options = parseOptions(
      args,
      { config: { type: 'string' }, topology: { type: 'string' } },
      { minimum: 0, maximum: 0, names: '' },
    );
    const configFile = options.requiredText('config');
    const topologyFile = options.requiredText('topology');
    const array = parseScaleSimConfig(await readTextFile(configFile, MAX_FILE_BYTES), configFile);
    const topology = parseScaleSimTopology(await readTextFile(topologyFile, MAX_FILE_BYTES), topologyFile);
    const layers = topology.map(({ name, gemm }) => {
      try {
        return { name, gemm, ...compareWithScaleSim(array, gemm) };
      } catch (error) {
        throw error instanceof InputError
          ? new InputError(`${topologyFile}: layer ${name}`, error.message)
          : error;
      }
    });
    const quirks = quirksOf(array.dataflow).map((quirk) => SCALE_SIM_QUIRKS[quirk]);
    return {
      json: {
        array: { ...array },
        layers: layers.map(({ name, gemm, systole, scaleSim, differences }) => ({
          name,
          gemm: { ...gemm },
          systole: systoleJson(systole),
          scaleSim: scaleSimJson(scaleSim),
          differences: differences.map((difference) => ({ ...difference })),
        })),
        quirks,
      },
      text: [
        `${array.rows}x${array.columns} PEs, ${array.dataflow}`,
        ...layers.flatMap(layerText),
        ...quirks.map((quirk) => `SCALE-Sim: ${quirk}`),
      ].join('\n'),
    };
  },
};

function systoleJson({ cycles, folds, utilization, mappingEfficiency, stages }: ArrayTiming) {
  return { cycles, folds, utilization, mappingEfficiency, stages: { ...stages } };
}

/** Column names as SCALE-Sim's COMPUTE_REPORT.csv and DETAILED_ACCESS_REPORT.csv spell them. */
function scaleSimJson(report: ScaleSimReport) {
  return {
    'Total Cycles': report.totalCycles,
    'Stall Cycles': report.stallCycles,
    'Overall Util %': report.overallUtilPercent,
    'Mapping Efficiency %': report.mappingEfficiencyPercent,
    'Compute Util %': report.computeUtilPercent,
    'SRAM IFMAP Reads': report.sramIfmapReads,
    'SRAM Filter Reads': report.sramFilterReads,
    'SRAM OFMAP Writes': report.sramOfmapWrites,
  };
}

function layerText({
  name,
  systole,
  scaleSim,
  differences,
}: { name: string } & ScaleSimComparison): string[] {
  return [
    `${oneLine(name)}: ${formatCount(systole.cycles)} cycles, SCALE-Sim ${formatCount(scaleSim.totalCycles)}`,
    ...differences.map(({ cycles, reason }) => {
      const signed = `${cycles > 0 ? '+' : '−'}${formatCount(Math.abs(cycles))}`;
      return `${signed.padStart(14)}  ${reason}`;
    }),
  ];
}

import { DATAFLOWS, MAX_ARRAY_EXTENT, MAX_GEMM_EXTENT } from '../../array/config.ts';
import { quirksOf, SCALE_SIM_QUIRKS, scaleSimReport } from '../../array/scale-sim/compute-report.ts';
import { type ArrayStages, arrayTiming } from '../../array/timing.ts';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import { InputError } from '../../base/result.ts';
import type { Command, CommandOutcome } from '../command.ts';
import { parseOptions } from '../options.ts';

/** Timing of one GEMM on one array. */
export const arrayCommand: Command = {
  name: 'array',
  summary: 'cycles of a matrix product on one systolic array',
  usage:
    'array --rows R --columns C --dataflow ws|os|is -m M -k K -n N [--no-double-buffering] [--compat scale-sim] [--json]',
  run: async (args) => {
    const options = parseOptions(
      args,
      {
        rows: { type: 'string' },
        columns: { type: 'string' },
        dataflow: { type: 'string' },
        m: { type: 'string', short: 'm' },
        k: { type: 'string', short: 'k' },
        n: { type: 'string', short: 'n' },
        'no-double-buffering': { type: 'boolean' },
        compat: { type: 'string' },
      },
      { minimum: 0, maximum: 0, names: '' },
    );
    const arrayExtent = { minimum: 1, maximum: MAX_ARRAY_EXTENT };
    const gemmExtent = { minimum: 1, maximum: MAX_GEMM_EXTENT };
    const dataflow = options.choice('dataflow', DATAFLOWS);
    if (dataflow === undefined) throw new InputError('--dataflow', 'is required');
    const config = {
      rows: options.requiredInteger('rows', arrayExtent),
      columns: options.requiredInteger('columns', arrayExtent),
      dataflow,
      doubleBuffered: !options.flag('no-double-buffering'),
      rowsPerCycle: 1,
    };
    const gemm = {
      m: options.requiredInteger('m', gemmExtent),
      k: options.requiredInteger('k', gemmExtent),
      n: options.requiredInteger('n', gemmExtent),
    };
    if (options.choice('compat', ['scale-sim']) === undefined) return outcome(arrayTiming(config, gemm), []);
    if (!config.doubleBuffered) {
      throw new InputError('--no-double-buffering', 'has no meaning with --compat scale-sim');
    }
    const report = scaleSimReport(config, gemm);
    const { load, stream, skew } = report.foldCycles;
    return outcome(
      {
        cycles: report.totalCycles,
        folds: report.folds,
        utilization: report.overallUtilPercent / 100,
        mappingEfficiency: report.mappingEfficiencyPercent / 100,
        stages: {
          load: load * report.folds,
          stream: stream * report.folds,
          skew: skew * report.folds,
          drain: 0,
        },
      },
      quirksOf(dataflow).map((quirk) => SCALE_SIM_QUIRKS[quirk]),
    );
  },
};

interface Timing {
  readonly cycles: number;
  readonly folds: number;
  readonly utilization: number;
  readonly mappingEfficiency: number;
  readonly stages: ArrayStages;
}

function outcome(timing: Timing, quirks: readonly string[]): CommandOutcome {
  const { cycles, folds, utilization, mappingEfficiency, stages } = timing;
  const json = { cycles, folds, utilization, mappingEfficiency, stages: { ...stages } };
  const lines = [
    ['cycles', formatCount(cycles)],
    ['folds', formatCount(folds)],
    ['load', `${formatCount(stages.load)} cycles, nothing streams while weights shift in`],
    ['stream', `${formatCount(stages.stream)} cycles`],
    ['skew', `${formatCount(stages.skew)} cycles, the last wave crosses the array`],
    ['drain', `${formatCount(stages.drain)} cycles, nothing streams while results shift out`],
    ['utilization', `${formatPercent(utilization)} of the multipliers' cycles`],
    ['mapping efficiency', `${formatPercent(mappingEfficiency)} of the PEs, mean over folds`],
    ...quirks.map((quirk) => ['as SCALE-Sim', quirk]),
  ];
  return {
    json: quirks.length > 0 ? { ...json, compat: 'scale-sim', quirks } : json,
    text: lines.map(([name = '', value = '']) => `${name.padEnd(20)}${value}`).join('\n'),
  };
}

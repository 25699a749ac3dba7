import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import { traceEventJson } from '../../formats/trace-event.ts';
import type { RunReport } from '../../machine/report.ts';
import { createEvaluator } from '../../study/evaluate.ts';
import { createRecording, formatRecording } from '../../study/recording.ts';
import { digestOfReport, type RunSummary, summarize } from '../../study/summary.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';
import { SCENARIO_OPTIONS, SCENARIO_USAGE, scenarioFromArgument } from '../scenario-argument.ts';
import { labelled } from '../text-table.ts';
import { writeTextFile } from '../write-file.ts';

/** Runs one scenario and tells the figures of its step. */
export const runCommand: Command = {
  name: 'run',
  summary: 'a workload on a slice of chips: step time, MFU, bound, utilisation',
  usage: `run SCENARIO|WORKLOAD-ID|FILE ${SCENARIO_USAGE} [--out R.systole.json] [--trace T.json] [--json]`,
  run: async (args, context) => {
    const options = parseOptions(
      args,
      { ...SCENARIO_OPTIONS, out: { type: 'string' }, trace: { type: 'string' } },
      { minimum: 1, maximum: 1, names: 'one workload id or file' },
    );
    const scenario = await scenarioFromArgument(options.positionals[0], options);
    const startMs = performance.now();
    const report = createEvaluator().evaluate(scenario);
    const engineSeconds = (performance.now() - startMs) / 1000;
    context.note(`engine: ${formatSi(engineSeconds, 's')}`);
    const out = options.text('out');
    if (out !== undefined) await writeTextFile(out, formatRecording(createRecording(scenario, report)));
    const trace = options.text('trace');
    if (trace !== undefined) await writeTextFile(trace, traceEventJson(report));
    const summary = summarize(report);
    const digest = digestOfReport(report);
    const network = slowerNetwork(report);
    return { json: { ...summary, ...network, digest, engineSeconds }, text: textOf(report, summary, digest) };
  },
};

/** Of several slices, the network that the step waits for longer: `none` where it waits for neither. */
function slowerNetwork({ slice, breakdown }: RunReport): {
  readonly networkBottleneck?: 'ici' | 'dcn' | 'none';
} {
  if (slice.slices === undefined) return {};
  const { ici = 0, dcn = 0 } = breakdown.idlePs;
  return { networkBottleneck: ici === 0 && dcn === 0 ? 'none' : dcn >= ici ? 'dcn' : 'ici' };
}

function textOf(report: RunReport, summary: RunSummary, digest: string): string {
  const { shape, slices = 1 } = report.slice;
  const chips = report.slice.chips * slices;
  const mesh = report.mesh
    .map((axis) => `${axis.name} ${axis.size}${axis.dcn ? ' over the slices' : ''}`)
    .join(' · ');
  const several = slices === 1 ? '' : `${slices} slices of `;
  const rows: (readonly [string, string])[] = [
    ['step time', formatSi(summary.stepSeconds, 's')],
    ['lower bound', formatSi(summary.lowerBoundSeconds, 's')],
    ...(summary.tokensPerSecond === undefined
      ? []
      : ([['tokens', formatSi(summary.tokensPerSecond, 'tokens/s')]] as const)),
    ['model FLOPs', `${formatSi(summary.modelFlops, 'FLOP')} a step, all chips`],
    ['MFU', `${formatPercent(summary.mfu)} of peak`],
    ['bound', summary.bound],
    ...report.units.map((unit) => [unit.name, `${formatPercent(unit.utilization)} of its peak`] as const),
    ...Object.entries(summary.breakdownSeconds).map(
      ([cause, seconds]) =>
        [`  ${cause}`, `${formatPercent(seconds / summary.stepSeconds)} of the step`] as const,
    ),
    ['digest', digest],
  ];
  const head = `${report.title} on ${several}${report.chip.name} ${shape.join('x')} (${chips} ${chips === 1 ? 'chip' : 'chips'}${mesh && `, ${mesh}`})`;
  const notes = report.notes.map((note) => `note: ${note}`);
  return [head, `${report.verdict.headline} ${report.verdict.detail}`, labelled(rows), ...notes].join('\n');
}

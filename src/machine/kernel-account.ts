import { assert } from '../base/assert.ts';
import type { KernelTask } from '../compiler/program.ts';
import type { Phase } from '../memory/block-pipeline.ts';
import type { Recorder } from './recorder.ts';
import type { IdleCause } from './report.ts';
import type { Tally } from './tally.ts';

/** When a phase of a kernel ran. */
export interface TimedPhase {
  readonly phase: Phase;
  readonly startPs: number;
  readonly endPs: number;
}

/**
 * Books a kernel that has just ended: where the time of the matrix units went, to the last picosecond, and
 * what the units show on the timeline.
 */
export function bookKernel(
  task: KernelTask,
  phases: readonly TimedPhase[],
  op: number,
  iteration: number,
  tally: Tally,
  recorder: Recorder,
): void {
  const { cost } = task;
  const lengthOf = (test: (phase: Phase) => boolean): number =>
    phases.reduce((sum, { phase, startPs, endPs }) => sum + (test(phase) ? endPs - startPs : 0), 0);
  const totalPs = lengthOf(() => true);
  const launchPs = lengthOf((phase) => phase.kind === 'launch');
  const computePs =
    phases.reduce((sum, { phase }) => sum + (phase.kind === 'launch' ? 0 : phase.computePs), 0) -
    cost.blockPs;
  // Where memory sets the pace, blocks would be no sooner done if they cost nothing.
  const memoryLeads = phases.some(
    ({ phase, startPs, endPs }) => phase.kind === 'steady' && endPs - startPs > phase.computePs,
  );
  const blockPs = memoryLeads ? 0 : cost.blockPs;
  const memoryPs = totalPs - launchPs - blockPs - computePs;
  const paddingPs = cost.mxuPs - cost.fillDrainPs - cost.usefulPs;
  const vpuPs = computePs - cost.mxuPs;
  assert(memoryPs >= 0 && paddingPs >= 0 && vpuPs >= 0, `time of ${task.name}`);
  tally.usefulPs += cost.usefulPs;
  tally.idlePs.launch += launchPs + blockPs;
  tally.idlePs.hbm += memoryPs;
  tally.idlePs.vpu += vpuPs;
  tally.idlePs['fill-drain'] += cost.fillDrainPs;
  tally.idlePs.padding += paddingPs;
  tally.busyPs.mxu += cost.usefulPs;
  tally.busyPs.vpu += cost.vpuPs;

  const middle = phases.filter(({ phase }) => phase.kind === 'steady' || phase.kind === 'last');
  const startPs = middle[0]?.startPs ?? 0;
  const endPs = middle.at(-1)?.endPs ?? 0;
  const lengthPs = endPs - startPs;
  const rest: IdleCause = computePs >= memoryPs ? 'vpu' : 'hbm';
  for (const { phase, startPs: from, endPs: to } of phases) {
    if (phase.kind === 'launch' || phase.kind === 'load' || phase.kind === 'store') {
      const cause: IdleCause = phase.kind === 'launch' ? 'launch' : 'hbm';
      recorder.add('mxu', { kind: 'idle', startPs: from, endPs: to, cause });
      recorder.add('vpu', { kind: 'idle', startPs: from, endPs: to, cause });
      continue;
    }
    if (from !== startPs) continue;
    const busy = { kind: 'busy', startPs, endPs, op, iteration } as const;
    recorder.add(
      'mxu',
      cost.mxuPs > 0
        ? { ...busy, utilization: cost.usefulPs / lengthPs }
        : { kind: 'idle', startPs, endPs, cause: rest },
    );
    recorder.add(
      'vpu',
      cost.vpuPs > 0
        ? { ...busy, utilization: Math.min(1, cost.vpuPs / lengthPs) }
        : { kind: 'idle', startPs, endPs, cause: 'no-work' },
    );
  }
}

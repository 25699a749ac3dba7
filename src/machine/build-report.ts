import { assert, assertNotBelowBound } from '../base/assert.ts';
import { PICOSECONDS_PER_SECOND, picosecondsFromSeconds } from '../base/time.ts';
import type { Footprint } from '../compiler/footprint.ts';
import type { MappedAxis } from '../compiler/mesh-mapping.ts';
import type { CollectiveTask, KernelTask, Program, Task } from '../compiler/program.ts';
import type { Chip, Dtype } from '../hardware/chip.ts';
import { dcnPort } from '../hardware/dcn.ts';
import {
  effectiveHbmBytesPerSecond,
  effectiveLinkBytesPerSecond,
  requirePeakFlops,
  vpuOperationsPerSecond,
} from '../hardware/peak.ts';
import type { Slice } from '../hardware/slice.ts';
import { phasesPs } from '../memory/block-pipeline.ts';
import { lowerBoundOf } from './bounds.ts';
import type { MachineRates } from './networks.ts';
import type { IdleCause, LaneId, OpReport, RunReport, UnitReport, WhatIf } from './report.ts';
import { type SimulationResult, simulate } from './simulate.ts';
import { verdictOf } from './verdict.ts';

export interface RunInput {
  readonly title: string;
  readonly chip: Chip;
  readonly slice: Slice;
  /** Cables out of order. */
  readonly without: readonly string[];
  readonly mesh: readonly MappedAxis[];
  readonly dtype: Dtype;
  readonly program: Program;
  readonly footprint: Footprint;
  /** All chips together. */
  readonly modelFlops: number;
  readonly tokens: number | undefined;
  readonly notes: readonly string[];
}

/** Runs the program, and what-ifs of it, and tells everything the page and the files say of it. */
export function runProgram(input: RunInput): RunReport {
  const { chip, slice, program, dtype } = input;
  const rates = ratesOf(chip);
  const result = simulate(program, rates, { timeline: true });
  const peak = requirePeakFlops(chip, dtype, 'dtype');
  const lowerBound = lowerBoundOf(program, { ...rates, peakFlopsPerSecond: peak });
  assertNotBelowBound(result.stepPs, lowerBound.totalPs, 'step time');
  const ops = program.sections.flatMap((section) =>
    section.tasks.map((task) => describeOp(task, section.name, section.repeat, chip)),
  );
  const chips = slice.chips * slice.slices;
  const hardwareFlops = chips * ops.reduce((sum, op) => sum + op.repeat * op.flops, 0);
  const breakdown = breakdownOf(result);
  const iciWaits = waitsByMesh(program, result);
  const whatIf = whatIfs(program, rates, chip);
  const memory = { ...input.footprint, capacityBytes: chip.hbm.bytes };
  const mfu = input.modelFlops / ((result.stepPs / PICOSECONDS_PER_SECOND) * chips * peak);
  const bound = boundOf(breakdown);
  const facts = { stepPs: result.stepPs, breakdown, iciWaits, whatIf, lowerBound, mfu, bound, memory };
  return {
    ...facts,
    title: input.title,
    chip: { id: chip.id, name: chip.name },
    slice: {
      shape: slice.shape,
      wraps: slice.wraps,
      twisted: slice.twisted,
      without: input.without,
      chips: slice.chips,
      ...(slice.slices === 1 ? {} : { slices: slice.slices }),
    },
    mesh: input.mesh,
    tokens: input.tokens,
    modelFlops: input.modelFlops,
    hardwareFlops,
    units: unitsOf(result, chip, slice),
    sections: result.sections,
    timeline: result.timeline,
    ops,
    roofs: {
      peakFlops: peak,
      hbmBytesPerSecond: effectiveHbmBytesPerSecond(chip),
      vmemBytesPerSecond: chip.tensorCores * chip.vmem.readBytesPerCycle * chip.clockHz,
    },
    ici: {
      linkBytesPerSecond: effectiveLinkBytesPerSecond(chip),
      physicalLinkBytesPerSecond: chip.ici.linkBytesPerSecond,
    },
    ...(slice.slices === 1 ? {} : { dcn: dcnOf(chip) }),
    notes: input.notes,
    verdict: verdictOf(facts),
  };
}

function dcnOf({ host }: Chip): RunReport['dcn'] {
  const { bytesPerSecond, latencySeconds, limitedBy } = dcnPort(host);
  return { portBytesPerSecond: bytesPerSecond, latencySeconds, limitedBy };
}

function ratesOf(chip: Chip): MachineRates {
  return {
    hbmBytesPerPs: effectiveHbmBytesPerSecond(chip) / PICOSECONDS_PER_SECOND,
    hbmPeakBytesPerPs: chip.hbm.bytesPerSecond / PICOSECONDS_PER_SECOND,
    freeLinks: false,
    freeDcn: false,
  };
}

function describeOp(task: Task, section: string, repeat: number, chip: Chip): OpReport {
  const common = { name: task.name, section, repeat };
  return task.kind === 'kernel'
    ? { ...common, ...describeKernel(task, chip) }
    : { ...common, ...describeCollective(task) };
}

function describeKernel(task: KernelTask, chip: Chip): Omit<OpReport, 'name' | 'section' | 'repeat'> {
  const { cost, phases } = task;
  const bytesPerPs = effectiveHbmBytesPerSecond(chip) / PICOSECONDS_PER_SECOND;
  const alonePs = phasesPs(phases, effectiveHbmBytesPerSecond(chip));
  const lowerBoundPs = Math.max(cost.usefulPs, Math.floor(cost.compulsoryBytes / bytesPerPs));
  const { matmul, vpuOperations } = cost;
  const detail: OpReport['detail'] =
    matmul === undefined
      ? { kind: 'vector', vpuOperations }
      : {
          kind: 'matmul',
          ...matmul,
          units: chip.tensorCores * chip.mxu.perCore,
          mappingEfficiency: cost.usefulPs / Math.max(1, cost.mxuPs - cost.fillDrainPs),
          vpuOperations,
        };
  return { detail, alonePs, lowerBoundPs, hbmBytes: cost.hbmBytes, flops: cost.flops };
}

function describeCollective(task: CollectiveTask): Omit<OpReport, 'name' | 'section' | 'repeat'> {
  const { collective, meshAxes, torusAxes, bytes, algorithm, dcn } = task;
  const across = dcn && { dcn: { bottleneck: dcn.bottleneck, portBytes: dcn.portBytes } };
  return {
    detail: { kind: 'collective', collective, meshAxes, torusAxes, bytes, algorithm, ...across },
    alonePs: task.durationPs,
    lowerBoundPs: task.lowerBoundPs,
    hbmBytes: task.hbmBytes,
    flops: 0,
  };
}

function breakdownOf({ stepPs, tally }: SimulationResult): RunReport['breakdown'] {
  const causes = Object.entries(tally.idlePs).filter(([, ps]) => ps > 0) as [IdleCause, number][];
  const sum = causes.reduce((total, [, ps]) => total + ps, tally.usefulPs);
  assert(sum === stepPs, `causes sum to ${sum} of a step of ${stepPs} ps`);
  return { usefulPs: tally.usefulPs, idlePs: Object.fromEntries(causes) };
}

function waitsByMesh(program: Program, { tally }: SimulationResult): RunReport['iciWaits'] {
  const tasks = program.sections.flatMap((section) => section.tasks);
  const waits = new Map<string, RunReport['iciWaits'][number]>();
  for (const [op, waitPs] of tally.waitPsByOp) {
    const task = tasks[op];
    if (task.kind !== 'collective') continue;
    const key = task.meshAxes.join(',');
    const known = waits.get(key);
    waits.set(key, {
      meshAxes: task.meshAxes,
      torusAxes: task.torusAxes,
      ...(task.dcn === undefined ? {} : { dcn: true }),
      waitPs: waitPs + (known?.waitPs ?? 0),
    });
  }
  return [...waits.values()].sort((a, b) => b.waitPs - a.waitPs);
}

function whatIfs(program: Program, rates: MachineRates, chip: Chip): readonly WhatIf[] {
  const withoutLaunch: Program = {
    sections: program.sections.map((section) => ({
      ...section,
      tasks: section.tasks.map((task) => (task.kind === 'kernel' ? withoutOverheads(task) : task)),
    })),
  };
  const step = (changed: Program, changedRates: MachineRates): number =>
    simulate(changed, changedRates, { timeline: false }).stepPs;
  const launchIsFree =
    picosecondsFromSeconds(chip.kernelOverheadSeconds) === 0 &&
    picosecondsFromSeconds(chip.blockOverheadSeconds ?? 0) === 0;
  const spans = program.sections.some(({ tasks }) =>
    tasks.some((task) => task.kind === 'collective' && task.dcn !== undefined),
  );
  const links = spans ? 'free ICI links' : 'free links';
  return [
    { id: 'free-links', label: links, stepPs: step(program, { ...rates, freeLinks: true }) },
    ...(spans
      ? [
          {
            id: 'free-dcn',
            label: 'a free data-centre network',
            stepPs: step(program, { ...rates, freeDcn: true }),
          } as const,
        ]
      : []),
    {
      id: 'free-hbm',
      label: 'free memory',
      stepPs: step(program, { ...rates, hbmBytesPerPs: Number.POSITIVE_INFINITY }),
    },
    ...(launchIsFree
      ? []
      : [{ id: 'free-launch', label: 'free launches', stepPs: step(withoutLaunch, rates) } as const]),
  ];
}

/** The kernel if starting it, and each of its blocks, took no time. */
function withoutOverheads(task: KernelTask): KernelTask {
  const { cost } = task;
  return {
    ...task,
    phases: task.phases
      .filter((phase) => phase.kind !== 'launch')
      .map((phase) =>
        phase.kind === 'steady' ? { ...phase, computePs: phase.computePs - cost.blockPs } : phase,
      ),
    cost: { ...cost, blockPs: 0 },
  };
}

/** What takes the largest part of the step. */
function boundOf({ usefulPs, idlePs }: RunReport['breakdown']): RunReport['bound'] {
  const parts: readonly (readonly [RunReport['bound'], number])[] = [
    ['compute', usefulPs + (idlePs.padding ?? 0) + (idlePs['fill-drain'] ?? 0)],
    ['memory', idlePs.hbm ?? 0],
    ['ici', idlePs.ici ?? 0],
    ['dcn', idlePs.dcn ?? 0],
    ['vpu', idlePs.vpu ?? 0],
    ['overhead', (idlePs.launch ?? 0) + (idlePs.dependency ?? 0)],
  ];
  return parts.reduce((largest, part) => (part[1] > largest[1] ? part : largest))[0];
}

function unitsOf({ tally, stepPs }: SimulationResult, chip: Chip, slice: Slice): readonly UnitReport[] {
  const stepSeconds = stepPs / PICOSECONDS_PER_SECOND;
  const axes = ['ici-x', 'ici-y', 'ici-z'] as const;
  const reductionShare = tally.reductionOperations / (vpuOperationsPerSecond(chip) * stepSeconds);
  const unit = (lane: LaneId, name: string, utilization: number, formula: string): UnitReport => ({
    lane,
    name,
    utilization,
    formula,
  });
  return [
    unit('mxu', 'MXU', tally.usefulPs / stepPs, 'FLOPs done / (peak FLOP/s x step time)'),
    unit(
      'vpu',
      'VPU',
      tally.busyPs.vpu / stepPs + reductionShare,
      'vector operations, those of reductions included / (peak operations/s x step time)',
    ),
    unit(
      'hbm',
      'HBM',
      tally.hbmBytes / (chip.hbm.bytesPerSecond * stepSeconds),
      'bytes read and written / (published peak bytes/s x step time)',
    ),
    ...slice.shape.flatMap((extent, axis) =>
      extent === 1
        ? []
        : [
            unit(
              axes[axis],
              `ICI ${axes[axis].slice(-1)}`,
              tally.busyPs[axes[axis]] / stepPs,
              'bytes on the busiest link of the axis / (effective link bytes/s x step time)',
            ),
          ],
    ),
    ...(slice.slices === 1
      ? []
      : [
          unit(
            'dcn',
            'DCN',
            tally.busyPs.dcn / stepPs,
            'bytes through the port of a chip, one way / (the lesser of its network and PCIe bytes/s x step time)',
          ),
        ]),
  ];
}

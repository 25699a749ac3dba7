import { assert } from '../base/assert.ts';
import { checkTimelineFits } from '../base/time.ts';
import type { CollectiveTask, KernelTask, Program } from '../compiler/program.ts';
import { type Demand, sharedDurations } from './hbm-sharing.ts';
import { bookKernel, type TimedPhase } from './kernel-account.ts';
import {
  axisSet,
  DCN,
  demandOf,
  type MachineRates,
  NETWORK_LANES,
  networkCause,
  networksOf,
} from './networks.ts';
import { Recorder } from './recorder.ts';
import type { IdleCause, SectionReport, TimelineBlock } from './report.ts';
import { copyTally, emptyTally, repeatSince, type Tally } from './tally.ts';
import { TaskTable } from './task-table.ts';

export interface SimulationResult {
  readonly stepPs: number;
  readonly timeline: readonly TimelineBlock[];
  readonly sections: readonly SectionReport[];
  readonly tally: Tally;
  /** Repetitions that were stepped through; the others were known to equal them. */
  readonly steppedIterations: number;
}

/** A piece of work under way. `remaining` is the fraction of it that is left. */
interface Running {
  readonly demand: Demand;
  remaining: number;
}

interface RunningKernel extends Running {
  readonly task: number;
  readonly done: readonly TimedPhase[];
  readonly phaseStartPs: number;
}

interface RunningCollective extends Running {
  readonly section: number;
  readonly task: number;
  readonly iteration: number;
  readonly startPs: number;
}

/** What was known when a repetition began, to see whether the next one goes the same way. */
interface Snapshot {
  readonly key: string;
  readonly mark: number;
  readonly startPs: number;
  readonly tally: Tally;
}

/**
 * Runs a program on one chip of a slice whose chips all do the same. Kernels run one after the other in
 * program order; a collective runs as soon as its inputs are there and all its torus axes are free, the
 * earliest in the program first. Everything that moves bytes shares the HBM.
 */
export function simulate(
  program: Program,
  rates: MachineRates,
  options: SimulationOptions,
): SimulationResult {
  return new Simulation(program, rates, options).run();
}

export interface SimulationOptions {
  /** Whether the spans are wanted, or only the sums. */
  readonly timeline: boolean;
  /** Steps through every repetition, also those known to equal the last: slow, the same result. */
  readonly everyRepetition?: boolean;
}

class Simulation {
  private nowPs = 0;
  private section = 0;
  private iteration = 0;
  private steppedIterations = 0;

  private readonly table: TaskTable;
  private readonly tally = emptyTally();
  private readonly recorder: Recorder;
  private readonly sections: SectionReport[] = [];

  private kernel: RunningKernel | undefined;
  /** Since when no kernel runs. */
  private idleSincePs = 0;
  private collectives: RunningCollective[] = [];
  /** Since when each torus axis that the program uses, and the network between slices, is free. */
  private readonly axisFreeSincePs = new Map<number, number>();
  private hbmSegment:
    | { readonly startPs: number; readonly utilization: number; readonly op: number }
    | undefined;

  constructor(
    private readonly program: Program,
    private readonly rates: MachineRates,
    private readonly options: SimulationOptions,
  ) {
    this.recorder = new Recorder(options.timeline);
    this.table = new TaskTable(program);
    for (const { tasks } of program.sections) {
      for (const task of tasks) {
        if (task.kind === 'collective')
          for (const axis of networksOf(task)) this.axisFreeSincePs.set(axis, 0);
      }
    }
  }

  run(): SimulationResult {
    for (const { name, repeat } of this.program.sections) {
      const startPs = this.nowPs;
      this.flushHbm();
      this.recorder.startSection(name, startPs);
      this.runSection();
      this.section += 1;
      if (this.section === this.program.sections.length) this.drainCollectives();
      this.sections.push({ name, repeat, startPs, endPs: this.nowPs });
    }
    this.flushHbm();
    this.bookFreeAxes('no-work');
    return {
      stepPs: this.nowPs,
      timeline: this.recorder.finish(this.nowPs),
      sections: this.sections,
      tally: this.tally,
      steppedIterations: this.steppedIterations,
    };
  }

  private runSection(): void {
    const { repeat, tasks } = this.program.sections[this.section];
    const kernels = tasks.flatMap((task, index) => (task.kind === 'kernel' ? [index] : []));
    // Collectives run so many repetitions ahead of the kernels: all of those must exist while we skip.
    const ahead = 1 + Math.max(0, ...tasks.flatMap(({ after }) => after.map((each) => each.repetitionsBack)));
    let previous: Snapshot | undefined;
    for (this.iteration = 0; this.iteration < repeat; ) {
      const here = this.snapshot();
      const skippable = repeat - 1 - ahead - this.iteration;
      if (skippable > 0 && previous?.key === here.key && !this.options.everyRepetition) {
        this.skip(skippable, previous);
        previous = undefined;
        continue;
      }
      for (const task of kernels) this.runKernel(task);
      this.iteration += 1;
      this.steppedIterations += 1;
      previous = here;
    }
  }

  private snapshot(): Snapshot {
    this.flushHbm();
    this.bookFreeAxes('dependency');
    const running = this.collectives.map(
      ({ section, task, iteration, remaining }) =>
        `${section},${task},${section === this.section ? iteration - this.iteration : iteration},${remaining}`,
    );
    return {
      key: `${this.table.key(this.section, this.iteration)}|${running.join(';')}`,
      mark: this.recorder.mark,
      startPs: this.nowPs,
      tally: copyTally(this.tally),
    };
  }

  /** Moves on by `count` repetitions that all equal the one since `previous`. */
  private skip(count: number, previous: Snapshot): void {
    const shiftPs = (this.nowPs - previous.startPs) * count;
    const shift = (timePs: number): number => (timePs > previous.startPs ? timePs + shiftPs : timePs);
    this.recorder.repeat(previous.mark, previous.startPs, this.nowPs, this.iteration - 1, count + 1);
    repeatSince(this.tally, previous.tally, count);
    this.table.skip(this.section, count, shift);
    for (const [axis, timePs] of this.axisFreeSincePs) this.axisFreeSincePs.set(axis, shift(timePs));
    this.collectives = this.collectives.map((running) => ({
      ...running,
      iteration: running.section === this.section ? running.iteration + count : running.iteration,
      startPs: running.startPs + shiftPs,
    }));
    this.nowPs = checkTimelineFits(this.nowPs + shiftPs);
    this.idleSincePs = this.nowPs;
    this.iteration += count;
  }

  private runKernel(task: number): void {
    for (;;) {
      this.startCollectives();
      if (this.table.isReady(this.section, task, this.iteration)) break;
      assert(
        this.collectives.length > 0,
        `nothing runs that ${this.table.task(this.section, task).name} waits for`,
      );
      this.advance();
    }
    this.bookWait(task);
    this.table.start(this.section, task);
    this.kernel = this.phaseOf(task, []);
    while (this.kernel !== undefined) {
      this.advance();
      this.startCollectives();
    }
  }

  /** The kernel at its next phase, or nothing when it has none left. */
  private phaseOf(task: number, done: readonly TimedPhase[]): RunningKernel | undefined {
    const phase = this.kernelTask(task).phases[done.length];
    if (phase === undefined) return undefined;
    const demand = { alonePs: phase.computePs, bytes: phase.hbmBytes };
    return { task, done, demand, remaining: 1, phaseStartPs: this.nowPs };
  }

  private kernelTask(task: number): KernelTask {
    const found = this.table.task(this.section, task);
    assert(found.kind === 'kernel', `${found.name} is a kernel`);
    return found;
  }

  private bookWait(task: number): void {
    const startPs = this.idleSincePs;
    if (this.nowPs === startPs) return;
    const last = this.table.lastMet(this.section, task)?.dependency;
    const awaited = last === undefined ? undefined : this.table.task(last.section, last.task);
    const op = last === undefined ? undefined : this.table.opIndex(last.section, last.task);
    this.recordWait(awaited?.kind === 'collective' ? networkCause(awaited) : 'dependency', op);
  }

  private recordWait(cause: IdleCause, waitsFor: number | undefined): void {
    const startPs = this.idleSincePs;
    const waitPs = this.nowPs - startPs;
    this.tally.idlePs[cause] += waitPs;
    if (waitsFor !== undefined) {
      this.tally.waitPsByOp.set(waitsFor, (this.tally.waitPsByOp.get(waitsFor) ?? 0) + waitPs);
    }
    const idle = { kind: 'idle', startPs, endPs: this.nowPs, cause, waitsFor } as const;
    this.recorder.add('mxu', idle);
    this.recorder.add('vpu', idle);
    this.idleSincePs = this.nowPs;
  }

  private startCollectives(): void {
    let busy = 0;
    for (const running of this.collectives) busy |= axisSet(this.axesOf(running));
    for (const ready of this.table.readyCollectives(this.section + 1)) {
      const task = this.collectiveTask(ready.section, ready.task);
      const networks = networksOf(task);
      const axes = axisSet(networks);
      if ((axes & busy) !== 0) continue;
      busy |= axes;
      const last = this.table.lastMet(ready.section, ready.task)?.dependency;
      const waitsFor = last === undefined ? undefined : this.table.opIndex(last.section, last.task);
      for (const axis of networks) this.bookFreeAxis(axis, 'dependency', waitsFor);
      this.table.start(ready.section, ready.task);
      this.collectives.push({
        ...ready,
        demand: demandOf(task, this.rates),
        remaining: 1,
        startPs: this.nowPs,
      });
    }
  }

  /** Books that the axis has been free until now, and why if what it waited for is known. */
  private bookFreeAxis(axis: number, cause: IdleCause, waitsFor?: number): void {
    const startPs = this.axisFreeSincePs.get(axis) ?? 0;
    this.recorder.add(NETWORK_LANES[axis], { kind: 'idle', startPs, endPs: this.nowPs, cause, waitsFor });
    this.axisFreeSincePs.set(axis, this.nowPs);
  }

  /** So that what follows does not depend on how long an axis has been free already. */
  private bookFreeAxes(cause: IdleCause): void {
    let busy = 0;
    for (const running of this.collectives) busy |= axisSet(this.axesOf(running));
    for (const axis of this.axisFreeSincePs.keys()) {
      if ((busy & (1 << axis)) === 0) this.bookFreeAxis(axis, cause);
    }
  }

  private collectiveTask(section: number, task: number): CollectiveTask {
    const found = this.table.task(section, task);
    assert(found.kind === 'collective', `${found.name} is a collective`);
    return found;
  }

  private axesOf(running: RunningCollective): readonly number[] {
    return networksOf(this.collectiveTask(running.section, running.task));
  }

  /** Lets everything under way go on until the first of it ends. */
  private advance(): void {
    const running: Running[] = [...(this.kernel === undefined ? [] : [this.kernel]), ...this.collectives];
    const durations = sharedDurations(
      running.map((each) => each.demand),
      this.rates.hbmBytesPerPs,
    );
    const leftPs = running.map((each, index) => Math.ceil(each.remaining * durations[index]));
    const stepPs = Math.min(...leftPs);
    const bytesPerPs = running.reduce(
      (rate, each, index) => rate + (durations[index] > 0 ? each.demand.bytes / durations[index] : 0),
      0,
    );
    this.recordHbm(bytesPerPs, stepPs);
    this.nowPs = checkTimelineFits(this.nowPs + stepPs);
    running.forEach((each, index) => {
      each.remaining = leftPs[index] === stepPs ? 0 : each.remaining - stepPs / durations[index];
    });
    for (const ended of this.collectives.filter((each) => each.remaining === 0)) this.endCollective(ended);
    this.collectives = this.collectives.filter((each) => each.remaining > 0);
    if (this.kernel?.remaining === 0) this.endPhase(this.kernel);
  }

  private endPhase(kernel: RunningKernel): void {
    const { task } = kernel;
    const phase = this.kernelTask(task).phases[kernel.done.length];
    const done = [...kernel.done, { phase, startPs: kernel.phaseStartPs, endPs: this.nowPs }];
    this.kernel = this.phaseOf(task, done);
    if (this.kernel !== undefined) return;
    this.table.end(this.section, task, this.nowPs);
    const op = this.table.opIndex(this.section, task);
    bookKernel(this.kernelTask(task), done, op, this.iteration, this.tally, this.recorder);
    this.idleSincePs = this.nowPs;
  }

  private endCollective({ section, task, iteration, startPs }: RunningCollective): void {
    this.table.end(section, task, this.nowPs);
    const ended = this.collectiveTask(section, task);
    const lengthPs = this.nowPs - startPs;
    const op = this.table.opIndex(section, task);
    for (const axis of networksOf(ended)) {
      const alone = axis === DCN ? (ended.dcn?.portUtilization ?? 0) : ended.linkUtilization;
      const utilization = lengthPs === 0 ? 0 : Math.min(1, (alone * ended.durationPs) / lengthPs);
      const lane = NETWORK_LANES[axis];
      this.axisFreeSincePs.set(axis, this.nowPs);
      this.tally.busyPs[lane] += Math.round(utilization * lengthPs);
      this.recorder.add(lane, { kind: 'busy', startPs, endPs: this.nowPs, op, iteration, utilization });
    }
    this.tally.reductionOperations += ended.vpuOperations;
  }

  private recordHbm(bytesPerPs: number, stepPs: number): void {
    this.tally.hbmBytes += bytesPerPs * stepPs;
    const utilization = bytesPerPs / this.rates.hbmPeakBytesPerPs;
    const op = this.currentOp();
    if (this.hbmSegment?.utilization === utilization && this.hbmSegment.op === op) return;
    this.flushHbm();
    this.hbmSegment = { startPs: this.nowPs, utilization, op };
  }

  private currentOp(): number {
    if (this.kernel !== undefined) return this.table.opIndex(this.section, this.kernel.task);
    const [first] = this.collectives;
    return this.table.opIndex(first.section, first.task);
  }

  private flushHbm(): void {
    if (this.hbmSegment === undefined) return;
    const { startPs, utilization, op } = this.hbmSegment;
    const times = { startPs, endPs: this.nowPs } as const;
    this.recorder.add(
      'hbm',
      utilization > 0
        ? { kind: 'busy', ...times, op, iteration: this.iteration, utilization }
        : { kind: 'idle', ...times, cause: 'no-work' },
    );
    this.hbmSegment = undefined;
  }

  /** After the last kernel: gradients may still be on their way. */
  private drainCollectives(): void {
    this.startCollectives();
    while (this.collectives.length > 0) {
      const { section, task } = this.collectives[0];
      this.advance();
      this.recordWait(networkCause(this.collectiveTask(section, task)), this.table.opIndex(section, task));
      this.startCollectives();
    }
  }
}

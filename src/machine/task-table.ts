import type { Dependency, Program, Task } from '../compiler/program.ts';

/** A collective that may start now. */
export interface ReadyTask {
  readonly section: number;
  readonly task: number;
  readonly iteration: number;
}

/**
 * How often each task has started and ended. Repetitions of a task do both in order, so that two counts
 * say everything about all of them.
 */
export class TaskTable {
  private readonly started: number[][];
  private readonly ended: number[][];
  private endedAtPs: number[][];
  private readonly firstOp: readonly number[];
  private readonly collectives: readonly (readonly number[])[];
  /** Sections before this one have no collective left to start. */
  private firstOpen = 0;

  constructor(private readonly program: Program) {
    const zeros = (): number[][] => program.sections.map(({ tasks }) => tasks.map(() => 0));
    this.started = zeros();
    this.ended = zeros();
    this.endedAtPs = zeros();
    this.collectives = program.sections.map(({ tasks }) =>
      tasks.flatMap((task, index) => (task.kind === 'collective' ? [index] : [])),
    );
    let ops = 0;
    this.firstOp = program.sections.map(({ tasks }) => {
      ops += tasks.length;
      return ops - tasks.length;
    });
  }

  task(section: number, task: number): Task {
    return this.program.sections[section].tasks[task];
  }

  /** Index into the list of all ops of the program. */
  opIndex(section: number, task: number): number {
    return this.firstOp[section] + task;
  }

  start(section: number, task: number): void {
    this.started[section][task] += 1;
  }

  end(section: number, task: number, nowPs: number): void {
    this.ended[section][task] += 1;
    this.endedAtPs[section][task] = nowPs;
  }

  /** Whether everything that repetition `iteration` of the task waits for has ended. */
  isReady(section: number, task: number, iteration: number): boolean {
    for (const dependency of this.program.sections[section].tasks[task].after) {
      if (!this.isMet(dependency, section, iteration)) return false;
    }
    return true;
  }

  private isMet(dependency: Dependency, section: number, iteration: number): boolean {
    const count = this.ended[dependency.section][dependency.task];
    if (dependency.section !== section) return count === this.program.sections[dependency.section].repeat;
    return count > iteration - dependency.repetitionsBack || iteration < dependency.repetitionsBack;
  }

  /** The dependency that ended last, and when. */
  lastMet(
    section: number,
    task: number,
  ): { readonly dependency: Dependency; readonly endPs: number } | undefined {
    let last: { readonly dependency: Dependency; readonly endPs: number } | undefined;
    for (const dependency of this.task(section, task).after) {
      const endPs = this.endedAtPs[dependency.section][dependency.task];
      if (last === undefined || endPs > last.endPs) last = { dependency, endPs };
    }
    return last;
  }

  /**
   * Collectives of sections up to `lastSection` whose next repetition may start, in program order: a
   * repetition comes before all later ones, whichever task of theirs is ready first.
   */
  readyCollectives(lastSection: number): readonly ReadyTask[] {
    const { sections } = this.program;
    const ready: ReadyTask[] = [];
    for (let section = this.firstOpen; section <= lastSection && section < sections.length; section++) {
      let open = false;
      const before = ready.length;
      for (const task of this.collectives[section]) {
        const iteration = this.started[section][task];
        if (iteration >= sections[section].repeat) continue;
        open = true;
        if (this.isReady(section, task, iteration)) ready.push({ section, task, iteration });
      }
      if (!open && section === this.firstOpen) this.firstOpen += 1;
      if (ready.length > before + 1) ready.sort(inProgramOrder);
    }
    return ready;
  }

  /** Everything here that decides what happens next, relative to `iteration` of `section`. */
  key(section: number, iteration: number): string {
    const relative = (table: readonly number[][]): string =>
      table
        .map((row, index) => row.map((count) => (index === section ? count - iteration : count)).join())
        .join(';');
    return `${relative(this.started)}|${relative(this.ended)}`;
  }

  /** Moves `section` on by `count` repetitions that took until `shift` of the present times. */
  skip(section: number, count: number, shift: (timePs: number) => number): void {
    for (const table of [this.started, this.ended]) {
      table[section] = table[section].map((done) => done + count);
    }
    this.endedAtPs = this.endedAtPs.map((row) => row.map(shift));
  }
}

function inProgramOrder(a: ReadyTask, b: ReadyTask): number {
  return a.section - b.section || a.iteration - b.iteration || a.task - b.task;
}

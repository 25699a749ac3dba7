/** An event of Chrome's trace format; times in microseconds. */
export interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Of the thread's own running. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** One task of a thread's event loop. */
export interface Task {
  readonly durationMs: number;
  /** Of it on a CPU: the rest the thread was kept waiting by others. */
  readonly cpuMs: number;
  /** What took longest within it, by the name of the trace. */
  readonly what: string;
}

/** Tasks of the page's main thread, the longest first: of the renderer that ran most, for a browser has others. */
export function mainThreadTasks(events: readonly TraceEvent[]): readonly Task[] {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const byThread = mains.map(({ pid, tid }) => {
    const complete = events.filter((each) => each.pid === pid && each.tid === tid && each.ph === 'X');
    return { complete, tasks: complete.filter(({ name }) => name.endsWith('RunTask')) };
  });
  const [{ complete, tasks } = { complete: [], tasks: [] }] = byThread.sort(
    (a, b) => b.tasks.length - a.tasks.length,
  );
  const named = complete
    .filter(({ name }) => !name.endsWith('RunTask'))
    .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0));
  return tasks
    .map((task) => ({
      durationMs: (task.dur ?? 0) / 1000,
      cpuMs: (task.tdur ?? 0) / 1000,
      what: named.find(({ ts }) => ts >= task.ts && ts < task.ts + (task.dur ?? 0))?.name ?? 'nothing named',
    }))
    .sort((a, b) => b.durationMs - a.durationMs);
}

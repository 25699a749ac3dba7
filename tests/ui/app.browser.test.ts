import { describe, expect, it } from 'vitest';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { App } from '../../src/ui/app.ts';
import { INITIAL_STATE } from '../../src/ui/state.ts';
import type { Engine, Run } from '../../src/worker/engine-api.ts';
import type { Outcome, ProgressListener } from '../../src/worker/outcome.ts';

const never = (): never => {
  throw new Error('not asked for here');
};

/** An engine whose answers come when the test says so. */
function heldEngine() {
  const asked: { answer: (outcome: Outcome<Run>) => void; progress: ProgressListener }[] = [];
  const engine: Engine = {
    run: (_, progress) => new Promise((answer) => asked.push({ answer, progress })),
    cancel: () => asked.at(-1)?.answer({ kind: 'cancelled' }),
    open: never,
    record: never,
    trace: never,
    linkUtilization: never,
    selfTest: never,
    compareNumerics: never,
    cancelNumerics: never,
    watchMatmul: never,
    timeKernels: never,
    validate: never,
    arrayActivity: never,
    linkTimes: never,
    cancelLinkTimes: never,
    linkFlows: never,
    cancelLinkFlows: never,
    linkTransfers: never,
    transferTale: never,
    cancelArrayActivity: never,
    partialSumPixels: never,
    recordTraffic: never,
    recordCollective: never,
    sweepTraffic: never,
    cancelFlits: never,
  };
  return { engine, asked };
}

const report = createEvaluator().evaluate(EMBEDDED_SCENARIO);

function runOf(name: string): Run {
  return {
    scenario: { ...EMBEDDED_SCENARIO, name },
    report: { ...report, title: name },
    digest: `sha256:${name}`,
    clockHz: 1.75e9,
    engineSeconds: 0.1,
  };
}

describe('runs that overlap', () => {
  it('show the last one asked for, whichever answers last', async () => {
    const { engine, asked } = heldEngine();
    const app = new App(engine, INITIAL_STATE);
    const first = app.change(runOf('first').scenario);
    const second = app.change(runOf('second').scenario);
    asked[1]?.answer({ kind: 'done', value: runOf('second') });
    expect(await second).toBeUndefined();
    asked[0]?.answer({ kind: 'done', value: runOf('first') });
    expect(await first).toBe('cancelled');
    expect(app.state.run?.report.title).toBe('second');
    expect(app.state.status.kind).toBe('idle');
  });

  it('are over when they are over, even if progress arrives late', async () => {
    const { engine, asked } = heldEngine();
    const app = new App(engine, INITIAL_STATE);
    const running = app.change(EMBEDDED_SCENARIO);
    expect(app.state.status.kind).toBe('running');
    asked[0]?.progress(0.5, 'half of it');
    expect(app.state.status).toMatchObject({ fraction: 0.5, what: 'half of it' });
    asked[0]?.answer({ kind: 'done', value: runOf('done') });
    await running;
    asked[0]?.progress(0.9, 'late');
    expect(app.state.status.kind).toBe('idle');
  });

  it('leave everything as it was when the engine refuses', async () => {
    const { engine, asked } = heldEngine();
    const app = new App(engine, INITIAL_STATE);
    const first = app.change(EMBEDDED_SCENARIO);
    asked[0]?.answer({ kind: 'done', value: runOf('kept') });
    await first;
    app.seek(report.stepPs / 3);
    const before = app.state;
    const second = app.change({ ...EMBEDDED_SCENARIO, chip: 'v99' });
    asked[1]?.answer({ kind: 'refused', message: 'chip: unknown' });
    expect(await second).toBe('chip: unknown');
    expect(app.state.run).toBe(before.run);
    expect(app.state.cursorPs).toBe(before.cursorPs);
    expect(app.state.view).toBe(before.view);
    expect(app.state.notices.map((notice) => notice.text)).toEqual(['chip: unknown']);
    expect(app.canUndo).toBe(false);
  });

  it('keep the same part in view when only the chip changed', async () => {
    const { engine, asked } = heldEngine();
    const app = new App(engine, INITIAL_STATE);
    const first = app.change(EMBEDDED_SCENARIO);
    asked[0]?.answer({ kind: 'done', value: runOf('same') });
    await first;
    app.seek(report.stepPs / 4, false);
    const faster = runOf('same');
    const second = app.change({ ...EMBEDDED_SCENARIO, set: ['hbm.bytesPerSecond=9e12'] });
    const stepPs = Math.floor(report.stepPs / 2);
    asked[1]?.answer({ kind: 'done', value: { ...faster, report: { ...faster.report, stepPs } } });
    await second;
    expect(app.state.cursorPs / stepPs).toBeCloseTo(1 / 4, 6);
  });
});

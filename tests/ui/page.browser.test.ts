import { afterEach, describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { spanAt } from '../../src/figure/timeline-lookup.ts';
import { WORKLOADS } from '../../src/study/catalog.ts';
import { invoke } from '../../src/ui/commands/all-commands.ts';
import { STAGE_VIEWS } from '../../src/ui/state.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

const gemm = assertDefined(
  WORKLOADS.find((workload) => workload.scenario.workload.kind === 'gemm'),
  'a matrix product',
).scenario;

let page: Page | undefined;

afterEach(() => {
  page?.close();
  page = undefined;
});

async function open(...args: Parameters<typeof mountPage>): Promise<Page> {
  page = await mountPage(...args);
  return page;
}

describe('the page', () => {
  it('opens on the embedded workload and says what holds it up', async () => {
    const { app, text, find } = await open();
    const report = assertDefined(app.state.run, 'a run').report;
    expect(find('systole-verdict >>> h1').textContent).toBe(report.verdict.headline);
    expect(text()).toContain('Llama-3-8B');
    for (const view of ['array', 'torus', 'roofline']) {
      expect(find(`systole-${view}-view`).getBoundingClientRect().height).toBeGreaterThan(100);
    }
    expect(find('systole-timeline >>> canvas').getBoundingClientRect().width).toBeGreaterThan(100);
    const [mxu] = assertDefined(app.timelineIndex(), 'an index').lanes;
    expect(spanAt(assertDefined(mxu, 'a lane'), app.state.cursorPs)?.span.kind).toBe('busy');
  });

  it('moves by one cycle, both ways, and comes back', async () => {
    const { app, press } = await open(gemm);
    const { clockHz } = assertDefined(app.state.run, 'a run');
    const cycle = (): number => Math.floor((app.state.cursorPs * clockHz) / 1e12 + 1e-6);
    const start = cycle();
    press('BracketRight');
    press('BracketRight');
    expect(cycle()).toBe(start + 2);
    press('BracketLeft');
    expect(cycle()).toBe(start + 1);
  });

  it('goes to a time that is typed, and stays with a reason where there is no such time', async () => {
    const { app, press, find, settled, text } = await open(gemm);
    press('KeyG');
    await settled();
    const before = app.state.cursorPs;
    const type = async (value: string): Promise<void> => {
      const input = find<HTMLInputElement>('systole-prompt-dialog >>> input');
      input.value = value;
      input.dispatchEvent(new InputEvent('input'));
      find<HTMLFormElement>('systole-prompt-dialog >>> form').requestSubmit();
      await settled();
    };
    await type('1e308 s');
    expect(app.state.cursorPs).toBe(before);
    expect(text()).toContain('time: expected');
    await type('10 us');
    expect(app.state.cursorPs).toBe(10e6);
    expect(app.state.dialog).toBeUndefined();
  });

  it('plays and pauses on Space', async () => {
    const { app, press, settled } = await open(gemm);
    app.seek(0);
    press('Space');
    expect(app.state.playing).toBe(true);
    await settled();
    await until(() => expect(app.state.cursorPs).toBeGreaterThan(0));
    press('Space');
    expect(app.state.playing).toBe(false);
  });

  it('plays at a set rate of cycles', async () => {
    const { app, press, settled, text } = await open(gemm);
    app.seek(0);
    const type = (key: string): void => press(key, { shiftKey: true });
    for (let step = 0; step < 20; step++) type('Comma');
    await settled();
    expect(text()).toContain('1 cycle/s');
    type('Period');
    expect(app.state.playRate).toEqual({ kind: 'cycles', cyclesPerSecond: 4 });
    press('Space');
    await until(() => expect(app.state.cursorPs).toBeGreaterThan(0));
    press('Space');
    // At this rate a second of watching is some nanoseconds of the chip; the whole view would be microseconds.
    expect(app.state.cursorPs).toBeLessThan(1e6);
  });

  it('steps to the next event and back', async () => {
    const { app, press } = await open(gemm);
    app.seek(0);
    press('Period');
    const first = app.state.cursorPs;
    press('Period');
    expect(app.state.cursorPs).toBeGreaterThan(first);
    press('Comma');
    expect(app.state.cursorPs).toBe(first);
  });

  it('lists the lanes for those who do not see the canvas, and follows the arrow keys', async () => {
    const { app, findAll, settled, find } = await open();
    const lanes = findAll('.lane');
    expect(lanes.length).toBe(app.state.run?.report.units.length);
    const [mxu] = lanes;
    expect(mxu?.getAttribute('aria-label')).toContain('% of peak');
    mxu?.focus();
    const before = app.state.cursorPs;
    mxu?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true, cancelable: true }));
    await settled();
    expect(app.state.cursorPs).toBeGreaterThan(before);
    expect(find('systole-timeline >>> [aria-live]').textContent).toContain('MXU at');
    mxu?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
    await settled();
    expect(findAll('.lane')[1]?.tabIndex).toBe(0);
  });

  it('undoes and redoes a change of the scenario', async () => {
    const { app } = await open(gemm);
    const digest = app.state.run?.digest;
    await app.change({ ...gemm, set: ['hbm.bytesPerSecond=4e11'] });
    const slower = app.state.run?.digest;
    expect(slower).not.toBe(digest);
    await app.undo();
    expect(app.state.run?.digest).toBe(digest);
    await app.redo();
    expect(app.state.run?.digest).toBe(slower);
  });

  it('saves what opens again to the same digest', async () => {
    const { app, text, settled } = await open(gemm);
    const digest = assertDefined(app.state.run, 'a run').digest;
    const saved = assertDefined(await app.recordingText([]), 'a recording');
    await app.openFile(new File([saved], 'r.systole.json'), 'r.systole.json');
    await settled();
    expect(app.state.place).toBe('replay');
    expect(app.state.run?.digest).toBe(digest);
    expect(text()).toContain('Reproduced bit for bit.');
    expect(text()).toContain(digest);
  });

  it('gives the timeline and every view to other programs', async () => {
    const { app, settled } = await open();
    await until(() => expect(app.stage?.torus.toSvg()).toContain('<svg'));
    await settled();
    for (const view of STAGE_VIEWS) expect(app.stage?.[view].toSvg()).toMatch(/^<svg .*<\/svg>\s*$/s);
    const trace: unknown = JSON.parse(assertDefined(await app.traceText(), 'a trace'));
    const { traceEvents } = trace as { traceEvents: readonly { name: string; ph: string }[] };
    expect(traceEvents.filter(({ ph }) => ph === 'X').length).toBeGreaterThan(100);
  });

  it('finds the busiest link by one key wherever the focus is', async () => {
    const { app, press } = await open();
    // The loads of the links may still be on their way.
    press('KeyW', { shiftKey: true });
    await until(() => expect(app.state.selectedLink).toBeDefined());
  });

  it('says where a forged recording differs', async () => {
    const { app, text, settled } = await open(gemm);
    const saved = assertDefined(await app.recordingText([]), 'a recording');
    const forged = JSON.parse(saved) as { summary: { figures: { mfu: string } } };
    forged.summary.figures.mfu = '0.5';
    await app.openFile(new File([JSON.stringify(forged)], 'forged.systole.json'), 'forged.systole.json');
    await settled();
    expect(text()).toContain('Not reproduced: 1 difference.');
    expect(text()).toContain('summary.figures.mfu');
  });

  it('puts the scenario into the address, and the address brings it back', async () => {
    const { app } = await open(gemm);
    await app.change({ ...gemm, set: ['hbm.bytesPerSecond=4e11'] });
    const digest = app.state.run?.digest;
    const { hash } = location;
    expect(hash.length).toBeGreaterThan(10);
    await app.change(gemm);
    await app.openAddress(hash);
    expect(app.state.run?.digest).toBe(digest);
  });

  it('opens a pasted link', async () => {
    const { app } = await open(gemm);
    await app.change({ ...gemm, set: ['hbm.bytesPerSecond=4e11'] });
    const digest = app.state.run?.digest;
    const link = location.href;
    await app.change(gemm);
    const data = new DataTransfer();
    data.setData('text/plain', link);
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    await until(() => expect(app.state.run?.digest).toBe(digest));
  });

  it('zooms, pans and marks from the keyboard', async () => {
    const { app, press } = await open();
    const whole = app.state.view.endPs - app.state.view.startPs;
    press('KeyW');
    const near = app.state.view;
    expect(near.endPs - near.startPs).toBeCloseTo(whole * 0.6, -3);
    press('KeyD');
    expect(app.state.view.startPs).toBeGreaterThan(near.startPs);
    press('KeyM');
    const marked = assertDefined(app.state.area, 'a marked stretch');
    expect(marked.startPs).toBeLessThanOrEqual(app.state.cursorPs);
    expect(marked.endPs).toBeGreaterThan(app.state.cursorPs);
    press('KeyF');
    expect(app.state.view).toEqual(marked);
    press('KeyF');
    expect(app.state.view).toEqual({ startPs: 0, endPs: app.state.run?.report.stepPs });
  });

  it('changes the chip from the palette, and the slice follows', async () => {
    const { app, press, find, settled } = await open();
    press('KeyK', { ctrlKey: true });
    await settled();
    const answer = async (text: string): Promise<void> => {
      const input = find<HTMLInputElement>('systole-prompt-dialog >>> input');
      input.value = text;
      input.dispatchEvent(new InputEvent('input'));
      await settled();
      find<HTMLFormElement>('systole-prompt-dialog >>> form').requestSubmit();
      await settled();
    };
    await answer('choose a chip');
    expect(app.state.dialog).toEqual({ kind: 'prompt', command: 'scenario.chip' });
    await answer('v5e');
    await until(() => expect(app.state.run?.report.chip.id).toBe('v5e'));
    expect(app.state.run?.report.slice.shape).toEqual([8, 8]);
    await until(() => expect(app.state.dialog).toBeUndefined());
  });

  it('cancels a run in the middle and keeps what was there', async () => {
    const { app } = await open(gemm);
    const before = app.state.run;
    const running = app.change({ ...gemm, name: 'another' });
    await invoke(app, app.command('run.cancel'));
    expect(await running).toBe('cancelled');
    expect(app.state.run).toBe(before);
    expect(app.state.status.kind).toBe('idle');
    expect(await app.change({ ...gemm, name: 'after that' })).toBeUndefined();
  });

  it('never blocks the page while it computes', async () => {
    const { app } = await open(gemm);
    const gaps: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      gaps.push(performance.now() - last);
      last = performance.now();
    }, 1);
    const big = WORKLOADS.find((workload) => workload.id.includes('70b'))?.scenario;
    await app.change(assertDefined(big, 'the large workload'));
    clearInterval(timer);
    // Not a measurement: only that timers ran at all while the engine worked.
    expect(gaps.length).toBeGreaterThan(3);
  });
});

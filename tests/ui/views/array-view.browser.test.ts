import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { arrayMomentAt } from '../../../src/figure/array-moment.ts';
import { createTimelineIndex } from '../../../src/figure/timeline-index.ts';
import type { MatmulDetail, RunReport } from '../../../src/machine/report.ts';
import '../../../src/ui/views/array-view.ts';
import type { ArrayView } from '../../../src/ui/views/array-view.ts';
import type { ActivityRequest } from '../../../src/worker/activity-service.ts';
import { createEngineClient } from '../../../src/worker/engine-client.ts';
import type { Outcome } from '../../../src/worker/outcome.ts';
import type { PartialSumRequest } from '../../../src/worker/partial-sum-pixels.ts';
import { buildFixtureReport, repeatedBlock } from '../fixture-report.ts';
import { until } from '../until.ts';
import {
  clickAt,
  differs,
  find,
  findAll,
  mountView,
  nextEvent,
  pixelsOf,
  point,
  press,
  settled,
  textOf,
} from './mount-view.ts';

const report = buildFixtureReport({ layers: 3 });
const index = createTimelineIndex(report);
const block = repeatedBlock(report);
const US = 1_000_000;
/** Within `ffn up` of the second layer. */
const BUSY_PS = block.startPs + block.periodPs + 3_820 * US + 300_000;
/** Between two ops, waiting for the links. */
const IDLE_PS = block.startPs + block.periodPs + 3_000 * US;

let view: ArrayView;

beforeEach(async () => {
  view = document.createElement('systole-array-view');
  view.report = report;
  view.cursorPs = BUSY_PS;
  await mountView(view);
});

type ArrayOfOp = MatmulDetail['arrays'][number];

/** The fixture with other arrays in its matmuls. */
function withArrays(change: (array: ArrayOfOp) => ArrayOfOp): RunReport {
  const ops = report.ops.map((op) =>
    op.detail.kind === 'matmul'
      ? { ...op, detail: { ...op.detail, arrays: op.detail.arrays.map(change) } }
      : op,
  );
  return { ...report, ops };
}

function cycleAt(ps: number): number {
  const moment = arrayMomentAt(index, ps);
  return moment.kind === 'running' ? moment.cycle : -1;
}

describe('systole-array-view', () => {
  test('says which unit, which op, how large and which cycle of how many', () => {
    const moment = arrayMomentAt(index, BUSY_PS);
    if (moment.kind !== 'running') throw new Error('the fixture runs a matmul here');
    const text = textOf(view);
    expect(text).toContain('MXU 1 of 8');
    expect(text).toContain('ffn up fwd');
    expect(text).toContain('128×128');
    expect(text).toContain(`of ${moment.schedule.cycles.toLocaleString('en-US')}`);
    expect(find<HTMLInputElement>(view, '[aria-label^="Cycle of"]').value).toBe(
      moment.cycle.toLocaleString('en-US'),
    );
  });

  test('the picture changes with every cycle and comes back', async () => {
    const figure = find(view, 'systole-figure');
    const first = pixelsOf(figure);
    expect(first.some((value) => value !== first[0])).toBe(true);
    const forth = nextEvent<{ cursorPs: number }>(view, 'seek');
    find<HTMLButtonElement>(view, '[aria-label="One cycle forth"]').click();
    const { cursorPs } = await forth;
    expect(cycleAt(cursorPs)).toBe(cycleAt(BUSY_PS) + 1);
    view.cursorPs = cursorPs;
    await settled(view);
    expect(differs(pixelsOf(figure), first)).toBe(true);
    const back = nextEvent<{ cursorPs: number }>(view, 'seek');
    find<HTMLButtonElement>(view, '[aria-label="One cycle back"]').click();
    view.cursorPs = (await back).cursorPs;
    await settled(view);
    expect(differs(pixelsOf(figure), first)).toBe(false);
  });

  test('a typed cycle is sought, nonsense is put back', async () => {
    const input = find<HTMLInputElement>(view, '[aria-label^="Cycle of"]');
    const sought = nextEvent<{ cursorPs: number }>(view, 'seek');
    input.value = '1,234';
    input.dispatchEvent(new Event('change'));
    expect(cycleAt((await sought).cursorPs)).toBe(1_234);
    for (const nonsense of ['abc', '', '1e999', '-5.5']) {
      input.value = nonsense;
      input.dispatchEvent(new Event('change'));
      expect(input.value, nonsense).toBe(cycleAt(BUSY_PS).toLocaleString('en-US'));
    }
    input.value = 'abc';
    input.dispatchEvent(new Event('change'));
    expect(input.value).toBe(cycleAt(BUSY_PS).toLocaleString('en-US'));
  });

  test('while nothing runs it says what is awaited and offers to go on', async () => {
    view.cursorPs = IDLE_PS;
    await settled(view);
    expect(textOf(view)).toContain('waits for ICI: ffn up fwd');
    const sought = nextEvent<{ cursorPs: number }>(view, 'seek');
    find<HTMLButtonElement>(view, '.reason button').click();
    expect(cycleAt((await sought).cursorPs)).toBe(0);
  });

  test('pointing at a PE tells its registers, a click keeps it while time moves', async () => {
    const surface = find(view, '.surface');
    point(surface, 'pointermove', 200, 200);
    await settled(view);
    const [title] = /PE \d+, \d+/.exec(textOf(view)) ?? [];
    expect(title).toBeDefined();
    expect(textOf(view)).toMatch(/A\[\d+, \d+\]\s+−?\d/);
    clickAt(surface, 200, 200);
    point(surface, 'pointerleave', 0, 0);
    view.cursorPs = BUSY_PS + 40 * US;
    await settled(view);
    const pins = findAll(view, 'systole-pe-readout[pinned]');
    expect(pins).toHaveLength(1);
    expect(textOf(pins[0])).toContain(title);
    find<HTMLButtonElement>(pins[0], 'button').click();
    await settled(view);
    expect(findAll(view, 'systole-pe-readout[pinned]')).toHaveLength(0);
  });

  test('keys move from PE to PE, tell it, keep it, and zoom until values show', async () => {
    const surface = find(view, '.surface');
    // Faster than frames, as keys repeat.
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowRight']) press(surface, key);
    await settled(view);
    const live = find(view, '[aria-live]');
    expect(live.textContent).toContain('PE 2, 1: working');
    press(surface, 'Enter');
    await settled(view);
    expect(findAll(view, 'systole-pe-readout[pinned]')).toHaveLength(1);
    const figure = find(view, 'systole-figure');
    const whole = pixelsOf(figure);
    for (let step = 0; step < 9; step += 1) press(surface, '+');
    await settled(view);
    expect(differs(pixelsOf(figure), whole)).toBe(true);
    press(surface, 'Escape');
    point(surface, 'pointerleave', 0, 0);
    await settled(view);
    expect(textOf(view)).toContain('In each PE: operand, weight, partial sum.');
    press(surface, '0');
    await settled(view);
    expect(differs(pixelsOf(figure), whole)).toBe(false);
  });

  test('choosing a metric changes the colours and the legend', async () => {
    const figure = find(view, 'systole-figure');
    const seen = [pixelsOf(figure)];
    for (const name of ['Operand', 'Weight', 'Partial sum', 'Use so far']) {
      const button = findAll<HTMLButtonElement>(view, 'systole-array-legend button, .metrics button').find(
        (each) => each.textContent?.trim() === name,
      );
      button?.click();
      // Partial sums come in slices over several frames.
      for (let round = 0; round < 40; round += 1) {
        await settled(view);
        if (findAll(view, 'progress').length === 0) break;
      }
      const pixels = pixelsOf(figure);
      expect(
        seen.every((other) => differs(other, pixels)),
        name,
      ).toBe(true);
      seen.push(pixels);
      expect(button?.getAttribute('aria-pressed')).toBe('true');
      expect(findAll(view, '.ramp')).toHaveLength(1);
    }
  });

  test('the tile slider seeks to a tile', async () => {
    const slider = find<HTMLInputElement>(view, 'input[type=range]');
    const sought = nextEvent<{ cursorPs: number }>(view, 'seek');
    slider.value = '5';
    slider.dispatchEvent(new Event('input'));
    const moment = arrayMomentAt(index, (await sought).cursorPs);
    if (moment.kind !== 'running') throw new Error('a tile is within the op');
    const { schedule, cycle } = moment;
    const fold = Math.floor((cycle - schedule.firstStreamCycle) / schedule.intervalCycles);
    expect(fold % schedule.foldsPerGemm).toBe(5);
    expect(cycle).toBe(schedule.firstStreamCycle + fold * schedule.intervalCycles);
  });

  test('the op’s name asks for its selection', async () => {
    const selected = nextEvent<{ op: number }>(view, 'select-op');
    find<HTMLButtonElement>(view, 'button.op').click();
    expect(report.ops[(await selected).op].name).toBe('ffn up fwd');
  });

  test('without a run, and with a report without a matrix unit, it stays calm', async () => {
    view.report = undefined;
    await settled(view);
    expect(textOf(view)).toContain('appears with the first run');
    view.report = { ...report, units: report.units.filter((unit) => unit.lane !== 'mxu') };
    await settled(view);
    expect(textOf(view)).toContain('no matrix unit at work');
  });

  describe('activity', () => {
    const choose = (name: string): void => {
      const button = findAll<HTMLButtonElement>(find(view, 'systole-array-legend'), 'button').find((each) =>
        each.textContent?.includes(name),
      );
      if (button === undefined) throw new Error(`no button ${name}`);
      button.click();
    };
    const told = (says: RegExp): Promise<void> => until(() => expect(textOf(view)).toMatch(says));

    test('is counted by the engine, coloured with its unit, and told for each PE', async () => {
      view.engine = createEngineClient();
      // The fixture's op is hundreds of GEMMs, which takes the better part of a minute.
      view.report = withArrays(({ config, gemm }) => ({ config, gemm, repeats: 1 }));
      choose('Activity');
      await told(/[\d.]+\sbit a cycle \(bf16, seeded\)/);
      const figure = find(view, 'systole-figure');
      const toggles = pixelsOf(figure);
      choose('gated share');
      await told(/0 [\d.]+\s% of the products/);
      await settled(view);
      expect(differs(pixelsOf(figure), toggles)).toBe(true);
      press(find(view, '.surface'), 'ArrowRight');
      await settled(view);
      expect(textOf(view)).toMatch(
        /gated products, whole op [\d.]+\s% of products gated [\d,]+ of [\d,]+ have a zero factor/,
      );
      expect(find(view, '[aria-live]').textContent).toContain('operand toggles, whole op');
    });

    test('can be cancelled and counted again, and gives way to another op', async () => {
      const requests: ActivityRequest[] = [];
      let cancelled = 0;
      let settle: ((outcome: Outcome<never>) => void) | undefined;
      const engine = createEngineClient();
      view.engine = {
        ...engine,
        arrayActivity: (request, progress) => {
          requests.push(request);
          progress(0.25, 'counting');
          return new Promise((resolve) => {
            settle = resolve;
          });
        },
        cancelArrayActivity: () => {
          cancelled += 1;
          settle?.({ kind: 'cancelled' });
        },
      };
      choose('Activity');
      await settled(view);
      expect(find<HTMLProgressElement>(find(view, 'systole-array-legend'), 'progress').value).toBe(0.25);
      choose('Cancel');
      await told(/Cancelled\. Count/);
      expect(cancelled).toBe(1);
      choose('Count');
      await settled(view);
      expect(requests).toHaveLength(2);
      view.seed = 5;
      await settled(view);
      expect(cancelled).toBe(2);
      expect(requests[2]).toEqual({ ...requests[0], seed: 5 });
      settle?.({ kind: 'refused', message: 'gemm: expected an operation of at most 4 steps' });
      await told(/gemm: expected an operation of at most 4 steps/);
    });
  });

  describe('partial sums', () => {
    const colourBySums = (): void =>
      findAll<HTMLButtonElement>(find(view, 'systole-array-legend'), 'button')
        .find((each) => each.textContent?.trim() === 'Partial sum')
        ?.click();
    const isPainted = async (): Promise<void> => {
      await settled(view);
      expect(findAll(view, 'progress')).toHaveLength(0);
    };

    test('have the same colours whoever adds them up, and follow the cycle', async () => {
      const figure = find(view, 'systole-figure');
      colourBySums();
      await until(isPainted);
      const own = pixelsOf(figure);
      view.engine = createEngineClient();
      view.seed = 5;
      await settled(view);
      await until(isPainted);
      expect(differs(pixelsOf(figure), own)).toBe(true);
      view.seed = 0;
      await settled(view);
      await until(isPainted);
      expect(differs(pixelsOf(figure), own)).toBe(false);
      view.cursorPs = BUSY_PS + 200_000;
      await settled(view);
      await until(isPainted);
      expect(differs(pixelsOf(figure), own)).toBe(true);
    });

    test('are asked for one cycle at a time, the last one again', async () => {
      const requests: PartialSumRequest[] = [];
      const answers: ((outcome: Outcome<Uint32Array>) => void)[] = [];
      view.engine = {
        ...createEngineClient(),
        partialSumPixels: (request) => {
          requests.push(request);
          return new Promise((resolve) => answers.push(resolve));
        },
      };
      colourBySums();
      await settled(view);
      for (const later of [100_000, 200_000, 300_000]) {
        view.cursorPs = BUSY_PS + later;
        await settled(view);
      }
      expect(requests.map(({ cycle }) => cycle)).toEqual([cycleAt(BUSY_PS)]);
      const words = new Uint32Array(128 * 128).fill(0xff00ffff);
      answers[0]?.({ kind: 'done', value: words });
      await settled(view);
      expect(requests.map(({ cycle }) => cycle)).toEqual([cycleAt(BUSY_PS), cycleAt(BUSY_PS + 300_000)]);
      // Those of a cycle that has passed show until there are others.
      const figure = find(view, 'systole-figure');
      const passed = pixelsOf(figure);
      expect(findAll(view, 'progress')).toHaveLength(1);
      answers[1]?.({ kind: 'refused', message: 'the engine stopped' });
      await settled(view);
      await until(isPainted);
      expect(differs(pixelsOf(figure), passed)).toBe(true);
      expect(requests).toHaveLength(2);
    });
  });

  test('an array too large to look into is refused in place', async () => {
    view.report = withArrays((array) => ({
      ...array,
      config: { ...array.config, rows: 65_536, columns: 65_536 },
    }));
    await settled(view);
    expect(textOf(view)).toMatch(/expected at most .* PEs/);
    view.cursorPs = IDLE_PS;
    await settled(view);
    expect(textOf(view)).toContain('waits for ICI');
    view.report = report;
    view.cursorPs = BUSY_PS;
    await settled(view);
    expect(textOf(view)).toContain('MXU 1 of 8');
  });

  test('exports the array as an SVG document', () => {
    const svg = view.toSvg() ?? '';
    const parsed = new DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    expect(parsed.querySelectorAll('image')).toHaveLength(4);
  });

  test.each(['dark', 'light'])('%s: nothing serious for axe', async (theme) => {
    document.documentElement.dataset.theme = theme;
    await settled(view);
    const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
    const serious = violations.filter((each) => each.impact === 'serious' || each.impact === 'critical');
    delete document.documentElement.dataset.theme;
    expect(serious.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(' ')}`)).toEqual(
      [],
    );
  });
});

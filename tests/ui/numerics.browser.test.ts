import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import { page as browserPage, userEvent } from 'vitest/browser';
import { assertDefined } from '../../src/base/assert.ts';
import { formatPercent } from '../../src/base/format-quantity.ts';
import { createCpuBackend } from '../../src/gpu/cpu-backend.ts';
import { ACCUMULATIONS } from '../../src/numerics/accumulation.ts';
import {
  multiplyInDouble,
  multiplyTile,
  type NumericsChoice,
  summarizeErrors,
} from '../../src/numerics/error-analysis.ts';
import { bitEqualShare, randomTile } from '../../src/numerics/tile-trial.ts';
import type { Engine } from '../../src/worker/engine-api.ts';
import { createEngineClient } from '../../src/worker/engine-client.ts';
import { createNumericsService } from '../../src/worker/numerics-service.ts';
import type { NumericsRequest } from '../../src/worker/numerics-trial.ts';
import { outcomeOf } from '../../src/worker/outcome.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

let page: Page | undefined;

afterEach(() => {
  page?.close();
  page = undefined;
});

/** The page with a matmul selected, and every request for a comparison noted. */
async function open(engine: Engine = createEngineClient()) {
  const asked: NumericsRequest[] = [];
  const mounted = await mountPage(undefined, {
    ...engine,
    compareNumerics: (request, progress) => {
      asked.push(request);
      return engine.compareNumerics(request, progress);
    },
  });
  page = mounted;
  const ops = assertDefined(mounted.app.state.run, 'a run').report.ops;
  const op = ops.findIndex(({ detail }) => detail.kind === 'matmul');
  const detail = assertDefined(ops[op], 'an op').detail;
  if (detail.kind !== 'matmul') throw new Error('no matmul to look at');
  mounted.app.select(op);
  await mounted.settled();
  return { ...mounted, op, detail, asked };
}

function isDone({ findAll }: Page): Promise<void> {
  return until(() => {
    if (findAll('systole-numerics-results[aria-busy="false"]').length === 0) throw new Error('not yet');
  });
}

/** Cells of the row that begins with `label`. */
function rowOf({ findAll }: Page, label: string): readonly HTMLTableCellElement[] {
  const row = findAll<HTMLTableRowElement>('.numbers tr').find(
    (each) => each.querySelector('th')?.textContent === label,
  );
  return [...assertDefined(row, label).querySelectorAll('td')];
}

function cellsOf(shown: Page, label: string): readonly string[] {
  return rowOf(shown, label).map((cell) => cell.textContent);
}

/** Exact values, which the page has on hover. */
function valuesOf(shown: Page, label: string): readonly (string | null)[] {
  return rowOf(shown, label).map((cell) => cell.getAttribute('title'));
}

describe('the numerics panel', () => {
  it('opens by a key, changes the format by keys, and shows what the numerics give', async () => {
    const { app, op, detail, press, find, text, settled, asked } = await open();
    press('KeyN');
    await settled();
    expect(app.state.dialog).toEqual({ kind: 'numerics', op });
    await isDone(assertDefined(page, 'a page'));
    const format = find<HTMLSelectElement>('select[name="dtype-0"]');
    expect(find('systole-numerics-panel').shadowRoot?.activeElement).toBe(format);
    expect(format.value).toBe('bf16');
    await userEvent.keyboard('{Tab}{Tab}');
    const second = find<HTMLSelectElement>('select[name="dtype-1"]');
    expect(find('systole-numerics-panel').shadowRoot?.activeElement).toBe(second);
    expect(second.value).toBe('fp8-e4m3');
    await userEvent.keyboard('{ArrowDown}');
    expect(second.value).toBe('fp8-e5m2');
    await isDone(assertDefined(page, 'a page'));

    const { shape } = assertDefined(asked.at(-1), 'a request');
    expect(shape.k).toBe(Math.min(detail.gemm.k, 4096));
    const tile = randomTile(shape, app.state.run?.scenario.seed ?? 0);
    const exact = multiplyInDouble(tile);
    const { sequential } = ACCUMULATIONS;
    const passRows = detail.arrays[0].config.rows;
    const multiply = (dtype: NumericsChoice['dtype']): Float64Array =>
      multiplyTile(tile, { dtype, accumulation: sequential, passRows });
    const [first, other] = [multiply('bf16'), multiply('fp8-e5m2')];
    const errors = [summarizeErrors(first, exact), summarizeErrors(other, exact)];
    await until(() =>
      expect(valuesOf(assertDefined(page, 'a page'), 'Rms error')).toEqual(
        errors.map(({ rms }) => String(rms)),
      ),
    );
    const shown = assertDefined(page, 'a page');
    expect(valuesOf(shown, 'Largest error')).toEqual(errors.map(({ largest }) => String(largest)));
    expect(valuesOf(shown, 'Mean error')).toEqual(errors.map(({ mean }) => String(mean)));
    expect(cellsOf(shown, 'Bit-equal in both')).toEqual([
      expect.stringContaining(`${formatPercent(bitEqualShare(first, other))} of ${first.length} results`),
    ]);
    expect(text()).toContain("not the chip's own arithmetic");
    expect(text()).toMatch(/Computed on the (GPU|CPU twin)/);
  });

  it('opens from the palette and from the inspector, closes with Esc, and leaves the page as it was', async () => {
    const { app, find, press, settled } = await open();
    const before = app.state.cursorPs;
    press('KeyK', { ctrlKey: true });
    await settled();
    const input = find<HTMLInputElement>('systole-prompt-dialog >>> input');
    await userEvent.type(input, 'numerics{Enter}');
    await settled();
    expect(app.state.dialog?.kind).toBe('numerics');
    await userEvent.keyboard('{Escape}');
    await settled();
    expect(app.state.dialog).toBeUndefined();
    find<HTMLButtonElement>('systole-inspector >>> p button').click();
    await settled();
    expect(app.state.dialog?.kind).toBe('numerics');
    expect(app.state.cursorPs).toBe(before);
  });

  it('offers integers one kind of sum, and asks only for what the numerics accept', async () => {
    const { find, findAll, press, settled, asked } = await open();
    press('KeyN');
    await settled();
    const format = find<HTMLSelectElement>('select[name="dtype-0"]');
    await userEvent.selectOptions(format, 'int8');
    await settled();
    const offered = findAll<HTMLOptionElement>('select[name="accumulation-0"] option');
    expect(offered.map(({ value }) => value)).toEqual(['int32']);
    await isDone(assertDefined(page, 'a page'));
    expect(asked.at(-1)?.picks[0]).toEqual({ dtype: 'int8', accumulation: 'int32' });
    await userEvent.selectOptions(find('.reference select'), 'loaded');
    await isDone(assertDefined(page, 'a page'));
    await until(() => expect(valuesOf(assertDefined(page, 'a page'), 'Rms error')[0]).toBe('0'));
  });

  it('shows progress, can be cancelled and taken up again, and says why the CPU computes', async () => {
    const numerics = createNumericsService(async () => createCpuBackend('WebGPU found no adapter'));
    const held: (() => void)[] = [];
    const engine: Engine = {
      ...createEngineClient(),
      compareNumerics: async (request, progress) => {
        progress(0.25, 'a quarter of it');
        if (held.length === 0) {
          await new Promise<void>((resolve) => held.push(resolve));
          return { kind: 'cancelled' };
        }
        return outcomeOf(() => numerics.compare(request, progress));
      },
      cancelNumerics: () => held[0]?.(),
    };
    const { press, settled, find, findAll, text } = await open(engine);
    press('KeyN');
    await settled();
    expect(text()).toContain('a quarter of it');
    expect(find<HTMLProgressElement>('systole-numerics-panel >>> progress').value).toBe(0.25);
    find<HTMLButtonElement>('.status button').click();
    await settled();
    expect(text()).toContain('Cancelled.');
    expect(findAll('systole-numerics-results')).toHaveLength(0);
    find<HTMLButtonElement>('.status button').click();
    await isDone(assertDefined(page, 'a page'));
    expect(text()).toContain('Computed on the CPU twin, which gives the same bits: WebGPU found no adapter.');
  });

  it('has nothing serious against it in either theme, and fits a narrow screen', async () => {
    const { app, press, settled, findAll, find } = await open();
    press('KeyN');
    await isDone(assertDefined(page, 'a page'));
    for (const summary of findAll('systole-numerics-results >>> summary')) summary.click();
    for (const theme of ['light', 'dark'] as const) {
      app.store.update({ theme });
      await settled();
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(
        serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`),
        theme,
      ).toEqual([]);
    }
    await browserPage.viewport(390, 844);
    await settled();
    const dialog = find('systole-numerics-panel >>> dialog');
    expect(dialog.scrollWidth).toBeLessThanOrEqual(dialog.clientWidth);
    expect(dialog.getBoundingClientRect().width).toBeLessThanOrEqual(390);
  });
});

import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

let page: Page | undefined;

afterEach(() => {
  page?.close();
  page = undefined;
  delete document.documentElement.dataset.theme;
});

function click({ findAll }: Page, within: string, text: string): void {
  const button = findAll<HTMLButtonElement>(`${within} >>> button`).find(
    (each) => each.textContent?.trim() === text,
  );
  assertDefined(button, `a button ${text}`).click();
}

const pressOn = (target: Element, key: string): void =>
  void target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true }),
  );

/** The page with the transfers of the worst link listed, and their buttons. */
async function openList(scenario: Scenario = EMBEDDED_SCENARIO): Promise<Page> {
  const on = await mountPage(scenario);
  page = on;
  click(on, 'systole-torus-view', 'Time');
  await until(() => expect(on.text()).toContain('worst first'));
  pressOn(on.find('systole-link-times >>> .scroller'), 'w');
  await until(() => expect(rows(on).length).toBeGreaterThan(2));
  return on;
}

const rows = ({ findAll }: Page): readonly HTMLElement[] =>
  findAll('systole-link-transfers >>> tbody button');

describe('walking from transfer to transfer', () => {
  it('by keys: rows, Enter, back along what it waited for, Escape; scrubbing leaves it', async () => {
    const on = await openList();
    const { app, find, findAll, settled, text } = on;
    const stops = (): readonly number[] => rows(on).map(({ tabIndex }) => tabIndex);
    expect(stops().filter((stop) => stop === 0)).toHaveLength(1);
    pressOn(rows(on)[0], 'End');
    expect(stops().at(-1)).toBe(0);
    // Enter clicks the button that has the focus.
    rows(on).at(-1)?.click();
    await until(() => expect(text()).toMatch(/It waited until .* at last for/));
    const chosen = assertDefined(app.state.transfer, 'a transfer');
    const cursorPs = app.state.cursorPs;
    pressOn(find('systole-transfer-panel >>> h3'), 'ArrowLeft');
    await until(() => expect(app.state.transfer).not.toEqual(chosen));
    await settled();
    await until(() => expect(findAll('systole-transfer-panel >>> li').length).toBeGreaterThan(2));
    expect(app.state.cursorPs).toBe(cursorPs);
    click(on, 'systole-transfer-panel', 'go to its arrival');
    expect(app.state.cursorPs).not.toBe(cursorPs);
    const now = app.state.transfer;
    app.seek(0);
    await settled();
    expect(app.state.transfer).toEqual(now);
    expect(findAll('systole-transfer-panel')).toHaveLength(1);
    pressOn(find('systole-transfer-panel >>> h3'), 'Escape');
    expect(app.state.transfer).toBeUndefined();
    expect(app.state.selectedLink).toBeDefined();
  });

  it('draws its way in 2-D and 3-D and says it aloud', async () => {
    const on = await openList();
    rows(on)[0].click();
    await until(() => expect(on.findAll('systole-transfer-panel')).toHaveLength(1));
    for (const projection of ['2-D', '3-D']) {
      click(on, 'systole-torus-view', projection);
      await on.settled();
      const { path } = on.find<Element & { readonly path?: { readonly links: readonly number[] } }>(
        'systole-torus-stage',
      );
      expect(path?.links.length).toBeGreaterThan(0);
      expect(on.findAll('systole-transfer-panel')).toHaveLength(1);
    }
    const spoken = on.find('systole-torus-view >>> [aria-live]').textContent;
    expect(spoken).toMatch(/Transfer \(.*\) → \(.*\): It .* arrived at/);
  });

  it('walks the critical chain by its key, step by step', async () => {
    const on = await openList();
    on.press('KeyC', { shiftKey: true });
    await until(() => expect(on.text()).toMatch(/transfers in a row make the/));
    const steps = on.findAll<HTMLElement>('systole-chain-panel >>> tbody button');
    expect(steps.length).toBeGreaterThan(1);
    steps[0].click();
    await until(() => expect(on.text()).toContain('It began at once'));
    click(on, 'systole-transfer-panel', 'chain');
    await until(() => expect(on.findAll('systole-chain-panel')).toHaveLength(1));
    click(on, 'systole-chain-panel', '×');
    expect(on.app.state.transfer).toBeUndefined();
  });

  it('follows transfers around a cut cable as well', async () => {
    const on = await openList({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } });
    expect(on.text()).not.toContain('Means over all of its time');
    rows(on)[0].click();
    await until(() => expect(on.text()).toMatch(/held it back for .*shared with/));
    expect(on.text()).toContain('Cut:');
  });

  it.each(['dark', 'light'])('%s: nothing serious for axe', async (theme) => {
    const on = await openList();
    document.documentElement.dataset.theme = theme;
    rows(on)[0].click();
    await until(() => expect(on.findAll('systole-transfer-panel')).toHaveLength(1));
    const check = async (): Promise<void> => {
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
      const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)).toEqual(
        [],
      );
    };
    await check();
    on.press('KeyC', { shiftKey: true });
    await until(() => expect(on.findAll('systole-chain-panel')).toHaveLength(1));
    await check();
  });
});

import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { ThemeChoice } from '../../src/ui/state.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

let page: Page;

beforeAll(async () => {
  localStorage.removeItem('systole-flits');
  page = await mountPage();
});

afterAll(() => {
  page.close();
  localStorage.removeItem('systole-flits');
});

function buttonNamed(name: string, within = 'systole-torus-view'): HTMLButtonElement {
  const found = page
    .findAll<HTMLButtonElement>(`${within} >>> button`)
    .find((button) => (button.ariaLabel ?? button.textContent ?? '').trim() === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
}

/** By keyboard: the button is focused, then pressed with Enter. */
async function press(name: string, within?: string): Promise<void> {
  buttonNamed(name, within).focus();
  await userEvent.keyboard('{Enter}');
  await page.settled();
}

async function violations(): Promise<readonly string[]> {
  const results = await axe.run(document.body, { resultTypes: ['violations'] });
  return results.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const flitText = (): string => page.text();
const cycleShown = (): string => page.find('systole-flit-player >>> .cycle').textContent?.trim() ?? '';

describe('the flit zoom', () => {
  it('records the collective of the run beside the other models, by keyboard alone', async () => {
    await press('Flits');
    await press('Record', 'systole-flit-view');
    await until(() => expect(flitText()).toMatch(/all-gather|reduce-scatter|all-reduce/));
    await until(() => page.find('systole-flit-player >>> .cycle'));
    await page.settled();
    expect(flitText()).toContain('closed form');
    expect(flitText()).toMatch(/The busiest link, .* sends in/);
    const input = page.find<HTMLInputElement>('systole-flit-player >>> input[type="range"]');
    input.focus();
    const before = cycleShown();
    const playhead = page.app.state.cursorPs;
    await userEvent.keyboard('{ArrowRight}');
    await page.settled();
    expect(cycleShown()).not.toBe(before);
    // The playhead of the run is another one.
    expect(page.app.state.cursorPs).toBe(playhead);
  });

  it('opens a router of saturated traffic and follows its waiting to the root', async () => {
    await press('Traffic', 'systole-flit-view');
    await press('Record', 'systole-flit-view');
    await until(() => expect(flitText()).toContain('tornado, 0.2 flits/node/cycle'));
    await until(() => expect(flitText()).toMatch(/Most wait for/));
    page.find('systole-flit-torus >>> .surface').focus();
    await userEvent.keyboard('w');
    await page.settled();
    const steps = page.findAll('systole-flit-router >>> li');
    expect(steps.length).toBeGreaterThan(1);
    expect(steps[0]?.textContent).toMatch(/waits/);
    expect(page.find('systole-flit-router').shadowRoot?.textContent).toMatch(
      /The root moves|The root is|still on the link|in this cycle/,
    );
    const heading = (): string => page.find('systole-flit-router >>> h3').textContent ?? '';
    const before = heading();
    page.find('systole-flit-torus >>> .surface').focus();
    await userEvent.keyboard('{ArrowDown}');
    await page.settled();
    expect(heading()).not.toBe(before);
    const at = cycleShown();
    await userEvent.keyboard('.');
    await page.settled();
    expect(cycleShown()).not.toBe(at);
    await userEvent.keyboard(',');
    await page.settled();
    expect(cycleShown()).toBe(at);
    // X would cut a cable of the run: not from here.
    await userEvent.keyboard('x{Escape}');
    await page.settled();
    expect(page.findAll('systole-flit-router')).toHaveLength(0);
    expect(page.app.state.run?.scenario.slice.without).toBeUndefined();
  });

  it('has the same as a list, whose entries lead to their router', async () => {
    await press('List', 'systole-flit-view');
    const rows = page.findAll('systole-flit-list >>> tbody tr');
    expect(rows.length).toBeGreaterThan(20);
    rows[0]?.querySelector('button')?.focus();
    await userEvent.keyboard('{Enter}');
    await page.settled();
    expect(page.findAll('systole-flit-router')).toHaveLength(1);
  });

  for (const theme of ['light', 'dark'] as const satisfies readonly ThemeChoice[]) {
    it(`has nothing serious against access in the ${theme} theme`, async () => {
      page.app.store.update({ theme });
      await page.settled();
      page.find('systole-flit-torus >>> .surface').focus();
      await userEvent.keyboard('w');
      await page.settled();
      expect(await violations()).toEqual([]);
      await press('List', 'systole-flit-view');
      await press('Settings', 'systole-flit-view');
      expect(await violations()).toEqual([]);
      await press('Settings', 'systole-flit-view');
      await press('Waiting', 'systole-flit-view');
    });
  }

  it('says in one line beside the field what is wrong with it, as text', async () => {
    await press('Settings', 'systole-flit-view');
    const rate = page.find<HTMLInputElement>('systole-flit-settings >>> #rate');
    await userEvent.fill(rate, '<b>7</b>');
    await page.settled();
    expect(page.find('systole-flit-settings >>> #rate-error').textContent).toContain('found “<b>7</b>”');
    expect(rate.getAttribute('aria-invalid')).toBe('true');
    expect(buttonNamed('Record', 'systole-flit-view').disabled).toBe(true);
    await userEvent.fill(rate, '0.15');
    await page.settled();
    expect(page.findAll('systole-flit-settings >>> .error')).toHaveLength(0);
    expect(JSON.parse(localStorage.getItem('systole-flits') ?? '{}')).toMatchObject({ rate: '0.15' });
  });

  it('draws the curve of latency against load as it grows, and gives up when told to', async () => {
    await userEvent.fill(page.find('systole-flit-settings >>> #shape'), '4x4');
    await press('Curve', 'systole-flit-view');
    await until(() => expect(page.findAll('systole-flit-sweep >>> tbody tr').length).toBeGreaterThan(1));
    await press('Cancel', 'systole-flit-view');
    await until(() => expect(flitText()).toContain('Cancelled.'));
    await press('Curve', 'systole-flit-view');
    await until(() => expect(flitText()).toMatch(/Saturates between/));
  });

  it('keeps what was recorded while another view of the slice is shown', async () => {
    await press('2-D');
    await press('Flits');
    expect(page.findAll('systole-flit-sweep >>> tbody tr').length).toBeGreaterThan(5);
  });

  it('offers a slice with every cable in order where one is cut', async () => {
    await page.app.change({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } });
    await page.settled();
    await press('Collective', 'systole-flit-view');
    await press('Record', 'systole-flit-view');
    await until(() => expect(flitText()).toContain('nothing missing'));
    await press('The same collective with every cable in order', 'systole-flit-view');
    await until(() => expect(flitText()).toMatch(/The busiest link, .* sends in/));
  });
});

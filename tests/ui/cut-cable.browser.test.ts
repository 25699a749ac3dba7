import { afterEach, describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import type { Run } from '../../src/worker/engine-api.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

let page: Page | undefined;

afterEach(() => {
  page?.close();
  page = undefined;
});

async function open(scenario?: Scenario): Promise<Page> {
  page = await mountPage(scenario);
  return page;
}

const runOf = ({ app }: Page): Run => assertDefined(app.state.run, 'a run');

/** A key in the torus, as when it has the focus. */
function pressInTorus({ find }: Page, key: string): void {
  find('systole-torus-stage >>> .surface').dispatchEvent(
    new KeyboardEvent('keydown', { key, code: `Key${key.toUpperCase()}`, bubbles: true, composed: true }),
  );
}

async function selectWorst(on: Page): Promise<void> {
  await until(() => expect(on.text()).toContain('worst:'));
  pressInTorus(on, 'w');
  await on.settled();
}

describe('cutting a cable', () => {
  it('of the worst link by keyboard slows the step down, says why, and is undone', async () => {
    const on = await open();
    const { app, press, settled, text, find } = on;
    const whole = runOf(on);
    await selectWorst(on);
    expect(app.state.selectedLink).toBeDefined();
    pressInTorus(on, 'x');
    await until(() => expect(runOf(on).scenario.slice.without).toHaveLength(1));
    expect(runOf(on).report.stepPs).toBeGreaterThan(whole.report.stepPs);
    await settled();
    expect(text()).toContain('4×4×4 without 1 cable');
    expect(text()).toContain('382');
    await until(() => expect(text()).toContain('With every cable in order'));
    // The playhead stays in the collective that was watched, so that the reason is there at once.
    await until(() =>
      expect(find('systole-torus-faults').shadowRoot?.textContent).toMatch(/takes\s+[1-9]\.\d\d×\s+as long/),
    );
    press('KeyZ', { ctrlKey: true });
    await until(() => expect(runOf(on).digest).toBe(whole.digest));
    await settled();
    expect(text()).not.toContain('without 1 cable');
    expect(text()).not.toContain('With every cable in order');
  });

  it('explains what it does to a collective under the playhead, and can be repaired', async () => {
    const cut: Scenario = {
      ...EMBEDDED_SCENARIO,
      slice: { shape: [4, 4, 4], without: ['0,0,0+z', '1,0,0+z'] },
    };
    const on = await open(cut);
    const { app, find, findAll, press } = on;
    const broken = runOf(on);
    const gather = broken.report.timeline
      .flatMap((block) => block.lanes)
      .filter((lane) => lane.lane === 'ici-z')
      .flatMap((lane) => lane.spans)
      .find((span) => span.kind === 'busy');
    app.seek(assertDefined(gather, 'a transfer along z').startPs);
    await until(() =>
      expect(find('systole-torus-faults').shadowRoot?.textContent).toMatch(/takes\s+\d\.\d\d×\s+as long/),
    );
    findAll('systole-torus-faults >>> button')
      .find((each) => each.textContent === 'repair')
      ?.click();
    await until(() => expect(runOf(on).scenario.slice.without).toHaveLength(1));
    press('KeyX', { shiftKey: true });
    await until(() => expect(runOf(on).scenario.slice.without).toBeUndefined());
    expect(runOf(on).report.stepPs).toBeLessThan(broken.report.stepPs);
  });

  it('colours the links by the flows of the moment, as Time has them', async () => {
    const on = await open({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } });
    await until(() => expect(on.text()).toContain('flows at this moment'));
    await selectWorst(on);
    const rate = (): string => on.find('systole-link-panel >>> p.number').textContent ?? '';
    expect(rate()).toMatch(/100\s%|99\.\d\s%/);
  });

  it('stays as it is where a chip would be cut off', async () => {
    const chip = ['0,0,0+x', '0,0,0-x', '0,0,0+y', '0,0,0-y', '0,0,0+z'];
    const on = await open({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: chip } });
    const before = runOf(on);
    on.app.selectLink(5);
    on.press('KeyX');
    await until(() => expect(on.app.state.notices.at(-1)?.kind).toBe('error'));
    expect(runOf(on)).toBe(before);
  });
});

describe('twisting', () => {
  it('sets regular beside twisted and goes back', async () => {
    const on = await open({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 8] } });
    const regular = runOf(on);
    on.press('KeyT', { shiftKey: true });
    await until(() => expect(runOf(on).scenario.slice.twisted).toBe(true));
    await on.settled();
    await until(() => expect(on.text()).toContain('With the regular torus'));
    on.press('KeyT', { shiftKey: true });
    await until(() => expect(runOf(on).digest).toBe(regular.digest));
  });
});

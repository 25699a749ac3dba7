import axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCpuBackend } from '../../src/gpu/cpu-backend.ts';
import { PLACES, type ThemeChoice } from '../../src/ui/state.ts';
import { createEngineClient } from '../../src/worker/engine-client.ts';
import { createSideService } from '../../src/worker/side-service.ts';
import { mountPage, type Page } from './mount-page.ts';

let page: Page;

beforeAll(async () => {
  page = await mountPage();
});

afterAll(() => page.close());

async function violations(): Promise<readonly string[]> {
  const results = await axe.run(document.body, { resultTypes: ['violations'] });
  return results.violations
    .filter((each) => each.impact === 'serious' || each.impact === 'critical')
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

describe('access', () => {
  for (const theme of ['light', 'dark'] as const satisfies readonly ThemeChoice[]) {
    it(`finds nothing serious on any place in the ${theme} theme`, async () => {
      page.app.store.update({ theme });
      for (const place of PLACES) {
        page.app.store.update({ place, selectedOp: place === 'run' ? 1 : undefined });
        await page.settled();
        expect(await violations(), `${place}, ${theme}`).toEqual([]);
      }
    });
  }

  it('finds nothing serious in palette, prompt and key list', async () => {
    page.app.store.update({ place: 'run', selectedOp: undefined });
    for (const dialog of [
      { kind: 'palette' },
      { kind: 'prompt', command: 'scenario.chip' },
      { kind: 'keys' },
    ] as const) {
      page.app.store.update({ dialog });
      await page.settled();
      expect(await violations(), dialog.kind).toEqual([]);
    }
    page.app.store.update({ dialog: undefined });
    await page.settled();
  });
});

describe('without WebGPU', () => {
  it('the page works and says that the CPU computes', async () => {
    const engine = createEngineClient();
    const cpu = createCpuBackend('WebGPU found no adapter');
    const without = await mountPage(undefined, { ...engine, selfTest: () => cpu.selfTest() });
    await without.app.checkGpu();
    await without.settled();
    expect(without.text()).toContain('no WebGPU: CPU computes');
    expect(without.app.state.run).toBeDefined();
    without.app.goTo('trust');
    await without.settled();
    expect(without.text()).toContain('WebGPU found no adapter');
    without.close();
  });

  it('a check that breaks off is said and can be repeated', async () => {
    const engine = createEngineClient();
    const broken = await mountPage(undefined, {
      ...engine,
      selfTest: () => Promise.reject(new Error('device lost')),
    });
    await broken.app.checkGpu();
    broken.app.goTo('trust');
    await broken.settled();
    expect(broken.text()).toContain('GPU check failed');
    expect(broken.text()).toContain('device lost');
    broken.close();
  });

  it('the service falls back to the CPU and says why', async () => {
    const verdict = await createSideService({ gpu: undefined }).selfTest();
    expect(verdict.status).toBe('no-adapter');
    expect(verdict.firstDifference).toBeUndefined();
    expect(verdict.adapter).toMatch(/WebGPU/);
  });
});

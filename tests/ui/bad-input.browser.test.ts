import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDED_SCENARIO, WORKLOADS } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import { encodeScenario } from '../../src/study/share-link.ts';
import { App } from '../../src/ui/app.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

const gemm =
  WORKLOADS.find((workload) => workload.scenario.workload.kind === 'gemm')?.scenario ?? EMBEDDED_SCENARIO;

let page: Page;

beforeAll(async () => {
  page = await mountPage(gemm);
});

afterAll(() => page.close());

/** The one message that the page shows; the run on screen must be the one from before. */
async function messageAfter(act: () => Promise<unknown>): Promise<string> {
  const { app, find, findAll, settled } = page;
  app.store.update({ notices: [] });
  const before = app.state.run;
  await act();
  await settled();
  expect(app.state.run).toBe(before);
  expect(find('systole-verdict >>> h1').textContent).toBe(before?.report.verdict.headline);
  expect(findAll('systole-notices >>> li').length).toBe(1);
  const shown = find('systole-notices >>> .text').textContent ?? '';
  expect(shown).not.toMatch(/[\n\r]/);
  expect(shown).not.toContain('fault of Systole');
  return shown;
}

function drop(file: File): void {
  const data = new DataTransfer();
  data.items.add(file);
  window.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
}

const text = (scenario: unknown): string => JSON.stringify(scenario);

describe('bad input', () => {
  it('ten megabytes of junk, dropped: one line, and the run stays', async () => {
    const junk = new File([new Uint8Array(10 * 2 ** 20).fill(0x7a)], 'junk.bin');
    const shown = await messageAfter(async () => {
      drop(junk);
      await until(() => expect(page.app.state.notices.length).toBe(1));
    });
    expect(shown).toMatch(/^junk\.bin: /);
  });

  it.each<[string, string, RegExp]>([
    ['malformed JSON', '{"format": ', /bad\.json/],
    ['an unknown chip', text({ ...gemm, chip: 'v99' }), /v99/],
    ['a slice of 0x4', text({ ...gemm, slice: { shape: [0, 4] } }), /slice/],
    ['1e308 as a size', text({ ...gemm, workload: { ...gemm.workload, n: 1e308 } }), /workload/],
    ['NaN as a size', '{"format":"systole-scenario","version":1,"slice":{"shape":[NaN]}}', /bad\.json/],
  ])('%s in a file', async (_, content, place) => {
    const shown = await messageAfter(() => page.app.openFile(new File([content], 'bad.json'), 'bad.json'));
    expect(shown).toMatch(place);
  });

  it.each<[string, Scenario, RegExp]>([
    ['an unknown chip', { ...gemm, chip: 'v99' }, /v99/],
    ['a slice it has not', { ...gemm, slice: { shape: [7, 3] } }, /slice/],
    ['a set to 1e308', { ...gemm, set: ['clockHz=1e308'] }, /clockHz/],
  ])('%s in the sentence', async (_, scenario, place) => {
    expect(await messageAfter(() => page.app.change(scenario))).toMatch(place);
  });

  it('a damaged link', async () => {
    expect(await messageAfter(() => page.app.openAddress('#s1.!!!!'))).toMatch(/^link: /);
  });

  it('a link that the engine refuses, on an empty page: the usual workload runs, and the reason stays', async () => {
    const hash = `#${await encodeScenario({ ...gemm, slice: { shape: [7, 3] } })}`;
    const app = new App(page.app.engine);
    await app.openAddress(hash, gemm);
    expect(app.state.run?.scenario).toEqual(gemm);
    expect(app.state.status.kind).toBe('idle');
    expect(app.state.notices.at(-1)).toMatchObject({ kind: 'error', text: expect.stringMatching(/slice/) });
  });

  it('markup in a name stays text', async () => {
    const name = '<img src=x onerror=alert(1)>.json';
    const shown = await messageAfter(() => page.app.openFile(new File(['{'], name), name));
    expect(shown).toContain('<img');
    expect(page.findAll('systole-notices >>> img').length).toBe(0);
  });
});

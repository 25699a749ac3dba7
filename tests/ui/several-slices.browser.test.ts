import axe from 'axe-core';
import { afterEach, describe, expect, it } from 'vitest';
import { assertDefined } from '../../src/base/assert.ts';
import type { RunReport } from '../../src/machine/report.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import type { Run } from '../../src/worker/engine-api.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

const four: Scenario = { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], slices: 4 } };
/** Workers of several pages share the machine. */
let page: Page | undefined;

afterEach(() => {
  page?.close();
  page = undefined;
});

async function open(scenario: Scenario): Promise<Page> {
  page = await mountPage(scenario);
  return page;
}

const runOf = ({ app }: Page): Run => assertDefined(app.state.run, 'a run');

/** The middle of some exchange between the slices. */
function exchangePs(report: RunReport): number {
  const span = report.timeline
    .flatMap((block) => block.lanes)
    .filter((lane) => lane.lane === 'dcn')
    .flatMap((lane) => lane.spans)
    .find((each) => each.kind === 'busy');
  const { startPs, endPs } = assertDefined(span, 'an exchange');
  return Math.round((startPs + endPs) / 2);
}

/** What the strip of slices says, words apart by one space. */
function strip({ find }: Page): string {
  return (find('systole-torus-slices').shadowRoot?.textContent ?? '').replace(/\s+/g, ' ');
}

describe('several slices', () => {
  it('stand in the sentence, in the torus and in a lane of their own', async () => {
    const on = await open(four);
    const sentence = assertDefined(on.find('systole-top-bar >>> .sentence').textContent, 'a sentence');
    expect(sentence.replace(/\s+/g, ' ')).toContain('on 4 slices of TPU v5p 4×4×4');
    expect(on.text()).toContain('DCN');
    await until(() =>
      expect(on.find('systole-torus-view >>> .facts').textContent).toMatch(/one of\s+4\s+slices/),
    );
  });

  it('say what passes between them at the playhead, and a key leads there', async () => {
    const on = await open(four);
    on.app.seek(exchangePs(runOf(on).report));
    await until(() =>
      expect(strip(on)).toMatch(
        /Slice 1 of 4, all do the same\. Between them all-reduce d:\S+?, \d+(\.\d+)?\s% of 6\.25\sGB\/s/,
      ),
    );
    const canvas = on.find<HTMLCanvasElement>('systole-torus-slices >>> canvas');
    await until(() => expect(canvas.width).toBeGreaterThan(100));
    on.find<HTMLButtonElement>('systole-torus-slices >>> button').click();
    await until(() => expect(on.text()).toContain('Between slices'));
    on.app.seek(0);
    await until(() => expect(strip(on)).toContain('Nothing between the slices now.'));
  });

  it('are joined and parted by a command, and too many are refused in one line', async () => {
    const on = await open(EMBEDDED_SCENARIO);
    const before = runOf(on);
    expect(on.findAll('systole-torus-slices >>> canvas')).toHaveLength(0);
    const { action: command } = on.app.command('scenario.slices');
    if (command.kind !== 'prompt') throw new Error('a prompt');
    expect(await command.prompt.apply('4')).toBeUndefined();
    expect(runOf(on).scenario.slice.slices).toBe(4);
    expect(runOf(on).report.mesh[0]).toMatchObject({ name: 'data', size: 4, dcn: true });
    expect(await command.prompt.apply('five')).toMatch(/^slices: expected a whole number from 1 to 1024/);
    expect(await command.prompt.apply('1')).toBeUndefined();
    expect(runOf(on).digest).toBe(before.digest);
  });

  it('name the data-centre network when the step waits for it, and leave nothing that access tools miss', async () => {
    const on = await open({ ...four, set: ['host.dcnBytesPerSecond=0.3e9'] });
    expect(on.find('systole-verdict >>> h1').textContent).toMatch(/^Waits on the data-centre network/);
    on.app.seek(exchangePs(runOf(on).report));
    for (const theme of ['light', 'dark'] as const) {
      on.app.store.update({ theme });
      await on.settled();
      const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
      expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
    }
  });

  it('with weights sharded over all of them show the torus links that they use', async () => {
    const { workload } = four;
    if (workload.kind !== 'decoder-training') throw new Error('a training step');
    const mesh = [
      { name: 'fsdp' as const, size: 64, torusAxes: 'xy+dcn' },
      { name: 'tensor' as const, size: 4 },
    ];
    const on = await open({ ...four, workload: { ...workload, mesh } });
    on.app.seek(exchangePs(runOf(on).report));
    await until(() => expect(on.text()).toContain('worst:'));
  });
});

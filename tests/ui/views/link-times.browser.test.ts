import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { createTimelineIndex } from '../../../src/figure/timeline-index.ts';
import { collectivesAt } from '../../../src/figure/torus-load.ts';
import { Torus } from '../../../src/ici/topology.ts';
import { EMBEDDED_SCENARIO } from '../../../src/study/catalog.ts';
import '../../../src/ui/views/link-times.ts';
import type { LinkTimesView } from '../../../src/ui/views/link-times.ts';
import type { Engine } from '../../../src/worker/engine-api.ts';
import type { LinkTimes } from '../../../src/worker/link-times.ts';
import { createLinksService } from '../../../src/worker/links-service.ts';
import { buildFixtureReport, repeatedBlock } from '../fixture-report.ts';
import { until } from '../until.ts';
import { find, findAll, mountView, nextEvent, press, settled, textOf } from './mount-view.ts';

const report = buildFixtureReport({ layers: 3 });
const BUSY_PS = repeatedBlock(report).startPs + 2_700_000_000;
const index = createTimelineIndex(report);
const torus = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });

let view: LinkTimesView;
let asked: number[];

/** Follows transfers right here. */
function engineHere(change: Partial<Engine> = {}): Engine {
  const service = createLinksService();
  const engine: Partial<Engine> = {
    linkTimes: (scenario, wanted, bins, progress) => {
      asked.push(bins);
      return service.linkTimes(scenario, wanted, bins, progress);
    },
    linkTransfers: service.linkTransfers,
    transferTale: service.transferTale,
    cancelLinkTimes: () => undefined,
    ...change,
  };
  return engine as Engine;
}

async function mount(engine: Engine = engineHere()): Promise<void> {
  view = document.createElement('systole-link-times');
  view.style.position = 'relative';
  Object.assign(view, { torus, report, engine, scenario: EMBEDDED_SCENARIO, cursorPs: BUSY_PS });
  view.active = collectivesAt(index, BUSY_PS);
  view.addEventListener('select-link', (event) => {
    view.selectedLink = (event as CustomEvent<{ link: number | undefined }>).detail.link;
  });
  await mountView(view);
}

beforeEach(() => {
  asked = [];
});

describe('systole-link-times', () => {
  test('shows the collective under the playhead, in bins chosen by the width, and asks once', async () => {
    await mount();
    await until(() => expect(textOf(view)).toContain('384 links, the worst first'));
    await settled(view);
    expect(textOf(view)).toContain(view.active[0].report.name);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThan(100);
    expect(asked[0] % 20).toBe(0);
    expect(find(view, '.playhead').style.left).toMatch(/px$/);
  });

  test('at another width the map stays until its bins have come, and nothing is told while sizes are', async () => {
    const errors: string[] = [];
    const listen = (event: ErrorEvent): void => void errors.push(event.message);
    window.addEventListener('error', listen);
    await mount();
    await until(() => expect(textOf(view)).toContain('worst first'));
    view.style.inlineSize = '480px';
    await until(() => expect(asked).toHaveLength(2));
    expect(textOf(view)).toContain('worst first');
    await settled(view);
    view.style.inlineSize = '';
    await settled(view);
    await settled(view);
    expect(asked).toHaveLength(2);
    window.removeEventListener('error', listen);
    expect(errors).toEqual([]);
  });

  test('arrow keys select links, and the selected one says who is on it', async () => {
    await mount();
    await until(() => expect(textOf(view)).toContain('worst first'));
    const worst = nextEvent<{ link: number }>(view, 'select-link');
    press(find(view, '.scroller'), 'w');
    const { link } = await worst;
    await until(() => expect(textOf(view)).toMatch(/Now \d+/));
    expect(textOf(find(view, 'systole-link-transfers'))).toContain('Waits for');
    press(find(view, '.scroller'), 'ArrowDown');
    await settled(view);
    expect(view.selectedLink).not.toBe(link);
    const cut = nextEvent<{ id: string }>(view, 'invoke-command');
    findAll<HTMLButtonElement>(view, 'button')
      .find((each) => each.textContent?.includes('Cut this cable'))
      ?.click();
    expect((await cut).id).toBe('torus.cut');
  });

  test('lists the same as rows of a table', async () => {
    await mount();
    await until(() => expect(textOf(view)).toContain('worst first'));
    findAll<HTMLButtonElement>(view, 'button')
      .find((each) => each.textContent?.trim() === 'List')
      ?.click();
    await settled(view);
    expect(findAll(view, 'tbody tr')).toHaveLength(200);
    expect(textOf(view)).toContain('200 of 384 links');
  });

  test('shows progress, is given up, and taken up again', async () => {
    let resolve: (outcome: { readonly kind: 'cancelled' }) => void = () => undefined;
    let requests = 0;
    await mount(
      engineHere({
        linkTimes: (_scenario, _wanted, _bins, progress) => {
          requests += 1;
          setTimeout(() => progress(0.3, 'following 1,024 transfers'));
          return new Promise((done) => {
            resolve = done;
          });
        },
        cancelLinkTimes: () => resolve({ kind: 'cancelled' }),
      }),
    );
    await until(() => expect(textOf(view)).toContain('following 1,024 transfers'));
    find<HTMLButtonElement>(view, '[role="status"] button').click();
    await until(() => expect(textOf(view)).toContain('Cancelled.'));
    findAll<HTMLButtonElement>(view, 'p button')[0].click();
    await until(() => expect(requests).toBe(2));
  });

  test('totals say why transfers were not followed; failures and quiet moments are said', async () => {
    const totals: LinkTimes = {
      followed: false,
      whyTotals: 'single transfers are followed up to 1,024 chips',
      seconds: 1e-3,
      count: 1,
      links: Int32Array.of(0, 1),
      linkCount: 384,
      busy: Float32Array.of(1, 0.5),
      blocked: new Float32Array(2),
      bytes: Float64Array.of(9e7, 4.5e7),
      waitedSeconds: new Float64Array(2),
      sentence: 'All axes carry the same.',
    };
    await mount(engineHere({ linkTimes: async () => ({ kind: 'done', value: totals }) }));
    await until(() => expect(textOf(view)).toContain('up to 1,024 chips'));
    view.selectedLink = 1;
    await settled(view);
    expect(textOf(view)).toContain('were not followed one by one');
    await mount(engineHere({ linkTimes: async () => ({ kind: 'refused', message: 'axes: no such axis' }) }));
    await until(() => expect(textOf(view)).toContain('axes: no such axis'));
    view = document.createElement('systole-link-times');
    await mountView(view);
    expect(textOf(view)).toContain('Nothing on the links now.');
  });

  test.each(['dark', 'light'])('%s: nothing serious for axe', async (theme) => {
    document.documentElement.dataset.theme = theme;
    await mount();
    await until(() => expect(textOf(view)).toContain('worst first'));
    press(find(view, '.scroller'), 'w');
    await until(() => expect(textOf(view)).toMatch(/Now \d+/));
    const { violations } = await axe.run(document.body, { resultTypes: ['violations'] });
    const serious = violations.filter((each) => each.impact === 'serious' || each.impact === 'critical');
    delete document.documentElement.dataset.theme;
    expect(serious.map((each) => `${each.id}: ${each.nodes.map((node) => node.target).join(' ')}`)).toEqual(
      [],
    );
  });
});

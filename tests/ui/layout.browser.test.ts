import { afterEach, describe, expect, it } from 'vitest';
import { page as browserPage } from 'vitest/browser';
import { assertDefined } from '../../src/base/assert.ts';
import { EMBEDDED_SCENARIO, WORKLOADS } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import { mountPage, type Page } from './mount-page.ts';
import { until } from './until.ts';

const GEMM: Scenario = {
  ...assertDefined(
    WORKLOADS.find(({ id }) => id === 'gemm-4096'),
    'the catalogue has gemm-4096',
  ).scenario,
  chip: 'v6e',
};

let page: Page | undefined;
const errors: string[] = [];
window.addEventListener('error', ({ message }) => errors.push(message));

afterEach(async () => {
  // Such as of observers of sizes whose answers change sizes.
  expect(errors.splice(0)).toEqual([]);
  page?.close();
  page = undefined;
  await browserPage.viewport(1440, 900);
});

async function open(scenario: Scenario, width: number, height: number): Promise<Page> {
  page = await mountPage(scenario);
  await browserPage.viewport(width, height);
  await page.settled();
  return page;
}

const box = (on: Page, selector: string): DOMRect => on.find(selector).getBoundingClientRect();

/** Moves the pointer over the array, at shares of its picture, and clicks there or not. */
async function point(on: Page, across: number, down: number, click = false): Promise<void> {
  const surface = on.find('systole-array-stage >>> .surface');
  const { left, top, width, height } = surface.getBoundingClientRect();
  const at = { clientX: left + across * width, clientY: top + down * height, bubbles: true, pointerId: 1 };
  // What a synthetic pointer cannot be is captured.
  surface.setPointerCapture = () => undefined;
  for (const type of click ? ['pointerdown', 'pointerup'] : ['pointermove']) {
    surface.dispatchEvent(new PointerEvent(type, { ...at, button: 0 }));
  }
  await on.settled();
  await on.settled();
}

/** Nothing of it is outside of `outer`. */
function expectWithin(inner: DOMRect, outer: DOMRect): void {
  expect(inner.top).toBeGreaterThanOrEqual(outer.top - 1);
  expect(inner.bottom).toBeLessThanOrEqual(outer.bottom + 1);
  expect(inner.left).toBeGreaterThanOrEqual(outer.left - 1);
  expect(inner.right).toBeLessThanOrEqual(outer.right + 1);
}

describe('layout', () => {
  it('gives the array of a single chip the room that its links do not need', async () => {
    const alone = await open(GEMM, 1440, 900);
    const single = box(alone, 'systole-array-view').width;
    await alone.app.change(EMBEDDED_SCENARIO);
    await alone.settled();
    await until(() => expect(box(alone, 'systole-array-view').width).toBeLessThan(0.75 * single));
  });

  it.each([
    ['1440x900', 1440, 900],
    ['1024x768', 1024, 768],
    ['390x844', 390, 844],
  ])('%s: what is told of a PE and the way to other tiles are both in sight', async (_, width, height) => {
    const on = await open(EMBEDDED_SCENARIO, width, height);
    await point(on, 0.3, 0.4);
    const live = 'systole-array-view >>> systole-pe-readout';
    await until(() => expect(on.findAll(live)).toHaveLength(1));
    expectWithin(box(on, live), box(on, 'systole-array-view'));
    for (const across of [0.2, 0.3, 0.4]) await point(on, across, 0.5, true);
    on.find('systole-array-stage >>> .surface').dispatchEvent(new PointerEvent('pointerleave'));
    await on.settled();
    await until(() => expect(on.findAll('systole-pe-readout[pinned]')).toHaveLength(3));
    const slider = box(on, 'systole-fold-map >>> input');
    expect(slider.width).toBeGreaterThan(40);
    expectWithin(slider, box(on, 'systole-array-view'));
  });

  it.each([1440, 1024, 390])('%i px: hatching is explained, below the playhead', async (width) => {
    const on = await open(EMBEDDED_SCENARIO, width, 844);
    const legend = box(on, 'systole-timeline-footer >>> .legend');
    expect(legend.height).toBeGreaterThan(0);
    expect(box(on, 'systole-timeline >>> .playhead').bottom).toBeLessThanOrEqual(legend.top);
  });
});

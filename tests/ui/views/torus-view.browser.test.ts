import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { unrolledPlan } from '../../../src/figure/torus-plan.ts';
import { Torus } from '../../../src/ici/topology.ts';
import type { RunReport } from '../../../src/machine/report.ts';
import { EMBEDDED_SCENARIO } from '../../../src/study/catalog.ts';
import '../../../src/ui/views/torus-view.ts';
import type { TorusView } from '../../../src/ui/views/torus-view.ts';
import type { Engine, LinkUtilization } from '../../../src/worker/engine-api.ts';
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
const block = repeatedBlock(report);
const US = 1_000_000;
/** The reduce-scatter runs along x and the gather along y and z. */
const BOTH_PS = block.startPs + 2_700 * US;
const QUIET_PS = block.startPs + 4_000 * US;
const torus = new Torus({ shape: [4, 4, 4], wraps: [true, true, true] });
/** The one link that is busier than all others of its axis. */
const HOT = torus.link(torus.nodeAt([2, 1, 3]), 0, 0);

function loadOf(op: number): Float32Array {
  const { detail } = report.ops[op];
  const axes = detail.kind === 'collective' ? detail.torusAxes : [];
  return Float32Array.from(torus.targets, (_, link) =>
    axes.includes(torus.linkAxis(link)) ? (link === HOT ? 1 : 0.5) : 0,
  );
}

let asked: number[];
let view: TorusView;

/** Only the links' loads are asked of it. */
function engineThat(linkUtilization: Engine['linkUtilization']): Engine {
  return { linkUtilization } as Engine;
}

beforeEach(async () => {
  asked = [];
  view = document.createElement('systole-torus-view');
  view.report = report;
  view.scenario = EMBEDDED_SCENARIO;
  view.engine = engineThat(async (_, op): Promise<LinkUtilization> => {
    asked.push(op);
    return { utilization: loadOf(op) };
  });
  view.cursorPs = BOTH_PS;
  await mountView(view);
});

function button(name: string): HTMLButtonElement {
  const found = findAll<HTMLButtonElement>(view, 'button').find((each) => each.textContent?.trim() === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
}

describe('systole-torus-view', () => {
  test('says how large the slice is and what is on the links, and asks once for each collective', async () => {
    expect(textOf(view)).toContain('64 chips, 384 directed links');
    expect(textOf(view)).toMatch(/Now\s+reduce-scatter tokens fwd\s*,\s*gather weights fwd/);
    view.cursorPs = QUIET_PS;
    await settled(view);
    expect(textOf(view)).toContain('Nothing on the links now.');
    view.cursorPs = BOTH_PS + block.periodPs;
    await settled(view);
    expect(asked.toSorted((a, b) => a - b)).toEqual([...new Set(asked)].toSorted((a, b) => a - b));
    expect(asked).toHaveLength(2);
  });

  test('the picture is of the moment', async () => {
    const figure = find(view, 'systole-figure');
    const loud = pixelsOf(figure);
    view.cursorPs = QUIET_PS;
    await settled(view);
    expect(differs(pixelsOf(figure), loud)).toBe(true);
  });

  test('one key and one button find the busiest link', async () => {
    expect(textOf(view)).toContain('(2,1,3) → +x');
    press(find(view, '.surface'), 'w');
    await settled(view);
    expect(textOf(find(view, 'systole-link-panel'))).toContain('(2,1,3) → +x');
    press(find(view, '.surface'), 'Escape');
    await settled(view);
    expect(findAll(view, 'systole-link-panel')).toHaveLength(0);
    findAll<HTMLButtonElement>(view, 'footer button')
      .find((each) => each.textContent?.includes('worst'))
      ?.click();
    await settled(view);
    const panel = textOf(find(view, 'systole-link-panel'));
    expect(panel).toContain('of 90.0\u2009GB/s');
    expect(panel).toContain('reduce-scatter tokens fwd');
    expect(panel).not.toContain('gather weights fwd');
  });

  test('a link is found under the pointer and kept by a click', async () => {
    const surface = find(view, '.surface');
    const plan = unrolledPlan(torus, surface.clientWidth, surface.clientHeight, 0);
    const link = torus.link(0, 1, 0);
    const [x0, y0, x1, y1] = plan.linkShapes(link)[0];
    point(surface, 'pointermove', (x0 + x1) / 2, (y0 + y1) / 2);
    await settled(view);
    expect(textOf(find(view, 'systole-link-panel'))).toContain('(0,0,0) → +y');
    clickAt(surface, (x0 + x1) / 2, (y0 + y1) / 2);
    point(surface, 'pointerleave', 0, 0);
    await settled(view);
    expect(find(view, 'systole-link-panel').hasAttribute('pinned')).toBe(true);
    clickAt(surface, 2, surface.clientHeight - 2);
    point(surface, 'pointermove', 2, surface.clientHeight - 2);
    await settled(view);
    expect(findAll(view, 'systole-link-panel')).toHaveLength(0);
  });

  test('keys walk around the rings and through the links of a chip', async () => {
    const surface = find(view, '.surface');
    const live = find(view, '[aria-live]');
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'PageUp', 'Enter']) press(surface, key);
    await settled(view);
    expect(live.textContent).toContain('Chip 1, 3, 1');
    expect(live.textContent).toContain('(1,3,1) → +x');
    press(surface, 'Enter');
    await settled(view);
    expect(live.textContent).toContain('(1,3,1) → −x');
  });

  test('as a table the busiest links come first', async () => {
    button('Table').click();
    await settled(view);
    const rows = findAll(view, 'tbody tr');
    expect(rows.length).toBeGreaterThan(100);
    expect(rows[0].textContent).toContain('(2,1,3) → +x');
    find<HTMLButtonElement>(
      rows[0].getRootNode() instanceof ShadowRoot ? view : view,
      'tbody button',
    ).click();
    await settled(view);
    expect(textOf(find(view, 'systole-link-panel'))).toContain('(2,1,3) → +x');
  });

  test('beside the table, not over it, stands what is told of a link', async () => {
    button('Table').click();
    await settled(view);
    press(find(view, 'systole-link-table'), 'w');
    find<HTMLButtonElement>(view, 'tbody button').click();
    await settled(view);
    const table = find(view, 'systole-link-table').getBoundingClientRect();
    const panel = find(view, 'systole-link-panel').getBoundingClientRect();
    expect(panel.top).toBeGreaterThanOrEqual(table.bottom);
    expect(table.height).toBeGreaterThan(panel.height);
  });

  test('who is held back is known once transfers are followed, moment by moment', async () => {
    const slots = torus.linkSlots;
    const asked: string[] = [];
    const linkFlows: Engine['linkFlows'] = async (_, { collective }) => {
      asked.push(collective);
      const moments = (first: number, second: number): Float32Array =>
        Float32Array.from({ length: 2 * slots }, (_, at) => (at < slots ? first : second));
      return {
        kind: 'done',
        value: {
          seconds: 1e-3,
          count: 2,
          busy: moments(0.25, 0.5),
          blocked: moments(0.75, 0.125),
          mean: new Float32Array(slots).fill(0.375),
        },
      };
    };
    view.engine = { ...engineThat(async (_, op) => ({ utilization: loadOf(op) })), linkFlows };
    expect(textOf(view)).toContain('mean of its time, by the closed form');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(asked).toEqual([]);
    button('Held back').click();
    await settled(view);
    expect(textOf(view)).toContain('following transfers');
    await until(() => expect(textOf(view)).toContain('flows at this moment'));
    await settled(view);
    expect(asked.toSorted()).toEqual(['all-gather', 'reduce-scatter']);
    const figure = find(view, 'systole-figure');
    const late = pixelsOf(figure);
    press(find(view, '.surface'), 'w');
    await settled(view);
    expect(textOf(find(view, 'systole-link-panel'))).toMatch(/% of the rate held back elsewhere/);
    press(find(view, '.surface'), 'Escape');
    await settled(view);
    button('Used').click();
    await settled(view);
    expect(differs(pixelsOf(figure), late)).toBe(true);
    // The gather is in its second half at the first moment, and in its first half a while before.
    const used = pixelsOf(figure);
    view.cursorPs = block.startPs + 600 * US;
    await until(async () => {
      await settled(view);
      expect(differs(pixelsOf(figure), used)).toBe(true);
    });
    expect(asked).toHaveLength(2);
  });

  test('where transfers are not followed, it says that nobody knows who is held back', async () => {
    view.engine = {
      ...engineThat(async (_, op) => ({ utilization: loadOf(op) })),
      linkFlows: async () => ({ kind: 'done', value: undefined }),
    };
    button('Held back').click();
    await until(() => expect(textOf(view)).toContain('single transfers are not followed here'));
  });

  test('it can be cut along any axis', async () => {
    const cut = (axis: string): HTMLButtonElement =>
      find<HTMLButtonElement>(
        view,
        `[aria-label="Axis between the planes"] button:nth-of-type(${'xyz'.indexOf(axis) + 1})`,
      );
    expect(cut('x').getAttribute('aria-pressed')).toBe('true');
    const before = pixelsOf(find(view, 'systole-figure'));
    cut('z').click();
    await settled(view);
    expect(cut('z').getAttribute('aria-pressed')).toBe('true');
    expect(differs(pixelsOf(find(view, 'systole-figure')), before)).toBe(true);
  });

  test('in 3-D shift and arrows turn it', async () => {
    const flat = pixelsOf(find(view, 'systole-figure'));
    button('3-D').click();
    await settled(view);
    const solid = pixelsOf(find(view, 'systole-figure'));
    expect(differs(solid, flat)).toBe(true);
    press(find(view, '.surface'), 'ArrowRight', { shiftKey: true });
    await settled(view);
    expect(differs(pixelsOf(find(view, 'systole-figure')), solid)).toBe(true);
  });

  test('an engine that fails is said in place, in one line', async () => {
    view.report = { ...report };
    view.engine = engineThat(() => Promise.reject(new Error('no such\ncollective')));
    await settled(view);
    expect(find(view, '.warn').textContent).toContain('no such collective');
  });

  test.each([
    [
      [16, 16],
      [true, true],
    ],
    [[8], [false]],
    [[1], [false]],
    [
      [16, 24, 24],
      [true, true, true],
    ],
  ] as const)('slices of %j are drawn', async (shape, wraps) => {
    const chips = shape.reduce((total: number, extent) => total * extent, 1);
    const other: RunReport = { ...report, slice: { shape, wraps, twisted: false, without: [], chips } };
    const own = new Torus({ shape, wraps });
    view.engine = engineThat(async () => ({ utilization: new Float32Array(own.linkSlots).fill(0.7) }));
    view.report = other;
    await settled(view);
    const pixels = pixelsOf(find(view, 'systole-figure'));
    expect(pixels.some((value) => value !== 0)).toBe(true);
    expect(textOf(view)).toContain(`${chips.toLocaleString('en-US')} chip`);
  });

  test('an axis that does not close says why', async () => {
    view.report = {
      ...report,
      chip: { id: 'v5e', name: 'TPU v5e' },
      slice: { shape: [4, 4], wraps: [false, false], twisted: false, without: [], chips: 16 },
    };
    await settled(view);
    expect(textOf(view)).toContain('No wraparound on x and y: v5e axes wrap only at 16.');
  });

  test('a collective in the header asks for its selection', async () => {
    const selected = nextEvent<{ op: number }>(view, 'select-op');
    button('gather weights fwd').click();
    expect(report.ops[(await selected).op].name).toBe('gather weights fwd');
  });

  test('exports the slice as an SVG document', () => {
    const parsed = new DOMParser().parseFromString(view.toSvg() ?? '', 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    expect(parsed.querySelectorAll('polyline').length).toBeGreaterThan(384);
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

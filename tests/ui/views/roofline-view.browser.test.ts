import axe from 'axe-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { layoutRoofline } from '../../../src/figure/roofline-figure.ts';
import { rooflineOf } from '../../../src/figure/roofline-model.ts';
import '../../../src/ui/views/roofline-view.ts';
import type { RooflineView } from '../../../src/ui/views/roofline-view.ts';
import { buildFixtureReport, repeatedBlock } from '../fixture-report.ts';
import {
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
const FFN_PS = block.startPs + 3_600 * US;
const IDLE_PS = block.startPs + 3_000 * US;

let view: RooflineView;

beforeEach(async () => {
  view = document.createElement('systole-roofline-view');
  view.report = report;
  view.cursorPs = FFN_PS;
  await mountView(view, 480, 620);
});

function dotOf(name: string): { x: number; y: number } {
  const surface = find(view, '.stage');
  const roofline = rooflineOf(report);
  const layout = layoutRoofline(roofline, surface.clientWidth, surface.clientHeight);
  const dot = layout.dots.find((each) => each.point.name === name);
  if (dot === undefined) throw new Error(`no dot ${name}`);
  return dot;
}

describe('systole-roofline-view', () => {
  test('tells about the op under the cursor', async () => {
    expect(textOf(find(view, '.about'))).toContain('ffn up fwd');
    expect(textOf(find(view, '.about'))).toMatch(/FLOP\/byte .*of 459\u2009TFLOP\/s/);
    const lit = pixelsOf(find(view, 'systole-figure'));
    view.cursorPs = IDLE_PS;
    await settled(view);
    expect(textOf(find(view, '.about'))).toContain('Point at an op or a roof.');
    expect(differs(pixelsOf(find(view, 'systole-figure')), lit)).toBe(true);
  });

  test('pointing at an op tells about it, a click asks for its selection', async () => {
    const surface = find(view, '.stage');
    const { x, y } = dotOf('adam update');
    point(surface, 'pointermove', x, y);
    await settled(view);
    // The fixture's elementwise ops all have one intensity and one rate.
    const about = textOf(find(view, '.about'));
    expect(about).toContain('HBM sets the pace');
    const selected = nextEvent<{ op: number }>(view, 'select-op');
    surface.click();
    const { name, detail } = report.ops[(await selected).op];
    expect(about).toContain(name);
    expect(detail.kind).toBe('vector');
  });

  test('pointing at a roof names what moves it', async () => {
    const surface = find(view, '.stage');
    const roofline = rooflineOf(report);
    const layout = layoutRoofline(roofline, surface.clientWidth, surface.clientHeight);
    point(
      surface,
      'pointermove',
      layout.x.position(10),
      layout.y.position(10 * report.roofs.hbmBytesPerSecond),
    );
    await settled(view);
    expect(textOf(find(view, '.about'))).toMatch(/HBM 2\.77\u2009TB\/s/);
    expect(textOf(find(view, '.about'))).toContain('hbm.bytesPerSecond');
  });

  test('keys go from op to op by intensity, Enter selects', async () => {
    const surface = find(view, '.stage');
    press(surface, 'ArrowRight');
    await settled(view);
    const first = textOf(find(view, '.about'));
    press(surface, 'ArrowRight');
    press(surface, 'ArrowRight');
    press(surface, 'ArrowRight');
    press(surface, 'ArrowRight');
    press(surface, 'ArrowRight');
    press(surface, 'ArrowRight');
    await settled(view);
    expect(textOf(find(view, '.about'))).not.toBe(first);
    const selected = nextEvent<{ op: number }>(view, 'select-op');
    press(surface, 'Enter');
    expect(find(view, '[aria-live]').textContent).toMatch(/FLOP per byte/);
    expect(textOf(find(view, '.about'))).toContain(report.ops[(await selected).op].name);
  });

  test('collectives are listed apart with their time', async () => {
    const movers = findAll(view, '.movers li');
    expect(movers).toHaveLength(4);
    const selected = nextEvent<{ op: number }>(view, 'select-op');
    movers[0].querySelector('button')?.click();
    expect(report.ops[(await selected).op].detail.kind).toBe('collective');
  });

  test('as a table every op has a row, the one under the cursor marked', async () => {
    find<HTMLButtonElement>(view, '.metrics button').click();
    await settled(view);
    expect(findAll(view, 'tbody tr')).toHaveLength(report.ops.length);
    expect(find(view, 'tr[aria-current=true]').textContent).toContain('ffn up fwd');
  });

  test('without a run it stays calm', async () => {
    view.report = undefined;
    await settled(view);
    expect(textOf(view)).toContain('appears with the first run');
    expect(view.toSvg()).toBeUndefined();
  });

  test('exports the plot as an SVG document', () => {
    const parsed = new DOMParser().parseFromString(view.toSvg() ?? '', 'image/svg+xml');
    expect(parsed.querySelector('parsererror')).toBeNull();
    expect(parsed.documentElement.textContent).toContain('MXU 459');
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

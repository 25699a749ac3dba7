import { describe, expect, test } from 'vitest';
import type { ArrayConfig } from '../../src/array/config.ts';
import { foldOf, scheduleOf, tileOfFold } from '../../src/array/schedule.ts';
import { arrayStateAt, peStateAt } from '../../src/array/state.ts';
import { foldAtPoint, foldMapFigure, layoutFoldMap } from '../../src/figure/array-folds.ts';
import { layoutArray } from '../../src/figure/array-layout.ts';
import { seededOperands } from '../../src/figure/array-operands.ts';
import { formatValue, peValues, valueMarks } from '../../src/figure/array-values.ts';
import { describePe, foldAtTile, foldWords, progressWords } from '../../src/figure/array-words.ts';
import { PALETTES } from '../../src/figure/color-palette.ts';

const config: ArrayConfig = { rows: 4, columns: 4, dataflow: 'ws', doubleBuffered: true, rowsPerCycle: 1 };
const gemm = { m: 10, k: 7, n: 6 };
const schedule = scheduleOf(config, gemm);
const operands = seededOperands(5, 0);

describe('describePe', () => {
  test('names what each register holds, its value, and where it came from', () => {
    const cycle = schedule.firstStreamCycle + 3 + 1 + 2;
    const state = arrayStateAt(config, gemm, cycle);
    const place = { row: 1, column: 2 };
    const description = describePe(
      schedule,
      place,
      peStateAt(config, gemm, cycle, 1, 2),
      peValues(schedule, state, operands, place),
    );
    expect(description.title).toBe('PE 1, 2');
    expect(description.fold).toMatch(/^tile 1 of 4: k/);
    const byName = new Map(description.lines.map((line) => [line.name, line]));
    expect(byName.get('operand')).toMatchObject({
      element: 'A[3, 1]',
      value: operands.a(3, 1, 0),
      origin: 'from PE 1, 1 a cycle ago',
    });
    expect(byName.get('weight')).toMatchObject({ element: 'B[1, 2]', value: operands.b(1, 2, 0) });
    const sum = byName.get('partial sum');
    expect(sum?.element).toBe('C[3, 2]');
    expect(sum?.value).toBe(
      Math.fround(
        Math.fround(operands.a(3, 0, 0) * operands.b(0, 2, 0)) + operands.a(3, 1, 0) * operands.b(1, 2, 0),
      ),
    );
    expect(sum?.origin).toBe('k 0 to 1, operand × weight and the sum of PE 0, 2 a cycle ago');
  });

  test('the weight was shifting while the words say it was, and neither before nor after', () => {
    const cycle = schedule.firstStreamCycle + 6;
    const line = describePe(schedule, { row: 2, column: 1 }, peStateAt(config, gemm, cycle, 2, 1), {
      operand: undefined,
      weight: undefined,
      shadow: undefined,
      sum: undefined,
    }).lines.find((each) => each.name === 'weight');
    const [from, to] = [...(/cycles (\d+) to (\d+)/.exec(line?.origin ?? '') ?? [])].slice(1).map(Number);
    for (let at = from; at <= to; at += 1) expect(peStateAt(config, gemm, at, 2, 1).shifting).toBe(true);
    expect(peStateAt(config, gemm, from - 1, 2, 1).shifting).toBe(false);
  });

  test('at the rim operands come from memory and sums begin', () => {
    const cycle = schedule.firstStreamCycle;
    const { lines } = describePe(schedule, { row: 0, column: 0 }, peStateAt(config, gemm, cycle, 0, 0), {
      operand: 1,
      weight: 1,
      shadow: 1,
      sum: 1,
    });
    expect(lines.find((line) => line.name === 'operand')?.origin).toBe('from VMEM, at the left edge');
    expect(lines.find((line) => line.name === 'partial sum')?.origin).toBe('k 0 to 0, begins here');
  });

  test('an idle PE holds nothing', () => {
    const { state, lines, fold } = describePe(
      schedule,
      { row: 3, column: 3 },
      peStateAt(config, gemm, 0, 3, 3),
      {
        operand: undefined,
        weight: undefined,
        shadow: undefined,
        sum: undefined,
      },
    );
    expect(state).toBe('idle');
    expect(lines).toEqual([]);
    expect(fold).toBeUndefined();
  });
});

describe('progressWords', () => {
  const texts = (cycle: number, of = schedule): Record<string, string> =>
    Object.fromEntries(progressWords(of, cycle).map(({ name, text }) => [name, text]));

  test('tell what streams, what stays, which wave it is and how far the next weights are', () => {
    const { firstStreamCycle, intervalCycles, cycles } = schedule;
    expect(texts(0)).toEqual({ streams: 'A[0…9, 0…3]', holds: 'B[0…3, 0…3]', wave: 'begins in 4 cycles' });
    expect(texts(firstStreamCycle)).toEqual({
      streams: 'A[0…9, 0…3]',
      holds: 'B[0…3, 0…3]',
      wave: '1 of 10',
      'next weights': 'row 1 of 4',
    });
    expect(texts(firstStreamCycle + 6)['next weights']).toBe('loaded');
    expect(texts(firstStreamCycle + intervalCycles)).toMatchObject({
      streams: 'A[0…9, 4…6]',
      wave: '1 of 10',
    });
    expect(texts(cycles - 1)).toEqual({
      streams: 'A[0…9, 4…6]',
      holds: 'B[4…6, 4…5]',
      wave: 'the last one crosses the array',
    });
  });

  test('single-buffered, the next weights wait for the last wave', () => {
    const single = scheduleOf({ ...config, doubleBuffered: false }, gemm);
    expect(texts(single.firstStreamCycle, single)['next weights']).toBe('load in 10 cycles');
  });

  test('the other dataflows stream and hold other matrices', () => {
    expect(texts(5, scheduleOf({ ...config, dataflow: 'is' }, gemm))).toMatchObject({
      streams: 'B[0…3, 0…5]',
      holds: 'A[0…3, 0…3]',
    });
    expect(texts(5, scheduleOf({ ...config, dataflow: 'os' }, gemm))).toMatchObject({
      streams: 'A[0…3, 0…6], B[0…6, 0…3]',
      holds: 'C[0…3, 0…3]',
    });
  });
});

describe('tiles', () => {
  test.each(['ws', 'is', 'os'] as const)('%s: place and number of a tile are inverse', (dataflow) => {
    const own = scheduleOf({ ...config, dataflow }, { ...gemm, repeats: 3 });
    for (let fold = 0; fold < own.folds; fold += 1) {
      expect(foldAtTile(own, tileOfFold(own, fold))).toBe(fold);
      const [tile, of] = [fold % own.foldsPerGemm, Math.floor(fold / own.foldsPerGemm)];
      expect(foldWords(own, fold)).toContain(`tile ${tile + 1} of ${own.foldsPerGemm} of GEMM ${of + 1}:`);
    }
  });

  test('the map shows finished, present and coming tiles, and is hit where it is drawn', () => {
    const map = layoutFoldMap(schedule, 100, 100);
    if (map === undefined) throw new Error('four tiles make a map');
    const { marks } = foldMapFigure(map, 2, PALETTES.dark);
    const image = marks.find((mark) => mark.kind === 'image');
    const words = image?.kind === 'image' ? [...image.pixels.words] : [];
    expect(new Set(words).size).toBe(2);
    for (let fold = 0; fold < 4; fold += 1) {
      const { down, across } = tileOfFold(schedule, fold);
      expect(foldAtPoint(map, 0, (across + 0.5) * map.cellWidth, (down + 0.5) * map.cellHeight)).toBe(fold);
      expect(foldOf(schedule, fold).k.start).toBe(down * 4);
    }
  });

  test('one tile, or millions, make no map', () => {
    expect(layoutFoldMap(scheduleOf(config, { m: 4, k: 4, n: 4 }), 100, 100)).toBeUndefined();
    expect(layoutFoldMap(scheduleOf(config, { m: 4, k: 40_000, n: 40_000 }), 100, 100)).toBeUndefined();
  });
});

describe('values', () => {
  test('numbers keep four figures and a real minus sign', () => {
    expect([0, -0.5, 12.345, -123.45, 4567.8].map(formatValue)).toEqual([
      '0.000',
      '−0.500',
      '12.35',
      '−123.5',
      '4568',
    ]);
  });

  test('every PE that shows whole has its numbers', () => {
    const cycle = schedule.firstStreamCycle + 9;
    const state = arrayStateAt(config, gemm, cycle);
    const layout = layoutArray(4, 4, 400, 400, { scale: 1, row: 0, column: 0 }, 1);
    const pixels = { rows: 4, columns: 4, words: new Uint32Array(16).fill(0xff000000) };
    const marks = valueMarks(layout, schedule, state, operands, pixels, PALETTES.dark);
    const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark] : []));
    expect(texts.length).toBeGreaterThan(16);
    // On black, the dark theme's ink reads and its ground does not.
    expect(texts.every((mark) => mark.fill === 'ink')).toBe(true);
  });
});

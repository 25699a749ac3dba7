import type { OperandSource } from '../array/operands.ts';
import type { ArraySchedule } from '../array/schedule.ts';
import { type ArrayState, EMPTY } from '../array/state-grids.ts';
import { clamp } from '../base/integers.ts';
import { type ArrayLayout, type PePlace, rectOfPe } from './array-layout.ts';
import { valuesWithin } from './array-operands.ts';
import type { PeValues } from './array-words.ts';
import { contrast, type Rgb } from './color.ts';
import type { Palette } from './color-palette.ts';
import type { Mark, Pixels } from './drawing.ts';

/** Values in the registers of one PE; undefined where a register holds nothing. */
export function peValues(
  schedule: ArraySchedule,
  state: ArrayState,
  operands: OperandSource,
  { row, column }: PePlace,
): PeValues {
  const values = valuesWithin(schedule, state, operands, [row, row + 1], [column, column + 1]);
  const index = row * state.columns + column;
  const held = (grid: Int32Array, value: Float64Array): number | undefined =>
    grid[index] === EMPTY ? undefined : value[0];
  return {
    operand: held(state.operandRow, values.operand),
    weight: held(state.weightRow, values.weight),
    shadow: held(state.shadowRow, values.shadow),
    sum: held(state.sumRow, values.sum),
  };
}

/** Operand, weight and partial sum written into every PE that shows, in ink that reads on its colour. */
export function valueMarks(
  layout: ArrayLayout,
  schedule: ArraySchedule,
  state: ArrayState,
  operands: OperandSource,
  pixels: Pixels,
  palette: Palette,
): Mark[] {
  const { crop, field } = layout;
  const rows = [Math.floor(crop.y), clamp(Math.ceil(crop.y + crop.height), 0, layout.rows)] as const;
  const columns = [Math.floor(crop.x), clamp(Math.ceil(crop.x + crop.width), 0, layout.columns)] as const;
  const values = valuesWithin(schedule, state, operands, rows, columns);
  const marks: Mark[] = [];
  const width = columns[1] - columns[0];
  for (let row = rows[0]; row < rows[1]; row += 1) {
    for (let column = columns[0]; column < columns[1]; column += 1) {
      const rect = rectOfPe(layout, { row, column });
      const isWhole =
        rect.x >= field.x - 1 &&
        rect.y >= field.y - 1 &&
        rect.x + rect.width <= field.x + field.width + 1 &&
        rect.y + rect.height <= field.y + field.height + 1;
      if (!isWhole) continue;
      const middleX = rect.x + rect.width / 2;
      const middleY = rect.y + rect.height / 2;
      const index = row * state.columns + column;
      const at = (row - rows[0]) * width + column - columns[0];
      const fill = inkOn(pixels.words[index], palette);
      const lines = [
        state.operandRow[index] === EMPTY ? undefined : values.operand[at],
        state.weightRow[index] === EMPTY ? undefined : values.weight[at],
        state.sumRow[index] === EMPTY ? undefined : values.sum[at],
      ];
      lines.forEach((value, line) => {
        if (value === undefined) return;
        marks.push({
          kind: 'text',
          x: middleX,
          y: middleY + (line - 1) * 14,
          text: formatValue(value),
          fill,
          size: 12,
          font: 'numbers',
          align: 'middle',
          middle: true,
          bold: line === 2,
        });
      });
    }
  }
  return marks;
}

/** Five characters at most besides the sign: 0.123, 12.34, 123.4. */
export function formatValue(value: number): string {
  const magnitude = Math.abs(value);
  const digits = magnitude < 10 ? 3 : magnitude < 100 ? 2 : magnitude < 1000 ? 1 : 0;
  return `${value < 0 ? '−' : ''}${magnitude.toFixed(digits)}`;
}

function inkOn(word: number, { colors }: Palette): 'ink' | 'ground' {
  const below: Rgb = { red: word & 0xff, green: (word >>> 8) & 0xff, blue: (word >>> 16) & 0xff };
  return contrast(below, colors.ink) >= contrast(below, colors.ground) ? 'ink' : 'ground';
}

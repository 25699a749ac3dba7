import { InputError } from '../../base/result.ts';
import {
  ACCUMULATIONS,
  type AccumulationId,
  checkAccumulation,
  defaultAccumulation,
} from '../../numerics/accumulation.ts';
import { MATMUL_DTYPES } from '../../numerics/dtypes.ts';
import {
  type ErrorSummary,
  multiplyInDouble,
  multiplyTile,
  type NumericsChoice,
  summarizeErrors,
  type Tile,
  truncateTile,
} from '../../numerics/error-analysis.ts';
import { type ErrorGrowth, errorGrowth, SUMMATION_ORDERS } from '../../numerics/error-growth.ts';
import { type OperandStatistics, operandStatistics } from '../../numerics/operand-statistics.ts';
import { quantize } from '../../numerics/quantize.ts';
import { bitEqualShare, growthLengths, randomTile } from '../../numerics/tile-trial.ts';
import type { Command, CommandOutcome } from '../command.ts';
import { type Options, parseOptions } from '../options.ts';
import { textTable } from '../text-table.ts';

const TABLE_LENGTHS = [128, 256, 1024, 4096] as const;
const MAX_DOTS = 100_000;
const MAX_EXTENT = 8192;
const MAX_PRODUCTS = 2 ** 28;
const ID_CHARACTERS = 6;

/** Orders of summation against each other, or formats and accumulation models on one tile. */
export const numericsCommand: Command = {
  name: 'numerics',
  summary: 'errors of number formats and orders of summation against fp64',
  usage: `numerics [--dots 2000] [--seed 1] [--json]
       the accumulation table: which orders agree bit for bit, and how errors grow with k
systole numerics DTYPE[:ACCUMULATION]… [-m 64] [-k 1024] [-n 64] [--rows 128] [--seed 1] [--json]
       one tile of about N(0, 1) under each choice
DTYPE: ${MATMUL_DTYPES.join(', ')}
ACCUMULATION: ${Object.keys(ACCUMULATIONS).join(', ')}`,
  run: async (args, context) => {
    const options = parseOptions(
      args,
      {
        dots: { type: 'string' },
        seed: { type: 'string' },
        rows: { type: 'string' },
        m: { type: 'string', short: 'm' },
        k: { type: 'string', short: 'k' },
        n: { type: 'string', short: 'n' },
      },
      { minimum: 0, maximum: 8, names: 'up to eight DTYPE[:ACCUMULATION]' },
    );
    const seed = options.integer('seed', { minimum: 0, maximum: 2 ** 32 - 1 }) ?? 1;
    return options.positionals.length === 0
      ? accumulationTable(options, seed, context.note)
      : comparison(options, seed);
  },
};

function accumulationTable(options: Options, seed: number, note: (text: string) => void): CommandOutcome {
  for (const name of ['rows', 'm', 'k', 'n']) {
    if (options.has(name)) throw new InputError(`--${name}`, 'belongs to a comparison: name a dtype');
  }
  const dots = options.integer('dots', { minimum: 1, maximum: MAX_DOTS }) ?? 2000;
  note(`${dots} dot products in ${SUMMATION_ORDERS.length} orders …`);
  const growth = errorGrowth(SUMMATION_ORDERS, TABLE_LENGTHS, { dots, seed });
  const head = ['order', ...TABLE_LENGTHS.map((k) => `k=${k}`), 'bit-equal to C'];
  const text = [
    `rms error / sqrt(k) of ${dots} dot products of bf16 vectors about N(0, 1), against fp64`,
    textTable([head, ...growth.map(tableRow)]),
    `bit-equal: share of results with the bits of C, at k=${TABLE_LENGTHS.join(', ')}`,
  ].join('\n');
  const orders = growth.map(({ order, points }) => ({
    id: order.id,
    name: order.name,
    points: points.map((point) => ({ ...point })),
  }));
  return { json: { dots, seed, orders }, text };
}

function tableRow({ order, points }: ErrorGrowth): readonly string[] {
  const shares = points.map(({ bitEqualShare }) => `${(100 * bitEqualShare).toFixed(0)} %`);
  const errors = points.map(({ rmsErrorPerSqrtK }) => rmsErrorPerSqrtK.toExponential(1));
  return [`${order.id.padEnd(ID_CHARACTERS)}${order.name}`, ...errors, shares.join(', ')];
}

interface NamedChoice {
  readonly name: string;
  readonly choice: NumericsChoice;
}

function comparison(options: Options, seed: number): CommandOutcome {
  if (options.has('dots')) throw new InputError('--dots', 'belongs to the accumulation table');
  const extent = { minimum: 1, maximum: MAX_EXTENT };
  const m = options.integer('m', extent) ?? 64;
  const k = options.integer('k', extent) ?? 1024;
  const n = options.integer('n', extent) ?? 64;
  if (m * k * n > MAX_PRODUCTS) {
    throw new InputError('-m, -k, -n', `expected at most ${MAX_PRODUCTS} products, found ${m * k * n}`);
  }
  const passRows = options.integer('rows', { minimum: 1, maximum: MAX_EXTENT }) ?? 128;
  const choices = options.positionals.map((text) => parseChoice(text, passRows));
  const tile = randomTile({ m, k, n }, seed);
  const exact = multiplyInDouble(tile);
  const results = choices.map(({ name, choice }) => {
    const c = multiplyTile(tile, choice);
    const statistics = operandStatistics(quantize(choice.dtype, tile.a, tile.b).operands, tile);
    return { name, choice, c, error: summarizeErrors(c, exact), statistics, growth: growthOf(tile, choice) };
  });
  const [first] = results;
  const rows = results.map((result) => ({
    ...result,
    equal: first === undefined ? 1 : bitEqualShare(result.c, first.c),
  }));
  const lengths = growthLengths(k);
  const head = [
    'choice',
    'rms',
    'relative',
    'largest',
    'mean',
    ...lengths.map((each) => `k=${each}`),
    'equal',
  ];
  const text = [
    `C[${m}, ${n}] of about N(0, 1), k=${k}, passes of ${passRows}: error against fp64, then its relative rms as k grows`,
    textTable([head, ...rows.map((row) => errorRow(row.name, row.error, row.growth, row.equal))]),
    `equal: share of results with the value of ${first?.name}`,
    '',
    textTable([
      ['operands', 'zeros of A', 'toggle rate of A', 'zeros of B', 'toggle rate of B'],
      ...rows.map(({ name, statistics }) => [name, ...shares(statistics.a), ...shares(statistics.b)]),
    ]),
  ].join('\n');
  const json = rows.map(({ name, choice, error, growth, equal, statistics }) => ({
    name,
    dtype: choice.dtype,
    accumulation: { ...(choice.accumulation ?? defaultAccumulation(choice.dtype)) },
    error: { ...error, histogram: error.histogram.map((bin) => ({ ...bin })) },
    growth: lengths.map((length, index) => ({ k: length, relativeRms: growth[index] ?? 0 })),
    equalToFirst: equal,
    operands: { a: { ...statistics.a }, b: { ...statistics.b } },
  }));
  return { json: { m, k, n, passRows, seed, choices: json }, text };
}

function parseChoice(text: string, passRows: number): NamedChoice {
  const [dtypeText, accumulationText, ...rest] = text.split(':');
  const dtype = MATMUL_DTYPES.find((each) => each === dtypeText);
  if (dtype === undefined || rest.length > 0) {
    throw new InputError(text, `expected DTYPE[:ACCUMULATION] with one of ${MATMUL_DTYPES.join(', ')}`);
  }
  if (accumulationText === undefined) return { name: text, choice: { dtype, passRows } };
  const id = (Object.keys(ACCUMULATIONS) as AccumulationId[]).find((each) => each === accumulationText);
  if (id === undefined) {
    throw new InputError(text, `expected an accumulation of ${Object.keys(ACCUMULATIONS).join(', ')}`);
  }
  const accumulation = ACCUMULATIONS[id];
  checkAccumulation(accumulation, dtype);
  return { name: text, choice: { dtype, passRows, accumulation } };
}

function growthOf(tile: Tile, choice: NumericsChoice): readonly number[] {
  return growthLengths(tile.k).map((k) => {
    const part = truncateTile(tile, k);
    return summarizeErrors(multiplyTile(part, choice), multiplyInDouble(part)).relativeRms;
  });
}

function errorRow(
  name: string,
  error: ErrorSummary,
  growth: readonly number[],
  equal: number,
): readonly string[] {
  const figures = [error.rms, error.relativeRms, error.largest, error.mean, ...growth];
  return [name, ...figures.map((value) => value.toExponential(1)), `${(100 * equal).toFixed(0)} %`];
}

function shares({ elements, zeros, toggleRate }: OperandStatistics): readonly string[] {
  return [`${((100 * zeros) / elements).toFixed(2)} %`, toggleRate.toFixed(3)];
}

import { err, InputError, ok, type Result } from '../base/result.ts';
import { createEvaluator } from './evaluate.ts';
import { SCENARIO_FORMAT, SCENARIO_VERSION } from './scenario.ts';

/** One matrix product that somebody timed on a real chip, in bf16, operands in HBM. */
export interface GemmMeasurement {
  readonly chip: string;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly deviceNanoseconds: number;
}

/** How far the model is from a set of measurements. Percentages are of the measured time. */
export interface ValidationRow {
  readonly reference: string;
  readonly regime: string;
  readonly cases: number;
  readonly meanAbsolutePercentError: number;
  /** Mean signed error: below zero the model is too fast. */
  readonly bias: number;
  readonly worst: {
    readonly m: number;
    readonly k: number;
    readonly n: number;
    readonly percentError: number;
  };
}

/** Rows of the left operand decide whether weights, activations or arithmetic set the pace. */
const REGIMES: readonly { readonly name: string; readonly largestM: number }[] = [
  { name: 'one row', largestM: 1 },
  { name: '2 to 128 rows', largestM: 128 },
  { name: '129 to 1,024 rows', largestM: 1024 },
  { name: 'more rows', largestM: Number.POSITIVE_INFINITY },
];

/** The model's error over the measurements, as a whole and by regime. */
export function validateGemms(
  reference: string,
  measurements: readonly GemmMeasurement[],
): readonly ValidationRow[] {
  const evaluator = createEvaluator();
  const scored = measurements.map((measured) => {
    const { chip, m, k, n, deviceNanoseconds } = measured;
    const report = evaluator.evaluate({
      format: SCENARIO_FORMAT,
      version: SCENARIO_VERSION,
      chip,
      slice: { shape: [1] },
      workload: { kind: 'gemm', m, k, n },
    });
    const nanoseconds = report.stepPs / 1000;
    return { m, k, n, percentError: (100 * (nanoseconds - deviceNanoseconds)) / deviceNanoseconds };
  });
  const row = (regime: string, cases: typeof scored): readonly ValidationRow[] => {
    if (cases.length === 0) return [];
    const mean = (value: (error: number) => number): number =>
      cases.reduce((sum, each) => sum + value(each.percentError), 0) / cases.length;
    return [
      {
        reference,
        regime,
        cases: cases.length,
        meanAbsolutePercentError: mean(Math.abs),
        bias: mean((error) => error),
        worst: cases.reduce((a, b) => (Math.abs(b.percentError) > Math.abs(a.percentError) ? b : a)),
      },
    ];
  };
  const regimeOf = (m: number): string => REGIMES.find(({ largestM }) => m <= largestM)?.name ?? '';
  return [
    ...row('all', scored),
    ...REGIMES.flatMap(({ name }) =>
      row(
        name,
        scored.filter((each) => regimeOf(each.m) === name),
      ),
    ),
  ];
}

const COLUMNS = 'm,k,n,deviceNanoseconds';
const MAX_ROWS = 10_000;

/** Measurements of one chip out of CSV text whose first line is `m,k,n,deviceNanoseconds`; `#` starts a remark. */
export function parseGemmMeasurements(
  text: string,
  place: string,
  chip: string,
): Result<readonly GemmMeasurement[]> {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }));
  const [head, ...rows] = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (head?.line !== COLUMNS) return err(new InputError(place, `expected a first line "${COLUMNS}"`));
  if (rows.length === 0 || rows.length > MAX_ROWS) {
    return err(new InputError(place, `expected 1 to ${MAX_ROWS} rows, found ${rows.length}`));
  }
  const measurements: GemmMeasurement[] = [];
  for (const { line, number } of rows) {
    const values = line.split(',').map(Number);
    const [m, k, n, deviceNanoseconds] = values;
    const whole = values.length === 4 && values.every((value) => Number.isSafeInteger(value) && value > 0);
    if (!whole)
      return err(
        new InputError(`${place}: line ${number}`, `expected four whole numbers from 1 up (${COLUMNS})`),
      );
    measurements.push({ chip, m, k, n, deviceNanoseconds });
  }
  return ok(measurements);
}

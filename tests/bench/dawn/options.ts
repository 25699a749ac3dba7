import { parseArgs } from 'node:util';
import { nameOf, SHAPES } from './shapes.ts';
import type { SpeedOptions } from './speed.ts';

/** What is refused before anything runs. */
export class UsageError extends Error {}

export const USAGE = `SYSTOLE_DAWN=…/dawn.node [SYSTOLE_FP32_PEAK_TFLOPS=67] node matmul-dawn.mjs
  [--rounds 7]            times that every kernel is timed
  [--batch-seconds 0.05]  how long the matmuls of one time take
  [--max-seconds 2]       kernels are left out where one matmul would take longer
  [--shapes ${SHAPES.map(nameOf).join(',')}]`;

export interface Options {
  readonly dawnPath: string;
  readonly speed: Omit<SpeedOptions, 'available' | 'note'>;
}

export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Options {
  const { SYSTOLE_DAWN: dawnPath, SYSTOLE_FP32_PEAK_TFLOPS: peak } = environment;
  if (dawnPath === undefined) throw new UsageError('SYSTOLE_DAWN: expected the path of a dawn.node');
  const values = parse(args);
  return {
    dawnPath,
    speed: {
      shapes: chosenShapes(values.shapes),
      rounds: Math.ceil(positive('--rounds', values.rounds)),
      batchSeconds: positive('--batch-seconds', values['batch-seconds']),
      maxSeconds: positive('--max-seconds', values['max-seconds']),
      ...(peak === undefined ? {} : { fp32PeakFlops: positive('SYSTOLE_FP32_PEAK_TFLOPS', peak) * 1e12 }),
    },
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: '7' },
        'batch-seconds': { type: 'string', default: '0.05' },
        'max-seconds': { type: 'string', default: '2' },
        shapes: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function chosenShapes(names: string | undefined): SpeedOptions['shapes'] {
  if (names === undefined) return SHAPES;
  return names.split(',').map((name) => {
    const shape = SHAPES.find((each) => nameOf(each) === name);
    if (shape === undefined) throw new UsageError(`--shapes: expected some of those listed, found ${name}`);
    return shape;
  });
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1e6)) throw new UsageError(`${name}: expected a positive number, found ${text}`);
  return value;
}

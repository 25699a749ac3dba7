import { createRandom } from '../../../src/base/random.ts';
import { float32FromBf16 } from '../../../src/numerics/bf16.ts';
import { matmulFast } from '../../../src/numerics/matmul-fast.ts';
import { randomBf16 } from '../../../src/numerics/random-operands.ts';
import type { Contestant, Placed, Shape } from './contestants/contestant.ts';
import { createCpuTwin, createSystole, requestOf } from './contestants/systole.ts';

/** Peers load where they are first used: each brings megabytes. */
const CREATORS: Readonly<Record<string, () => Promise<Contestant>>> = {
  'systole bf16': () => createSystole('bf16'),
  'systole fp32': () => createSystole('fp32'),
  'systole cpu': async () => createCpuTwin(),
  'jax-js': async () => (await import('./contestants/jax.ts')).createJax(),
  tfjs: async () => (await import('./contestants/tfjs.ts')).createTfjs(),
  'onnxruntime-web': async () =>
    (await import('./contestants/onnxruntime.ts')).createOnnxRuntime('/node_modules/onnxruntime-web/dist/'),
};

/** What one contestant's result at a shape is worth. */
export interface Check {
  readonly kernel: string;
  /** Largest error over the root of k, against the exact kernel's reference. */
  readonly error: number;
  readonly correct: boolean;
}

/** Sums of these operands differ by far less between orders of summation, and by far more when wrong. */
const TOLERANCE = 1e-4;

const created = new Map<string, Promise<Contestant>>();
const placed = new Map<string, Placed>();
let operands: { readonly shape: Shape; readonly a: Float32Array; readonly b: Float32Array } | undefined;
let expected: Float32Array = new Float32Array(0);

/** What the runner calls. */
export interface BenchPage {
  readonly contestants: readonly string[];
  adapter(): Promise<string>;
  /** Draws operands and computes the reference. */
  setShape(shape: Shape): void;
  /** Places the operands, multiplies once, and checks the result. */
  place(name: string): Promise<Check>;
  run(name: string, repetitions: number): Promise<void>;
  /** Checks the last result once more and frees what it took. */
  release(name: string): Promise<Check>;
}

const page: BenchPage = {
  contestants: Object.keys(CREATORS),
  adapter: async () => {
    const info = (await navigator.gpu.requestAdapter())?.info;
    return info === undefined ? 'none' : `${info.vendor} ${info.architecture} ${info.description}`.trim();
  },
  setShape: (shape) => {
    const random = createRandom(1);
    const draw = (count: number): Float32Array =>
      Float32Array.from(randomBf16(random, count), float32FromBf16);
    const a = draw(shape.m * shape.k);
    const b = draw(shape.k * shape.n);
    operands = { shape, a, b };
    expected = Float32Array.from(matmulFast(requestOf('bf16', shape, a, b)));
  },
  place: async (name) => {
    const creator = CREATORS[name];
    if (operands === undefined || creator === undefined) throw new Error(`no operands or no ${name}`);
    const contestant = created.get(name) ?? creator();
    created.set(name, contestant);
    const { shape, a, b } = operands;
    placed.set(name, await (await contestant).place(shape, a, b));
    await placedAs(name).run(1);
    return check(name);
  },
  run: (name, repetitions) => placedAs(name).run(repetitions),
  release: async (name) => {
    const result = await check(name);
    await placedAs(name).release();
    placed.delete(name);
    return result;
  },
};

function placedAs(name: string): Placed {
  const found = placed.get(name);
  if (found === undefined) throw new Error(`${name} has no operands`);
  return found;
}

async function check(name: string): Promise<Check> {
  const { kernel, bitExact, result } = placedAs(name);
  const c = await result();
  const k = operands?.shape.k ?? 1;
  let error = c.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let equal = true;
  for (let index = 0; index < expected.length; index += 1) {
    const difference = Math.abs((c[index] ?? Number.NaN) - (expected[index] ?? 0));
    equal &&= difference === 0;
    error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference / Math.sqrt(k));
  }
  return { kernel, error, correct: bitExact ? equal : error < TOLERANCE };
}

Object.assign(window, { benchPage: page });

import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium, type Page } from 'playwright';
import { createServer, type ViteDevServer } from 'vite';
import { findChromium } from '../../tools/browser-finder.ts';
import { treeCpuSeconds } from '../process-tree.ts';
import type { Shape } from './contestants/contestant.ts';
import type { BenchPage, Check } from './page.ts';

/**
 * Systole's exact bf16 kernel, its fp32 kernel and its CPU twin against WebGPU libraries: one page, one
 * adapter, rounds interleaved with a rotating start, results checked before and after. Speed is GFLOP per
 * CPU-second of the browser's process tree: on a software adapter that is what a matmul costs, and other
 * work on the machine moves it far less than the clock on the wall. Exit 1 where a bar is missed.
 */
const SHAPES: readonly Shape[] = [
  { m: 256, k: 256, n: 256 },
  { m: 512, k: 512, n: 512 },
  { m: 1024, k: 1024, n: 1024 },
  { m: 4096, k: 256, n: 256 },
  { m: 8, k: 4096, n: 4096 },
];
/** The best library's speed times this is what Systole's two GPU kernels must reach at every shape. */
const BAR_OVER_LIBRARIES = 1.3;
/** GFLOP/s on one core for the CPU twin at 1024^3. */
const BAR_CPU = 5;
const CPU_SECONDS_PER_SAMPLE = 0.5;

declare global {
  interface Window {
    readonly benchPage: BenchPage;
  }
}

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, only: { type: 'string' }, json: { type: 'boolean' } },
});
process.exitCode = await main(Number(options.rounds), options.only);

interface Entry {
  readonly name: string;
  readonly check: Check;
  readonly repetitions: number;
  readonly gflopPerCpuSecond: number[];
}

async function main(rounds: number, only: string | undefined): Promise<number> {
  const server = await serve();
  const browserServer = await chromium.launchServer({
    executablePath: findChromium() ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-unsafe-webgpu', ...adapterArguments()],
  });
  const cpuSeconds = (): number => treeCpuSeconds(browserServer.process().pid ?? 0);
  try {
    const browser = await chromium.connect(browserServer.wsEndpoint());
    const page = await browser.newPage();
    page.on('console', (message) => process.stderr.write(`page: ${message.text()}\n`));
    page.on('pageerror', (error) => process.stderr.write(`page: ${error.message}\n`));
    await page.goto(`${server.resolvedUrls?.local[0]}page.html`);
    await page.waitForFunction(() => 'benchPage' in window);
    const adapter = await page.evaluate(() => window.benchPage.adapter());
    console.log(
      `${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, ${browser.version()}, adapter: ${adapter}`,
    );
    const reports = [];
    for (const shape of SHAPES.filter((each) => only === undefined || nameOf(each) === only)) {
      const entries = await benchShape(page, shape, rounds, cpuSeconds);
      print(shape, entries);
      reports.push({
        shape: nameOf(shape),
        entries: entries.map(summary),
        missed: missedBars(shape, entries),
      });
    }
    if (options.json) console.log(JSON.stringify({ adapter, reports }, undefined, 2));
    return reports.some(({ missed }) => missed.length > 0) ? 1 : 0;
  } finally {
    await browserServer.close();
    await server.close();
  }
}

async function benchShape(
  page: Page,
  shape: Shape,
  rounds: number,
  cpuSeconds: () => number,
): Promise<readonly Entry[]> {
  const gflop = (2 * shape.m * shape.k * shape.n) / 1e9;
  const run = async (name: string, repetitions: number): Promise<number> => {
    const start = cpuSeconds();
    await page.evaluate(([each, count]) => window.benchPage.run(each, count), [name, repetitions] as const);
    return cpuSeconds() - start;
  };
  await page.evaluate((each) => window.benchPage.setShape(each), shape);
  const entries: Entry[] = [];
  for (const name of await page.evaluate(() => window.benchPage.contestants)) {
    const check = await page.evaluate((each) => window.benchPage.place(each), name);
    let repetitions = 1;
    let seconds = await run(name, 1);
    while (seconds < CPU_SECONDS_PER_SAMPLE / 4) {
      repetitions *= 4;
      seconds = await run(name, repetitions);
    }
    repetitions = Math.max(1, Math.round((repetitions * CPU_SECONDS_PER_SAMPLE) / seconds));
    entries.push({ name, check, repetitions, gflopPerCpuSecond: [] });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(turn + round) % entries.length];
      if (entry === undefined) continue;
      const seconds = await run(entry.name, entry.repetitions);
      entry.gflopPerCpuSecond.push((gflop * entry.repetitions) / seconds);
    }
  }
  const checked: Entry[] = [];
  for (const entry of entries) {
    const after = await page.evaluate((each) => window.benchPage.release(each), entry.name);
    checked.push({ ...entry, check: { ...after, correct: after.correct && entry.check.correct } });
  }
  return checked;
}

/** What falls short, in words. */
function missedBars({ m, k, n }: Shape, entries: readonly Entry[]): readonly string[] {
  const missed = entries.filter(({ check }) => !check.correct).map(({ name }) => `${name}: wrong result`);
  const speedOf = (name: string): number =>
    median(entries.find((each) => each.name === name)?.gflopPerCpuSecond ?? []);
  const best = Math.max(...entries.filter(isLibrary).map((each) => median(each.gflopPerCpuSecond)));
  for (const name of ['systole bf16', 'systole fp32']) {
    const ratio = speedOf(name) / best;
    if (!(ratio >= BAR_OVER_LIBRARIES)) missed.push(`${name}: ${ratio.toFixed(2)} x the best library`);
  }
  if (m === 1024 && k === 1024 && n === 1024 && !(speedOf('systole cpu') >= BAR_CPU)) {
    missed.push(`systole cpu: below ${BAR_CPU} GFLOP/s a core`);
  }
  return missed;
}

function isLibrary({ name }: Entry): boolean {
  return !name.startsWith('systole');
}

function summary({ name, check, repetitions, gflopPerCpuSecond }: Entry) {
  return {
    name,
    ...check,
    repetitions,
    gflopPerCpuSecond: median(gflopPerCpuSecond),
    samples: gflopPerCpuSecond,
  };
}

function print(shape: Shape, entries: readonly Entry[]): void {
  const best = Math.max(...entries.filter(isLibrary).map((each) => median(each.gflopPerCpuSecond)));
  console.log(`\n${nameOf(shape)}, GFLOP per CPU-second (median of ${entries[0]?.gflopPerCpuSecond.length})`);
  for (const { name, check, gflopPerCpuSecond } of entries) {
    const middle = median(gflopPerCpuSecond);
    const range = `${Math.min(...gflopPerCpuSecond).toFixed(2)}-${Math.max(...gflopPerCpuSecond).toFixed(2)}`;
    const ratio = `${(middle / best).toFixed(2)} x best library`;
    const verdict = check.correct ? `error ${check.error.toExponential(1)}` : 'WRONG';
    console.log(
      `  ${name.padEnd(16)} ${middle.toFixed(2).padStart(6)} ${range.padEnd(12)} ${ratio.padEnd(20)} ${verdict.padEnd(14)} ${check.kernel}`,
    );
  }
  for (const line of missedBars(shape, entries)) console.log(`  missed: ${line}`);
}

function nameOf({ m, k, n }: Shape): string {
  return `${m}x${k}x${n}`;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** As the tests: the software adapter unless SYSTOLE_WEBGPU_ADAPTER says `default`. */
function adapterArguments(): readonly string[] {
  return (process.env.SYSTOLE_WEBGPU_ADAPTER ?? 'swiftshader') === 'swiftshader'
    ? ['--use-webgpu-adapter=swiftshader']
    : [];
}

async function serve(): Promise<ViteDevServer> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'warn',
    server: {
      port: 5199,
      hmr: false,
      watch: null,
      fs: { allow: [fileURLToPath(new URL('../../..', import.meta.url))] },
    },
    optimizeDeps: {
      include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu', '@jax-js/jax'],
      exclude: ['onnxruntime-web'],
    },
  });
  return server.listen();
}

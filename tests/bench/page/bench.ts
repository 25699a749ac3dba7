import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type CDPSession, chromium, type Page } from 'playwright';
import { build, preview } from 'vite';
import { assertDefined } from '../../../src/base/assert.ts';
import { WORKLOADS } from '../../../src/study/catalog.ts';
import type { Scenario } from '../../../src/study/scenario.ts';
import { encodeScenario } from '../../../src/study/share-link.ts';
import { findChromium } from '../../tools/browser-finder.ts';
import { treeCpuSeconds } from '../process-tree.ts';
import { mainThreadTasks, type Task, type TraceEvent } from './trace-tasks.ts';

/**
 * Scrubs a 256x256 array in the built page, once for every meaning of the colours and by either painter in turn,
 * and records what the main thread did. The bar: no task over 50 ms. Exit 1 where one is.
 */
const BAR_MS = 50;
const MIN_CYCLES = 20;
const VIEWPORT = { width: 1440, height: 900 };
/** `gated` is a second colouring of Activity: the pixels cost the same. */
const METRICS = ['State', 'Operand', 'Weight', 'Partial sum', 'Use so far', 'Activity'] as const;
const BROWSER_ARGUMENTS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--enable-unsafe-webgpu',
  // Only the software adapter is on every machine; a run on a real one sets SYSTOLE_WEBGPU_ADAPTER=default.
  ...((process.env.SYSTOLE_WEBGPU_ADAPTER ?? 'swiftshader') === 'swiftshader'
    ? [
        '--use-webgpu-adapter=swiftshader',
        '--use-angle=swiftshader',
        '--use-vulkan=swiftshader',
        '--enable-features=Vulkan',
        // As browsers without a GPU have it.
        '--disable-accelerated-2d-canvas',
      ]
    : []),
];
const TRACE_CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];
const PAINTERS = ['CPU', 'GPU'] as const;
type PainterName = (typeof PAINTERS)[number];
/** Operands of 4096^3 take seconds to count. */
const COUNT_TIMEOUT_MS = 120_000;

interface Scrub {
  readonly metric: string;
  readonly painter: PainterName;
  readonly tasks: readonly Task[];
  /** Different cycles that were on screen. */
  readonly cycles: number;
  /** From one frame to the next while the playhead moves, in order of length. */
  readonly framesMs: readonly number[];
  /** Of the browser's processes, a move. */
  readonly cpuMs: number;
  readonly events: readonly TraceEvent[];
}

const { values: options } = parseArgs({
  options: {
    moves: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '2' },
    trace: { type: 'string' },
    json: { type: 'boolean' },
  },
});
process.exitCode = await main(Number(options.moves), Number(options.rounds));

async function main(moves: number, rounds: number): Promise<number> {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const outDir = await mkdtemp(join(tmpdir(), 'systole-page-'));
  await build({ root, logLevel: 'warn', build: { outDir, emptyOutDir: true } });
  const server = await preview({
    root,
    logLevel: 'warn',
    build: { outDir },
    preview: { port: 0, strictPort: false },
  });
  const address = assertDefined(server.resolvedUrls?.local[0], 'the address of the preview');
  const browserServer = await chromium.launchServer({
    executablePath: findChromium(),
    args: BROWSER_ARGUMENTS,
  });
  const browser = await chromium.connect(browserServer.wsEndpoint());
  const cpuSeconds = (): number => treeCpuSeconds(browserServer.process().pid ?? 0);
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${address}#${await encodeScenario(gemmOnV6e())}`);
    await page.getByText('256×256').waitFor();
    const session = await page.context().newCDPSession(page);
    const scrubs: Scrub[] = [];
    for (const metric of METRICS) {
      for (let turn = 0; turn < rounds * PAINTERS.length; turn += 1) {
        // The order turns with the round, too.
        const round = Math.floor(turn / PAINTERS.length);
        const painter = assertDefined(PAINTERS[(turn + round) % PAINTERS.length], 'a painter');
        scrubs.push(await scrub(page, session, metric, painter, moves, cpuSeconds));
      }
    }
    return await tell(scrubs, browser.version(), await adapterOf(page));
  } finally {
    await browser.close();
    await browserServer.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
}

/** What the browser calls the adapter that it gives a page. */
function adapterOf(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const info = (await navigator.gpu.requestAdapter())?.info;
    return info === undefined
      ? 'no adapter'
      : `${info.vendor} ${info.architecture} ${info.description}`.trim();
  });
}

function gemmOnV6e(): Scenario {
  const { scenario } = assertDefined(
    WORKLOADS.find(({ id }) => id === 'gemm-4096'),
    'the catalogue has gemm-4096',
  );
  return { ...scenario, chip: 'v6e' };
}

/** Drags the playhead over the whole timeline and back to the middle, a move a frame. */
async function scrub(
  page: Page,
  session: CDPSession,
  metric: string,
  painter: PainterName,
  moves: number,
  cpuSeconds: () => number,
): Promise<Scrub> {
  const box = (await page.locator('.ruler').boundingBox()) ?? undefined;
  const ruler = assertDefined(box, 'the timeline is shown');
  const y = ruler.y + ruler.height / 2;
  const xAt = (move: number): number => {
    // Not from where the playhead is: it would be dragged instead of the ruler.
    const round = (move / moves + 0.35) % 1;
    return ruler.x + 1 + (1 - Math.abs(2 * round - 1)) * (ruler.width - 2);
  };
  await page.mouse.click(ruler.x + ruler.width / 2, y);
  await page.locator('systole-array-legend').getByRole('button', { name: metric, exact: true }).click();
  if (metric === 'Activity') {
    await page.getByText(/a cycle \(bf16, seeded\)/).waitFor({ timeout: COUNT_TIMEOUT_MS });
  }
  await letPaint(page, painter);
  const cycles = new Set<string>();
  const frameTimes: number[] = [];
  const cycleOnScreen = page.getByLabel(/^Cycle of/);
  let cpuStart = 0;
  let cpuMs = 0;
  const events = await traced(session, async () => {
    await page.mouse.move(xAt(0), y);
    await page.mouse.down();
    cpuStart = cpuSeconds();
    for (let move = 0; move <= moves; move += 1) {
      await page.mouse.move(xAt(move), y);
      frameTimes.push(await page.evaluate(() => new Promise<number>(requestAnimationFrame)));
      if ((await cycleOnScreen.count()) > 0) cycles.add(await cycleOnScreen.inputValue());
    }
    cpuMs = (1000 * (cpuSeconds() - cpuStart)) / (moves + 1);
    await page.mouse.up();
  });
  const framesMs = frameTimes.slice(1).map((time, index) => time - (frameTimes[index] ?? time));
  framesMs.sort((a, b) => a - b);
  return { metric, painter, events, cycles: cycles.size, framesMs, cpuMs, tasks: mainThreadTasks(events) };
}

/** Through the label that says who does. */
async function letPaint(page: Page, painter: PainterName): Promise<void> {
  const label = page.locator('systole-array-view button.painter');
  if (!(await label.textContent())?.includes(painter)) await label.click();
  await page.getByText(`drawn on ${painter}`).waitFor();
}

async function traced(session: CDPSession, work: () => Promise<void>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  const collect = ({ value }: { value: readonly object[] }): void => {
    events.push(...(value as readonly TraceEvent[]));
  };
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: TRACE_CATEGORIES },
  });
  await work();
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}

async function tell(scrubs: readonly Scrub[], browser: string, adapter: string): Promise<number> {
  const rows = METRICS.flatMap((metric) =>
    PAINTERS.flatMap((painter) => {
      const own = scrubs.filter((each) => each.metric === metric && each.painter === painter);
      return own.length === 0 ? [] : [rowOf(metric, painter, own)];
    }),
  );
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}; Chromium ${browser}; WebGPU adapter ${adapter}`;
  if (options.json) console.log(JSON.stringify({ machine, barMs: BAR_MS, rows }));
  else {
    console.log(machine);
    console.log(`GEMM 4096 on v6e, 256x256, tasks of the main thread while scrubbing, bar ${BAR_MS} ms:`);
    for (const row of rows) {
      const words = row.longest
        .map((task) => `${task.durationMs.toFixed(1)} ms (${task.cpuMs.toFixed(1)} on a CPU) ${task.what}`)
        .join(', ');
      const frame = `frame ${row.frameMs.toFixed(1)} ms (95 %: ${row.frame95Ms.toFixed(1)})`;
      const cost = `a move: main thread ${row.mainMs.toFixed(1)} ms, all CPUs ${row.cpuMs.toFixed(1)} ms`;
      console.log(
        `${row.metric.padEnd(12)} ${row.painter}  ${row.cycles} cycles, ${row.overBar} over; ${frame}; ${cost}; longest ${words}`,
      );
    }
  }
  if (options.trace !== undefined) {
    const traceEvents = scrubs.flatMap(({ events }) => events);
    await writeFile(options.trace, JSON.stringify({ traceEvents }));
  }
  // A playhead that hardly moved, or a trace without tasks, has shown nothing.
  const shown = rows.every(({ cycles, tasks }) => cycles > MIN_CYCLES && tasks > 0);
  return shown && rows.every(({ overBar }) => overBar === 0) ? 0 : 1;
}

/** All scrubs of one metric by one painter as one. */
function rowOf(metric: string, painter: PainterName, scrubs: readonly Scrub[]) {
  const tasks = scrubs.flatMap((each) => each.tasks).sort((a, b) => b.durationMs - a.durationMs);
  const framesMs = scrubs.flatMap((each) => each.framesMs).sort((a, b) => a - b);
  const moves = framesMs.length + scrubs.length;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    metric,
    painter,
    cycles: Math.min(...scrubs.map((each) => each.cycles)),
    tasks: tasks.length,
    overBar: tasks.filter(({ durationMs }) => durationMs > BAR_MS).length,
    longest: tasks.slice(0, 3),
    frameMs: framesMs[Math.floor(framesMs.length / 2)] ?? Number.NaN,
    frame95Ms: framesMs[Math.floor(framesMs.length * 0.95)] ?? Number.NaN,
    mainMs: tasks.reduce((sum, task) => sum + task.cpuMs, 0) / moves,
    cpuMs: mean(scrubs.map((each) => each.cpuMs)),
  };
}

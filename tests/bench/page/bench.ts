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
import { mainThreadTasks, type Task, type TraceEvent } from './trace-tasks.ts';

/**
 * Scrubs a 256x256 array in the built page on the software adapter, once for every meaning of the colours,
 * and records what the main thread did. The bar: no task over 50 ms. Exit 1 where one is.
 */
const BAR_MS = 50;
const MIN_CYCLES = 20;
const VIEWPORT = { width: 1440, height: 900 };
/** `gated` is a second colouring of Activity: the pixels cost the same. */
const METRICS = ['State', 'Operand', 'Weight', 'Partial sum', 'Use so far', 'Activity'] as const;
const TRACE_CATEGORIES = ['disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];
/** Operands of 4096^3 take seconds to count. */
const COUNT_TIMEOUT_MS = 120_000;

interface Scrub {
  readonly metric: string;
  readonly tasks: readonly Task[];
  /** Different cycles that were on screen. */
  readonly cycles: number;
  readonly events: readonly TraceEvent[];
}

const { values: options } = parseArgs({
  options: {
    moves: { type: 'string', default: '100' },
    trace: { type: 'string' },
    json: { type: 'boolean' },
  },
});
process.exitCode = await main(Number(options.moves));

async function main(moves: number): Promise<number> {
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
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--use-angle=swiftshader',
      '--use-vulkan=swiftshader',
      '--enable-features=Vulkan',
    ],
  });
  try {
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${address}#${await encodeScenario(gemmOnV6e())}`);
    await page.getByText('256×256').waitFor();
    const session = await page.context().newCDPSession(page);
    const scrubs: Scrub[] = [];
    for (const metric of METRICS) scrubs.push(await scrub(page, session, metric, moves));
    return await tell(scrubs, browser.version());
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true });
  }
}

function gemmOnV6e(): Scenario {
  const { scenario } = assertDefined(
    WORKLOADS.find(({ id }) => id === 'gemm-4096'),
    'the catalogue has gemm-4096',
  );
  return { ...scenario, chip: 'v6e' };
}

/** Drags the playhead over the whole timeline and back to the middle, a move a frame. */
async function scrub(page: Page, session: CDPSession, metric: string, moves: number): Promise<Scrub> {
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
  const cycles = new Set<string>();
  const cycleOnScreen = page.getByLabel(/^Cycle of/);
  const events = await traced(session, async () => {
    await page.mouse.move(xAt(0), y);
    await page.mouse.down();
    for (let move = 0; move <= moves; move += 1) {
      await page.mouse.move(xAt(move), y);
      await page.evaluate(() => new Promise(requestAnimationFrame));
      if ((await cycleOnScreen.count()) > 0) cycles.add(await cycleOnScreen.inputValue());
    }
    await page.mouse.up();
  });
  return { metric, events, cycles: cycles.size, tasks: mainThreadTasks(events) };
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

async function tell(scrubs: readonly Scrub[], browser: string): Promise<number> {
  const rows = scrubs.map(({ metric, cycles, tasks }) => ({
    metric,
    cycles,
    tasks: tasks.length,
    overBar: tasks.filter(({ durationMs }) => durationMs > BAR_MS).length,
    longest: tasks.slice(0, 3),
  }));
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} CPUs, load ${loadavg()[0]?.toFixed(1)}; Chromium ${browser}, SwiftShader`;
  if (options.json) console.log(JSON.stringify({ machine, barMs: BAR_MS, rows }));
  else {
    console.log(machine);
    console.log(`GEMM 4096 on v6e, 256x256, tasks of the main thread while scrubbing, bar ${BAR_MS} ms:`);
    for (const { metric, cycles, tasks, overBar, longest } of rows) {
      const words = longest.map(({ durationMs, what }) => `${durationMs.toFixed(1)} ms ${what}`).join(', ');
      console.log(`${metric.padEnd(12)} ${cycles} cycles, ${tasks} tasks, ${overBar} over; longest ${words}`);
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

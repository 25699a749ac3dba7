import type { Progress } from '../base/progress.ts';
import { InputError, oneLine, unwrap } from '../base/result.ts';
import { traceEventJson } from '../formats/trace-event.ts';
import { createEvaluator } from '../study/evaluate.ts';
import {
  createRecording,
  formatRecording,
  MAX_DOCUMENT_BYTES,
  type Note,
  parseDocument,
  replayRecording,
} from '../study/recording.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import type { Scenario } from '../study/scenario.ts';
import { digestOfReport } from '../study/summary.ts';
import type { Opened, Run } from './engine-api.ts';
import { type Outcome, outcomeOf, type ProgressListener } from './outcome.ts';

/** What the engine's worker does for the page. Nothing is thrown across: failures are `refused`. */
export interface EngineService {
  run(scenario: Scenario, progress: ProgressListener): Promise<Outcome<Run>>;
  open(file: Blob, name: string): Promise<Outcome<Opened>>;
  record(scenario: Scenario, notes: readonly Note[]): Promise<Outcome<string>>;
  trace(scenario: Scenario): Promise<Outcome<string>>;
}

/** Messages are cheap but not free: the eye needs no more than this many a second. */
const PROGRESS_INTERVAL_MS = 40;

export function createEngineService(): EngineService {
  const evaluator = createEvaluator();

  return {
    run: (scenario, listener) =>
      outcomeOf(() => {
        const startedMs = performance.now();
        const report = evaluator.evaluate(scenario, throttled(listener));
        const engineSeconds = (performance.now() - startedMs) / 1000;
        const { clockHz } = unwrap(resolveChip(scenario));
        return { scenario, report, digest: digestOfReport(report), clockHz, engineSeconds };
      }),

    open: (file, name) => outcomeOf(() => openDocument(file, oneLine(name))),

    record: (scenario, notes) =>
      outcomeOf(() => {
        const recording = createRecording(scenario, evaluator.evaluate(scenario), notes);
        return formatRecording(recording);
      }),

    trace: (scenario) => outcomeOf(() => traceEventJson(evaluator.evaluate(scenario))),
  };
}

async function openDocument(file: Blob, name: string): Promise<Opened> {
  if (file.size > MAX_DOCUMENT_BYTES) {
    const found = `${(file.size / 2 ** 20).toFixed(1)} MiB`;
    throw new InputError(name, `expected at most ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB, found ${found}`);
  }
  const document = unwrap(parseDocument(await file.text(), name));
  if (document.kind === 'scenario') return document;
  const { recording } = document;
  return {
    kind: 'recording',
    scenario: recording.scenario,
    digest: recording.digest,
    notes: recording.notes,
    replay: replayRecording(recording),
  };
}

function throttled(listener: ProgressListener): Progress {
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    report(fraction, what) {
      const nowMs = performance.now();
      if (nowMs - lastMs < PROGRESS_INTERVAL_MS) return;
      lastMs = nowMs;
      listener(fraction, what);
    },
    // Cancelling ends the whole worker, whatever it is doing.
    throwIfCancelled: () => undefined,
  };
}

import * as v from 'valibot';
import type { Json } from '../base/canonical-json.ts';
import type { Progress } from '../base/progress.ts';
import { err, InputError, ok, type Result } from '../base/result.ts';
import { parseJson, parseWith } from '../base/schema.ts';
import type { RunReport } from '../machine/report.ts';
import { ENGINE_VERSION } from './engine-version.ts';
import { createEvaluator } from './evaluate.ts';
import { SCENARIO_SCHEMA, type Scenario } from './scenario.ts';
import { digestOfReport, type RunSummary, summarize } from './summary.ts';

const RECORDING_FORMAT = 'systole-recording';
const RECORDING_VERSION = 1;

/** Larger files are refused unread: a recording is a scenario and a page of figures. */
export const MAX_DOCUMENT_BYTES = 4 * 2 ** 20;

const MAX_NOTES = 1000;
const MAX_NOTE_CHARACTERS = 4000;

/** Figures stand as text: of a number with many digits, not every changed digit changes the value. */
const figure = v.pipe(v.string(), v.maxLength(40));
const figures = v.record(v.pipe(v.string(), v.maxLength(40)), figure);

const NOTE_SCHEMA = v.strictObject({
  text: v.pipe(v.string(), v.maxLength(MAX_NOTE_CHARACTERS)),
  timePs: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  place: v.optional(v.pipe(v.string(), v.maxLength(200))),
});

/** A scenario with what came of it, so that anybody can check that it still does. */
export const RECORDING_SCHEMA = v.strictObject({
  format: v.literal(RECORDING_FORMAT),
  version: v.literal(RECORDING_VERSION),
  engine: v.pipe(v.string(), v.maxLength(40)),
  scenario: SCENARIO_SCHEMA,
  digest: v.pipe(v.string(), v.maxLength(80)),
  summary: v.strictObject({
    bound: figure,
    figures,
    units: figures,
    breakdownSeconds: figures,
  }),
  notes: v.pipe(v.array(NOTE_SCHEMA), v.maxLength(MAX_NOTES)),
});

export type Recording = v.InferOutput<typeof RECORDING_SCHEMA>;
/** A remark pinned to a moment and a place. */
export type Note = v.InferOutput<typeof NOTE_SCHEMA>;

export function createRecording(
  scenario: Scenario,
  report: RunReport,
  notes: readonly Note[] = [],
): Recording {
  return {
    format: RECORDING_FORMAT,
    version: RECORDING_VERSION,
    engine: ENGINE_VERSION,
    scenario,
    digest: digestOfReport(report),
    summary: summaryAsText(summarize(report)),
    notes: [...notes],
  };
}

function summaryAsText(summary: RunSummary): Recording['summary'] {
  const { bound, units, breakdownSeconds, ...rest } = summary;
  return { bound, figures: asText(rest), units: asText(units), breakdownSeconds: asText(breakdownSeconds) };
}

function asText(numbers: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
}

/** Readable text of a recording, stable line by line. */
export function formatRecording(recording: Recording): string {
  return `${JSON.stringify(recording, undefined, 2)}\n`;
}

/** What a file of ours turned out to hold. */
export type Document =
  | { readonly kind: 'scenario'; readonly scenario: Scenario }
  | { readonly kind: 'recording'; readonly recording: Recording };

/** A scenario or a recording, told apart by their `format`. */
export function parseDocument(text: string, place: string): Result<Document> {
  if (text.length > MAX_DOCUMENT_BYTES) {
    const found = (text.length / 2 ** 20).toFixed(1);
    return err(
      new InputError(place, `expected at most ${MAX_DOCUMENT_BYTES / 2 ** 20} MiB, found ${found} MiB`),
    );
  }
  const json = parseJson(text, place);
  if (!json.ok) return json;
  const isRecording = typeof json.value === 'object' && json.value !== null && 'summary' in json.value;
  if (isRecording) {
    const recording = parseWith(RECORDING_SCHEMA, json.value, place);
    return recording.ok ? ok({ kind: 'recording', recording: recording.value }) : recording;
  }
  const scenario = parseWith(SCENARIO_SCHEMA, json.value, place);
  return scenario.ok ? ok({ kind: 'scenario', scenario: scenario.value }) : scenario;
}

export function parseRecording(text: string, place: string): Result<Recording> {
  const document = parseDocument(text, place);
  if (!document.ok) return document;
  if (document.value.kind === 'recording') return ok(document.value.recording);
  return err(new InputError(place, 'expected a recording, found a scenario'));
}

export interface Replay {
  readonly reproduced: boolean;
  readonly differences: readonly Difference[];
}

/** One figure that the recording has otherwise than the replay. */
export interface Difference {
  readonly path: string;
  readonly recorded: Json | undefined;
  readonly replayed: Json | undefined;
}

/** Runs the recording's scenario again and lists everything that comes out differently. */
export function replayRecording(recording: Recording, progress?: Progress): Replay {
  const report = createEvaluator().evaluate(recording.scenario, progress);
  const again = createRecording(recording.scenario, report);
  const differences = compare(
    { engine: recording.engine, digest: recording.digest, summary: recording.summary },
    { engine: again.engine, digest: again.digest, summary: again.summary },
    '',
  );
  return { reproduced: differences.length === 0, differences };
}

function compare(
  recorded: Json | undefined,
  replayed: Json | undefined,
  path: string,
): readonly Difference[] {
  if (!isObject(recorded) || !isObject(replayed)) {
    return recorded === replayed ? [] : [{ path, recorded, replayed }];
  }
  const keys = [...new Set([...Object.keys(recorded), ...Object.keys(replayed)])].sort();
  return keys.flatMap((key) => compare(recorded[key], replayed[key], path === '' ? key : `${path}.${key}`));
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

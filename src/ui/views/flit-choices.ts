import { formatSi } from '../../base/format-quantity.ts';
import { InputError } from '../../base/result.ts';
import { parseSlice } from '../../hardware/slice.ts';
import { checkFlitTorus, FLIT_ROUTINGS, MAX_FLIT_CHIPS } from '../../ici/flit-config.ts';
import type { RecordedCycles } from '../../ici/flit-recording.ts';
import { Torus } from '../../ici/topology.ts';
import { destinations, TRAFFIC_PATTERNS } from '../../ici/traffic-pattern.ts';
import { checkTraffic } from '../../ici/traffic-request.ts';
import type { CollectiveDetail } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { TrafficWanted } from '../../worker/flit-service.ts';

export const FLIT_FIELDS = [
  'shape',
  'pattern',
  'rate',
  'packetFlits',
  'virtualChannels',
  'bufferFlits',
  'routing',
  'seed',
  'firstCycle',
  'cycles',
] as const;
export type FlitField = (typeof FLIT_FIELDS)[number];

/** What the fields hold, as typed. */
export type FlitTexts = Readonly<Record<FlitField, string>>;

/** Tornado past saturation, so that there is waiting to be seen. */
export const DEFAULT_FLIT_TEXTS: FlitTexts = {
  shape: '8x8',
  pattern: 'tornado',
  rate: '0.2',
  packetFlits: '8',
  virtualChannels: '2',
  bufferFlits: '8',
  routing: 'dimension-order',
  seed: '1',
  firstCycle: '1000',
  cycles: '512',
};

export const FLIT_CHOICES: Readonly<Partial<Record<FlitField, readonly string[]>>> = {
  pattern: TRAFFIC_PATTERNS,
  routing: FLIT_ROUTINGS,
};

export type FlitErrors = Readonly<Partial<Record<FlitField, string>>>;

export type ParsedFlits =
  | { readonly ok: true; readonly wanted: TrafficWanted; readonly range: RecordedCycles }
  | { readonly ok: false; readonly errors: FlitErrors };

const KEY = 'systole-flits';
const MAX_TEXT = 40;
/** Along each axis, of the slice that is offered instead of one that is too large: every generation has it. */
const SMALL_EXTENT = 4;
/** Frames are kept of no more cycles than this, one each. */
const MAX_TRAFFIC_CYCLES = 2048;
const LEAST_RATE = 1e-6;
const MAX_FIRST_CYCLE = 100_000;

/** Fields by the names that the model's own checks have for them. */
const FIELD_OF_PLACE: Readonly<Record<string, FlitField>> = {
  torus: 'shape',
  slice: 'shape',
  pattern: 'pattern',
  rate: 'rate',
  'packet-flits': 'packetFlits',
  vcs: 'virtualChannels',
  'buffer-flits': 'bufferFlits',
  seed: 'seed',
};

/** What to run, or what is wrong, one line a field. */
export function parseFlits(texts: FlitTexts): ParsedFlits {
  const errors: Partial<Record<FlitField, string>> = {};
  const number = (field: FlitField, whole: boolean): number => {
    const text = texts[field].trim();
    const value = text === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && (!whole || Number.isSafeInteger(value))) return value;
    errors[field] = `expected a ${whole ? 'whole ' : ''}number, found “${text.slice(0, MAX_TEXT)}”`;
    return Number.NaN;
  };
  const within = (field: FlitField, least: number, most: number, whole = true): number => {
    const value = number(field, whole);
    if (value < least || value > most) errors[field] = `expected ${least} to ${most}, found ${value}`;
    return value;
  };
  const [, extents = '', twist] = /^(.*?)(\s+twisted)?$/.exec(texts.shape.trim()) ?? [];
  const slice = parseSlice(extents);
  if (!slice.ok) errors.shape = slice.error.problem;
  const pattern = TRAFFIC_PATTERNS.find((each) => each === texts.pattern);
  if (pattern === undefined) errors.pattern = `expected one of ${TRAFFIC_PATTERNS.join(', ')}`;
  const routing = FLIT_ROUTINGS.find((each) => each === texts.routing);
  if (routing === undefined) errors.routing = `expected one of ${FLIT_ROUTINGS.join(', ')}`;
  const config = {
    rate: within('rate', LEAST_RATE, 1, false),
    packetFlits: within('packetFlits', 1, 4096),
    virtualChannels: within('virtualChannels', 2, 16),
    bufferFlits: within('bufferFlits', 1, 1024),
    seed: number('seed', true),
  };
  const range = {
    firstCycle: within('firstCycle', 0, MAX_FIRST_CYCLE),
    cycles: within('cycles', 1, MAX_TRAFFIC_CYCLES),
  };
  if (!slice.ok || pattern === undefined || routing === undefined || Object.keys(errors).length > 0) {
    return { ok: false, errors };
  }
  const { shape } = slice.value;
  const twisted = twist !== undefined;
  const wanted: TrafficWanted = { ...config, pattern, routing, shape, twisted };
  try {
    const torus = new Torus({ shape, wraps: shape.map(() => true), twisted });
    if (torus.nodes > MAX_FLIT_CHIPS) {
      throw new InputError('torus', `expected at most ${MAX_FLIT_CHIPS} chips, found ${torus.nodes}`);
    }
    checkTraffic(torus, wanted);
    checkFlitTorus(torus, wanted);
    destinations(torus, pattern);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ok: false, errors: { [FIELD_OF_PLACE[error.place] ?? 'shape']: error.problem } };
  }
  return { ok: true, wanted, range };
}

/** The traffic as a phrase. */
export function trafficText(wanted: TrafficWanted): string {
  const { pattern, rate, packetFlits, virtualChannels, bufferFlits, routing } = wanted;
  const packets = packetFlits === 1 ? 'single flits' : `packets of ${packetFlits} flits`;
  const adaptive = routing === 'adaptive' ? ', adaptive' : '';
  return `${pattern}, ${rate} flits/node/cycle in ${packets}, ${shapeText(wanted)}, ${virtualChannels} VCs of ${bufferFlits}${adaptive}`;
}

function shapeText({ shape, twisted }: TrafficWanted): string {
  return `${shape.join('×')}${twisted ? ' twisted' : ''}`;
}

/** The command that measures the same traffic. */
export function trafficCommandText(wanted: TrafficWanted): string {
  const { pattern, rate, packetFlits, virtualChannels, bufferFlits, shape, twisted, routing, seed } = wanted;
  return `systole traffic --torus ${shape.join('x')}${twisted ? ' --twisted' : ''} --pattern ${pattern} --rate ${rate} --packet-flits ${packetFlits} --vcs ${virtualChannels} --buffer-flits ${bufferFlits} --routing ${routing} --random counter --seed ${seed}`;
}

/** Amounts of data that a collective may be tried with: its own, and round ones below. */
export function byteChoices(bytes: number): readonly { readonly bytes: number; readonly name: string }[] {
  const smaller = [16 * 10 ** 6, 10 ** 6, 64_000].filter((each) => each < bytes);
  return [
    { bytes, name: `its own ${formatSi(bytes, 'B')}` },
    ...smaller.map((each) => ({ bytes: each, name: formatSi(each, 'B') })),
  ];
}

/** The nearest to a collective that the flit model can hold, and how it differs. */
export interface SmallerCollective {
  readonly name: string;
  readonly scenario: Scenario;
  readonly bytes: number;
}

/** After a refusal: on a slice with nothing missing, on a smaller slice, or with less data. */
export function smallerCollective(
  scenario: Scenario,
  shape: readonly number[],
  { torusAxes, dcn }: Pick<CollectiveDetail, 'torusAxes' | 'dcn'>,
  bytes: number,
): SmallerCollective | undefined {
  // What passes between slices passes no router.
  if (dcn !== undefined) return undefined;
  const { without, ...whole } = scenario.slice;
  if (without !== undefined) {
    return { name: 'with every cable in order', scenario: { ...scenario, slice: whole }, bytes };
  }
  const [smaller] = byteChoices(bytes).slice(1);
  if (torusAxes.reduce((chips, axis) => chips * shape[axis], 1) > MAX_FLIT_CHIPS) {
    const small = shape.map((extent) => Math.min(extent, SMALL_EXTENT));
    return {
      name: `on ${small.join('×')} chips, ${formatSi(smaller?.bytes ?? bytes, 'B')}`,
      scenario: { ...scenario, slice: { shape: small } },
      bytes: smaller?.bytes ?? bytes,
    };
  }
  return smaller && { name: `with ${smaller.name}`, scenario, bytes: smaller.bytes };
}

/** Settings of the last visit, where they can be read. */
export function loadFlitTexts(storage: () => Storage = () => localStorage): FlitTexts {
  try {
    const stored: unknown = JSON.parse(storage().getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return DEFAULT_FLIT_TEXTS;
    const found = stored as { readonly [key: string]: unknown };
    const entries = FLIT_FIELDS.map((field) => {
      const text = found[field];
      return [field, typeof text === 'string' && text.length <= MAX_TEXT ? text : DEFAULT_FLIT_TEXTS[field]];
    });
    const texts = Object.fromEntries(entries) as FlitTexts;
    return parseFlits(texts).ok ? texts : DEFAULT_FLIT_TEXTS;
  } catch {
    return DEFAULT_FLIT_TEXTS;
  }
}

export function saveFlitTexts(texts: FlitTexts, storage: () => Storage = () => localStorage): void {
  try {
    storage().setItem(KEY, JSON.stringify(texts));
  } catch {
    // Storage is full or forbidden: the page works without memory.
  }
}

import * as v from 'valibot';
import { err, InputError, ok, type Result } from '../base/result.ts';
import { joinPath, schemaError } from '../base/schema.ts';
import { type Chip, DTYPES, type IciTopology } from './chip.ts';
import { MAX_POD_CHIPS } from './slice.ts';

/*
 * The ranges are far wider than any chip and narrow enough that no product of them leaves what a double
 * holds exactly or comfortably: a description from a file may hold anything.
 */
const MAX_BYTES = 2 ** 50;
const MAX_BYTES_PER_SECOND = 1e18;
const MAX_SECONDS = 1;
const MAX_AXES = 3;
const MAX_SHAPES = 256;

const numberBetween = (low: number, high: number) => v.pipe(v.number(), v.minValue(low), v.maxValue(high));
const integerBetween = (low: number, high: number) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being refused
const PLAIN_TEXT = /^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/;
/** Text without control characters, which would spoil one-line messages. */
const textUpTo = (characters: number) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.maxLength(characters),
    v.regex(PLAIN_TEXT, 'text without control characters'),
  );

const bytes = integerBetween(1, MAX_BYTES);
const bytesPerCycle = integerBetween(1, 2 ** 24);
const bytesPerSecond = numberBetween(1, MAX_BYTES_PER_SECOND);
const seconds = numberBetween(0, MAX_SECONDS);
/** A share that is used as a divisor. */
const share = numberBetween(1e-6, 1);
const shape = v.pipe(v.array(integerBetween(1, MAX_POD_CHIPS)), v.minLength(1), v.maxLength(MAX_AXES));
const formatRate = v.optional(numberBetween(1e-3, 1024));

const WrapRuleSchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('full-axis'), extents: shape }),
  v.strictObject({ kind: v.literal('cube-multiple'), cube: integerBetween(1, 64) }),
  v.strictObject({ kind: v.literal('never') }),
]);

const TopologySchema = v.variant('kind', [
  v.strictObject({ kind: v.literal('none') }),
  v.strictObject({
    kind: v.literal('torus'),
    maxShape: shape,
    maxChips: integerBetween(1, MAX_POD_CHIPS),
    wrap: WrapRuleSchema,
    shapes: v.optional(v.pipe(v.array(shape), v.minLength(1), v.maxLength(MAX_SHAPES))),
    twistable: v.boolean(),
    note: v.optional(textUpTo(200)),
  }),
  v.strictObject({ kind: v.literal('boardfly'), maxChips: integerBetween(1, MAX_POD_CHIPS) }),
]);

/** A full chip description, field by field. What holds between fields is checked by `parseChip`. */
export const ChipSchema = v.strictObject({
  id: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'up to 40 letters, digits, dots and dashes'),
  ),
  name: textUpTo(80),
  status: v.picklist(['shipped', 'announced']),
  clockHz: numberBetween(1, 100e9),
  tensorCores: integerBetween(1, 1024),
  mxu: v.strictObject({
    perCore: integerBetween(1, 1024),
    rows: integerBetween(1, 4096),
    columns: integerBetween(1, 4096),
    rowsPerCycle: integerBetween(1, 64),
    loadRowsPerCycle: v.optional(integerBetween(1, 64)),
    formatRates: v.strictObject({ bf16: formatRate, fp8: formatRate, int8: formatRate, int4: formatRate }),
  }),
  vpu: v.strictObject({
    lanes: integerBetween(1, 65_536),
    sublanes: integerBetween(1, 1024),
    alus: integerBetween(1, 1024),
  }),
  hbm: v.strictObject({
    bytes,
    bytesPerSecond,
    efficiency: share,
    latencySeconds: seconds,
    pools: integerBetween(1, 64),
  }),
  vmem: v.strictObject({
    bytesPerCore: bytes,
    windowBytesPerCore: v.optional(bytes),
    readBytesPerCycle: bytesPerCycle,
    writeBytesPerCycle: bytesPerCycle,
  }),
  cmem: v.optional(
    v.strictObject({ bytes, readBytesPerSecond: bytesPerSecond, writeBytesPerSecond: bytesPerSecond }),
  ),
  ici: v.strictObject({
    links: integerBetween(0, 64),
    linkBytesPerSecond: numberBetween(0, MAX_BYTES_PER_SECOND),
    linkEfficiency: share,
    hopLatencySeconds: seconds,
    topology: TopologySchema,
  }),
  host: v.strictObject({
    pcieBytesPerSecond: bytesPerSecond,
    dcnBytesPerSecond: bytesPerSecond,
    /** Left out in descriptions that are older than it. */
    dcnLatencySeconds: v.optional(seconds),
  }),
  kernelOverheadSeconds: seconds,
  blockOverheadSeconds: v.optional(seconds),
});

/**
 * A chip description out of a file, checked field by field and as a whole. The error names the first
 * field at fault, under `place`, and what was expected there.
 */
export function parseChip(value: unknown, place: string): Result<Chip> {
  const parsed = v.safeParse(ChipSchema, value);
  if (!parsed.success) return err(schemaError(parsed.issues, place));
  const chip: Chip = parsed.output;
  const problem = disagreement(chip);
  if (problem !== undefined) return err(new InputError(joinPath(place, problem.path), problem.expected));
  return ok(chip);
}

interface Disagreement {
  readonly path: string;
  readonly expected: string;
}

/** What no single field can be blamed for. */
function disagreement(chip: Chip): Disagreement | undefined {
  const { links, linkBytesPerSecond, topology } = chip.ici;
  if (DTYPES.every((dtype) => chip.mxu.formatRates[dtype] === undefined)) {
    return { path: 'mxu.formatRates', expected: `expected a rate for at least one of ${DTYPES.join(', ')}` };
  }
  if (topology.kind === 'none') {
    return links === 0 ? undefined : { path: 'ici.links', expected: 'expected 0 without a topology' };
  }
  if (linkBytesPerSecond < 1) {
    return { path: 'ici.linkBytesPerSecond', expected: 'expected >=1 for links that carry something' };
  }
  if (topology.kind === 'boardfly') return undefined;
  return torusDisagreement(topology, links);
}

function torusDisagreement(
  topology: Extract<IciTopology, { kind: 'torus' }>,
  links: number,
): Disagreement | undefined {
  const axes = topology.maxShape.length;
  const neededLinks = linksOf(topology);
  if (links !== neededLinks) {
    const expected = `expected ${neededLinks}, one for each direction of the ${axes} axes, found ${links}`;
    return { path: 'ici.links', expected: `${expected}; a faster link is ici.linkBytesPerSecond` };
  }
  const { wrap } = topology;
  if (wrap.kind === 'full-axis' && wrap.extents.length !== axes) {
    return { path: 'ici.topology.wrap.extents', expected: `expected ${axes} extents, as in maxShape` };
  }
  const wrongShape = (topology.shapes ?? []).findIndex((offered) => offered.length !== axes);
  if (wrongShape >= 0) {
    return {
      path: `ici.topology.shapes.${wrongShape}`,
      expected: `expected ${axes} extents, as in maxShape`,
    };
  }
  return undefined;
}

/** Ports a chip needs for the largest slice: two an axis, one where an axis is a pair that never wraps. */
function linksOf(topology: Extract<IciTopology, { kind: 'torus' }>): number {
  let links = 0;
  for (const extent of topology.maxShape) {
    if (topology.wrap.kind === 'never' && extent <= 2) links += extent - 1;
    else links += 2;
  }
  return links;
}

import * as v from 'valibot';
import type { Result } from '../base/result.ts';
import { parseWith } from '../base/schema.ts';
import { COMPILER_OPTIONS_SCHEMA } from '../compiler/options.ts';
import { ChipSchema } from '../hardware/chip-schema.ts';
import { MAX_SLICES } from '../hardware/slice.ts';
import { CABLE_PATTERN } from '../ici/cables.ts';
import { WORKLOAD_SCHEMA } from '../workload/spec.ts';

export const SCENARIO_FORMAT = 'systole-scenario';
export const SCENARIO_VERSION = 1;

const MAX_NAME_CHARACTERS = 200;
const MAX_AXES = 3;
const MAX_EXTENT = 64;
const MAX_SET_LINES = 100;
const MAX_CABLES = 1000;

const text = (maximum: number) => v.pipe(v.string(), v.maxLength(maximum));

/**
 * What is run: a chip, a slice of it, a workload, how it is compiled, and the seed of its random values.
 * Everything else follows from it, on every machine alike.
 */
export const SCENARIO_SCHEMA = v.strictObject({
  format: v.literal(SCENARIO_FORMAT),
  version: v.literal(SCENARIO_VERSION),
  name: v.optional(text(MAX_NAME_CHARACTERS)),
  /** A preset's id, or a whole chip description. */
  chip: v.union([text(MAX_NAME_CHARACTERS), ChipSchema]),
  /** Changes to the chip, in order, each `path=value`. */
  set: v.optional(v.pipe(v.array(text(MAX_NAME_CHARACTERS)), v.maxLength(MAX_SET_LINES))),
  slice: v.strictObject({
    shape: v.pipe(
      v.array(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_EXTENT))),
      v.minLength(1),
      v.maxLength(MAX_AXES),
    ),
    twisted: v.optional(v.boolean()),
    /** Slices of this shape, joined by the data-centre network; one where left out. */
    slices: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_SLICES))),
    /** Cables that are out of order, each a chip and a direction as in `0,1,3+y`. */
    without: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.regex(CABLE_PATTERN, 'a chip and a direction as in 0,1,3+y'))),
        v.maxLength(MAX_CABLES),
      ),
    ),
  }),
  workload: WORKLOAD_SCHEMA,
  compiler: v.optional(COMPILER_OPTIONS_SCHEMA),
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff))),
});

export type Scenario = v.InferOutput<typeof SCENARIO_SCHEMA>;

/** Checks a parsed JSON value; the error names the first place that is wrong and what belongs there. */
export function parseScenario(value: unknown, place = 'scenario'): Result<Scenario> {
  return parseWith(SCENARIO_SCHEMA, value, place);
}

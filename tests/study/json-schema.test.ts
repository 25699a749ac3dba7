import { toJsonSchema } from '@valibot/to-json-schema';
import { describe, expect, it } from 'vitest';
import { RECORDING_SCHEMA } from '../../src/study/recording.ts';
import { SCENARIO_SCHEMA } from '../../src/study/scenario.ts';

const published = [
  ['scenario', SCENARIO_SCHEMA],
  ['recording', RECORDING_SCHEMA],
] as const;

describe('published JSON Schema', () => {
  // `vitest -u` writes the files anew when a schema changes on purpose.
  it.each(published)('of a %s is the one that files are checked against', async (name, schema) => {
    const json = toJsonSchema(schema, { errorMode: 'throw' });
    await expect(`${JSON.stringify(json, undefined, 2)}\n`).toMatchFileSnapshot(
      `../../public/schemas/${name}.schema.json`,
    );
  });
});

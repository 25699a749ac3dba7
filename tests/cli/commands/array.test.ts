import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { arrayCommand } from '../../../src/cli/commands/array.ts';

const context = { note: () => undefined };

function run(line: string) {
  return arrayCommand.run(line.split(' '), context);
}

const SHAPE = '--rows 128 --columns 128 -m 1024 -k 128 -n 128';

describe('systole array', () => {
  it('gives what the contract names', async () => {
    const { json, text } = await run(`${SHAPE} --dataflow ws`);
    expect(json).toEqual({
      cycles: 1406,
      folds: 1,
      utilization: (1024 * 128 * 128) / (1406 * 128 * 128),
      mappingEfficiency: 1,
      stages: { load: 128, stream: 1024, skew: 254, drain: 0 },
    });
    expect(text).toMatch(/^cycles +1,406\n/);
  });

  it('counts without double buffering, and as SCALE-Sim does', async () => {
    const serial = await run('--rows 4 --columns 4 --dataflow ws -m 3 -k 8 -n 4 --no-double-buffering');
    expect(serial.json).toMatchObject({ cycles: 2 * (4 + 3) + 6 });
    const compatible = await run(`${SHAPE} --dataflow ws --compat scale-sim`);
    expect(compatible.json).toMatchObject({ cycles: 1405, compat: 'scale-sim' });
  });

  it.each([
    [`${SHAPE}`, /^--dataflow: is required$/],
    [`${SHAPE} --dataflow xs`, /^--dataflow: expected one of ws, os, is, found "xs"$/],
    [`${SHAPE} --dataflow ws --compat gemmini`, /^--compat: expected one of scale-sim/],
    [`${SHAPE} --dataflow ws --compat scale-sim --no-double-buffering`, /^--no-double-buffering: /],
    ['--rows 0 --columns 4 --dataflow ws -m 1 -k 1 -n 1', /^--rows: expected a number from 1/],
    ['--rows 4 --columns 4 --dataflow ws -m -5 -k 1 -n 1', /^-m: expected a number from 1 to .*found "-5"$/],
    ['--rows -4.5 --columns 4 --dataflow ws -m 5 -k 1 -n 1', /^--rows: expected .*found "-4.5"$/],
    ['--rows 4 --columns 4 --dataflow ws -m -k 1 -n 1', /^arguments: /],
    ['--rows 4 --columns 4 --dataflow ws -m NaN -k 1 -n 1', /^-m: .*found "NaN"$/],
    ['--rows 4 --columns 4 --dataflow ws -m 1e308 -k 1 -n 1', /^-m: .*found "1e308"$/],
    ['--rows 1 --columns 1 --dataflow os -m 2e9 -k 2e9 -n 2e9', /^gemm: expected .* at most 2\^53 cycles/],
    [`${SHAPE} --dataflow ws --bogus`, /^arguments: /],
  ])('refuses %s', async (line, message) => {
    await expect(run(line)).rejects.toThrow(InputError);
    await expect(run(line)).rejects.toThrow(message);
  });
});

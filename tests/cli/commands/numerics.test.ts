import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { numericsCommand } from '../../../src/cli/commands/numerics.ts';

const run = (...args: string[]) => numericsCommand.run(args, { note: () => undefined });

describe('systole numerics', () => {
  it('prints the accumulation table', async () => {
    const { json, text } = await run('--dots', '20');
    expect(json).toMatchObject({ dots: 20, seed: 1 });
    for (const word of ['k=4096', 'A128', 'pairwise tree', 'toward zero']) expect(text).toContain(word);
  });

  it('compares choices on one tile', async () => {
    const { json } = await run('bf16', 'fp8-e4m3:groups-of-four', '-m', '8', '-k', '64', '-n', '8');
    expect(json).toMatchObject({
      m: 8,
      choices: [
        { name: 'bf16', accumulation: { kind: 'sequential' }, equalToFirst: 1 },
        { dtype: 'fp8-e4m3', accumulation: { kind: 'groups-of-four' } },
      ],
    });
  });

  it.each([
    [['bf17']],
    [['bf16:int32']],
    [['bf16:sequential:more']],
    [['bf16', '-k', 'NaN']],
    [['bf16', '-m', '0']],
    [['bf16', '-m', '8192', '-k', '8192', '-n', '8192']],
    [['bf16', '--dots', '5']],
    [['--dots', '1e308']],
    [['-k', '128']],
    [['--unknown']],
  ])('refuses %j', async (args) => {
    await expect(run(...args)).rejects.toThrow(InputError);
  });
});

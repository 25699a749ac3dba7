import { describe, expect, it } from 'vitest';
import { chipsCommand } from '../../../src/cli/commands/chips.ts';

const context = { note: () => undefined };

interface ListedChip {
  readonly id: string;
  readonly name: string;
  readonly clockHz: number;
  readonly tensorCores: number;
  readonly mxu: { readonly perCore: number; readonly rows: number; readonly columns: number };
  readonly peakFlops: Readonly<Record<string, number>>;
  readonly hbm: { readonly bytes: number; readonly bytesPerSecond: number };
  readonly vmem: { readonly bytes: number };
  readonly ici: { readonly links: number };
  readonly sources: Readonly<
    Record<string, { readonly source: string; readonly trust: string; readonly title: string }>
  >;
}

async function list(): Promise<readonly ListedChip[]> {
  const outcome = await chipsCommand.run([], context);
  return JSON.parse(JSON.stringify(outcome.json));
}

describe('systole chips', () => {
  it('lists the eleven chips with what the contract names', async () => {
    const chips = await list();
    expect(chips).toHaveLength(11);
    for (const chip of chips) {
      expect(Object.keys(chip)).toEqual(
        expect.arrayContaining(['id', 'name', 'clockHz', 'peakFlops', 'hbm', 'vmem', 'ici', 'sources']),
      );
      expect(chip.hbm.bytes).toBeGreaterThan(0);
      expect(chip.hbm.bytesPerSecond).toBeGreaterThan(0);
      expect(chip.sources.clockHz?.title).toMatch(/\S/);
    }
  });

  it('lets a reader recompute the bf16 peak of v2 to v5p', async () => {
    const trained = (await list()).filter((chip) =>
      ['v2', 'v3', 'v4i', 'v4', 'v5e', 'v5p'].includes(chip.id),
    );
    for (const { tensorCores, mxu, clockHz, peakFlops } of trained) {
      const peak = tensorCores * mxu.perCore * mxu.rows * mxu.columns * 2 * clockHz;
      expect(Math.abs((peakFlops.bf16 ?? 0) / peak - 1)).toBeLessThan(0.01);
    }
    expect(trained).toHaveLength(6);
  });

  it('gives VMEM of the whole chip, and for v1 its unified buffer and DDR3', async () => {
    const chips = new Map((await list()).map((chip) => [chip.id, chip]));
    expect(chips.get('v5p')?.vmem.bytes).toBe(128 * 2 ** 20);
    expect(chips.get('v1')?.vmem.bytes).toBe(24 * 2 ** 20);
    expect(chips.get('v1')?.hbm).toMatchObject({ bytes: 8 * 2 ** 30, bytesPerSecond: 34e9 });
  });

  it('shows people a line a chip, with units', async () => {
    const { text } = await chipsCommand.run([], context);
    expect(text).toMatch(/^v5p .*459.TFLOP\/s.*2\.77.TB\/s/m);
    expect(text).toMatch(/8t .*announced/);
  });

  it('refuses words and options it does not have', async () => {
    await expect(chipsCommand.run(['v5p'], context)).rejects.toThrow(/arguments: expected none, found 1/);
    await expect(chipsCommand.run(['--chip', 'v5p'], context)).rejects.toThrow(/arguments/);
  });
});

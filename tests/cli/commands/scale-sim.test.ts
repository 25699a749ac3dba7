import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { scaleSimCommand } from '../../../src/cli/commands/scale-sim.ts';

const context = { note: () => undefined };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'systole-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(config: string, topology: string) {
  const configFile = join(folder, 'f.cfg');
  const topologyFile = join(folder, 'f.csv');
  await writeFile(configFile, config);
  await writeFile(topologyFile, topology);
  return scaleSimCommand.run(['--config', configFile, '--topology', topologyFile], context);
}

const CONFIG = '[architecture_presets]\nArrayHeight: 32\nArrayWidth: 32\nDataflow: ws\n';

describe('systole scale-sim', () => {
  it('prints both counts of each layer, and what lies between them', async () => {
    const { json, text } = await run(CONFIG, 'Layer, M, N, K,\nTest1, 256, 128, 256,\n');
    expect(json).toMatchObject({
      layers: [
        {
          name: 'Test1',
          systole: { cycles: 8286, folds: 32 },
          scaleSim: {
            'Total Cycles': 11199,
            'Stall Cycles': 0,
            'Overall Util %': 73.14938833824449,
            'Mapping Efficiency %': 100,
            'Compute Util %': 67.19160104986877,
            'SRAM IFMAP Reads': 262144,
            'SRAM Filter Reads': 32768,
            'SRAM OFMAP Writes': 262144,
          },
          differences: [{ cycles: 1 }, { cycles: -31 * 62 }, { cycles: -31 * 32 }],
        },
      ],
    });
    expect(text).toContain('Test1: 8,286 cycles, SCALE-Sim 11,199');
  });

  it('names file, line and layer of what it cannot use', async () => {
    await expect(run('nonsense', 'Layer, M\n')).rejects.toThrow(
      /f\.cfg:1: expected \[section\] or key = value/,
    );
    await expect(run(CONFIG, 'Layer, M, N, K,\na,1,2,x,\n')).rejects.toThrow(/f\.csv:2: expected K to be/);
    const huge = run(CONFIG, `Layer, M, N, K,\na,${'2000000000,'.repeat(3)}\n`);
    await expect(huge).rejects.toThrow(
      /f\.csv: layer a: gemm: expected an operation of at most 2\^53 cycles/,
    );
    await expect(huge).rejects.toThrow(InputError);
    await expect(scaleSimCommand.run(['--config', join(folder, 'none')], context)).rejects.toThrow(
      /^--topology: is required$/,
    );
  });
});

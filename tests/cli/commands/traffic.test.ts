import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { trafficCommand } from '../../../src/cli/commands/traffic.ts';

const context = { note: () => undefined };

interface Traffic {
  readonly stable: boolean;
  readonly packetLatencyCycles: number;
  readonly acceptedFlitsPerNodePerCycle: number;
  readonly acceptedMode: string;
  readonly meanHops: number;
  readonly channelUtilization: readonly number[];
  readonly random: string;
  readonly seed: number;
}

async function traffic(text: string): Promise<Traffic> {
  const outcome = await trafficCommand.run(text.split(' '), context);
  return JSON.parse(JSON.stringify(outcome.json));
}

describe('systole traffic', () => {
  it('gives what BookSim prints for its seed 1, unless told otherwise', async () => {
    const transpose = await traffic('--torus 4x4 --pattern transpose --rate 0.2');
    expect(transpose).toMatchObject({ stable: true, acceptedMode: 'latency', random: 'booksim', seed: 1 });
    expect(transpose.packetLatencyCycles.toFixed(4)).toBe('44.2037');
    expect(transpose.acceptedFlitsPerNodePerCycle.toFixed(6)).toBe('0.200662');
    expect(transpose.meanHops.toFixed(5)).toBe('2.01208');
    expect(transpose.channelUtilization).toHaveLength(64);
    const other = await traffic('--torus 4x4 --pattern transpose --rate 0.2 --seed 0');
    expect(other.packetLatencyCycles.toFixed(4)).toBe('31.1863');
  });

  it('says that a rate past saturation is one of the throughput mode', async () => {
    const saturated = await traffic('--torus 4x4 --pattern tornado --rate 0.5');
    expect(saturated).toMatchObject({ stable: false, acceptedMode: 'throughput' });
    expect(saturated.acceptedFlitsPerNodePerCycle).toBeCloseTo(1 / 3, 4);
  });

  it('draws the numbers of the GPU model when asked to', async () => {
    const [once, again] = [0, 1].map(() =>
      traffic('--torus 4x4 --pattern uniform --rate 0.1 --random counter --cycles 2000'),
    );
    expect(await once).toMatchObject({ stable: true, random: 'counter' });
    expect(await again).toEqual(await once);
  });

  it.each(['--random dice', '--sample-period 0', '--seed -1', '--rate 2'])('refuses %s', async (option) => {
    const [name, value] = option.split(' ');
    const rest = name === '--rate' ? '' : ' --rate 0.1';
    const text = `--torus 4x4 --pattern uniform${rest} ${name}=${value}`;
    await expect(traffic(text)).rejects.toThrow(InputError);
  });
});

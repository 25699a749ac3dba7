import { describe, expect, it } from 'vitest';
import { planCollective } from '../../src/ici/collective.ts';
import { uniformLoads } from '../../src/ici/distances.ts';
import { Torus } from '../../src/ici/topology.ts';
import { v5pRates } from './arbitrary-torus.ts';
import { readCases } from './cases.ts';

const torusOf = (shape: readonly number[], twisted: boolean): Torus =>
  new Torus({ shape, wraps: shape.map(() => true), twisted });

describe('twisted tori', () => {
  it.each(readCases('twisted-torus-loads.csv'))('loads of $dims, twist $twist', (row) => {
    const shape = row.dims.split('x').map(Number);
    const { largest, meanHops, diameter } = uniformLoads(torusOf(shape, row.twist !== 'none'));
    const nodes = shape.reduce((total, extent) => total * extent, 1);
    expect(meanHops).toBeCloseTo(Number(row.avg_hops), 6);
    expect(diameter).toBe(Number(row.diameter));
    // The file's unit is a flit a node and cycle, spread over all chips.
    expect(largest / nodes).toBeCloseTo(Number(row.max_link_load_per_unit_injection), 6);
    expect(nodes / largest).toBeCloseTo(Number(row.ideal_uniform_throughput_flits_node_cycle), 6);
    const mean = (nodes * nodes * meanHops) / torusOf(shape, row.twist !== 'none').linkCount;
    expect(nodes / mean).toBeCloseTo(Number(row.edge_balanced_bound), 6);
  });

  // Units per ordered pair; hops of pairs of different chips (Jouppi et al., ISCA 2023, and the table there).
  type Published = readonly [readonly number[], number, number, number, number, number, number];
  const published: readonly Published[] = [
    [[4, 8], 6, 4, 3.097, 2.71, 32, 21],
    [[8, 16], 12, 8, 6.047, 5.354, 256, 170],
    [[4, 4, 8], 8, 6, 4.031, 3.465, 128, 220 / 3],
    [[4, 8, 8], 10, 6, 5.02, 4.329, 256, 184],
    [[8, 8, 16], 16, 12, 8.008, 6.976, 2048, 3568 / 3],
  ];
  it.each(published)(
    '%j: diameters, hops and largest loads',
    (shape, diameter, twistedDiameter, hops, twistedHops, load, twistedLoad) => {
      const [regular, twisted] = [uniformLoads(torusOf(shape, false)), uniformLoads(torusOf(shape, true))];
      const nodes = shape.reduce((total, extent) => total * extent, 1);
      const pairs = nodes / (nodes - 1);
      expect([regular.diameter, twisted.diameter]).toEqual([diameter, twistedDiameter]);
      expect(regular.meanHops * pairs).toBeCloseTo(hops, 3);
      expect(twisted.meanHops * pairs).toBeCloseTo(twistedHops, 3);
      expect(regular.largest).toBeCloseTo(load, 9);
      expect(twisted.largest).toBeCloseTo(twistedLoad, 9);
    },
  );

  it.each([
    [[4, 4, 8], 1.63],
    [[4, 8, 8], 1.31],
  ] as const)('%j: all-to-all gains what silicon gains, %d, within 8 %%', (shape, measured) => {
    const seconds = (twisted: boolean): number =>
      planCollective(
        torusOf(shape, twisted),
        { kind: 'all-to-all', axes: [0, 1, 2], bytes: 2 ** 30 },
        v5pRates,
        'closed-form',
      ).seconds;
    expect(Math.abs(seconds(false) / seconds(true) / measured - 1)).toBeLessThan(0.08);
  });

  it('reaches the bound of all-gather with equal parts, which the regular torus does not', () => {
    const ratio = (twisted: boolean): number => {
      const request = { kind: 'all-gather', axes: [0, 1, 2], bytes: 2 ** 33 } as const;
      const report = planCollective(torusOf([4, 4, 8], twisted), request, v5pRates, 'closed-form');
      return report.seconds / report.lowerBoundSeconds;
    };
    expect(ratio(true)).toBeCloseTo(1, 9);
    expect(ratio(false)).toBeGreaterThan(1.001);
  });
});

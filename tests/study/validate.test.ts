import { describe, expect, it } from 'vitest';
import { V6E_GEMMS } from '../../src/study/measurements/v6e-gemm.ts';
import { parseGemmMeasurements, validateGemms } from '../../src/study/validate.ts';

describe('validation', () => {
  it('scores every measurement once as a whole and once in its regime', () => {
    const [all, ...regimes] = validateGemms('v6e', V6E_GEMMS);
    expect(all.cases).toBe(133);
    expect(regimes.reduce((sum, row) => sum + row.cases, 0)).toBe(133);
    const weighted = regimes.reduce((sum, row) => sum + row.cases * row.meanAbsolutePercentError, 0) / 133;
    expect(all.meanAbsolutePercentError).toBeCloseTo(weighted, 9);
    expect(Math.abs(all.worst.percentError)).toBeGreaterThanOrEqual(all.meanAbsolutePercentError);
  });

  it('is close to the silicon on products that no constant was calibrated on', () => {
    const tall = V6E_GEMMS.filter(({ m }) => m > 128);
    expect(tall).toHaveLength(76);
    const [all] = validateGemms('v6e', tall);
    expect(all.meanAbsolutePercentError).toBeLessThan(6);
    expect(Math.abs(all.bias)).toBeLessThan(4);
  });

  it('is as close on any half of the products', () => {
    for (const parity of [0, 1]) {
      const [half] = validateGemms(
        'v6e',
        V6E_GEMMS.filter((_, index) => index % 2 === parity),
      );
      expect(half.meanAbsolutePercentError).toBeLessThan(7);
    }
  });

  it('takes a measurement that the model itself made as without error', () => {
    const [probe] = validateGemms('self', [{ chip: 'v6e', m: 512, k: 512, n: 512, deviceNanoseconds: 1e9 }]);
    const modelled = Math.round(1e9 * (1 + probe.bias / 100));
    const [row] = validateGemms('self', [
      { chip: 'v6e', m: 512, k: 512, n: 512, deviceNanoseconds: modelled },
    ]);
    expect(row.meanAbsolutePercentError).toBeLessThan(0.1);
  });
});

describe('measurements from CSV', () => {
  it('are read with remarks and either line ending', () => {
    const parsed = parseGemmMeasurements('# mine\r\nm,k,n,deviceNanoseconds\r\n1,2,3,4\r\n', 'f.csv', 'v5e');
    expect(parsed).toEqual({ ok: true, value: [{ chip: 'v5e', m: 1, k: 2, n: 3, deviceNanoseconds: 4 }] });
  });

  it.each([
    ['', /expected a first line/],
    ['m,k,n,deviceNanoseconds', /expected 1 to 10000 rows, found 0/],
    ['m,k,n,deviceNanoseconds\n1,2,3', /f\.csv: line 2: expected four whole numbers/],
    ['m,k,n,deviceNanoseconds\n1,2,3,NaN', /line 2/],
    ['m,k,n,deviceNanoseconds\n1,2,3,4\n1,-2,3,4', /line 3/],
    ['m,k,n,deviceNanoseconds\n1e308,2,3,4', /line 2/],
  ])('%j is refused where it is wrong', (text, message) => {
    const parsed = parseGemmMeasurements(text, 'f.csv', 'v5e');
    expect(parsed.ok ? 'accepted' : parsed.error.message).toMatch(message);
  });
});

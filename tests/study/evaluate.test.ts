import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../src/machine/report.ts';
import { EMBEDDED_SCENARIO, WORKLOADS } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import { parseScenario, type Scenario } from '../../src/study/scenario.ts';
import { digestOfReport } from '../../src/study/summary.ts';

function idlePs(report: RunReport): number {
  return Object.values(report.breakdown.idlePs).reduce((sum, ps) => sum + ps, 0);
}

function checkReport(report: RunReport): void {
  expect(report.breakdown.usefulPs + idlePs(report)).toBe(report.stepPs);
  expect(report.stepPs).toBeGreaterThanOrEqual(report.lowerBound.totalPs);
  expect(report.mfu).toBeGreaterThan(0);
  expect(report.mfu).toBeLessThanOrEqual(1);
  for (const unit of report.units) {
    expect(unit.utilization).toBeGreaterThanOrEqual(0);
    expect(unit.utilization).toBeLessThanOrEqual(1);
  }
  for (const op of report.ops) expect(op.alonePs).toBeGreaterThanOrEqual(op.lowerBoundPs);
}

describe('evaluation', () => {
  it.each(WORKLOADS.map((workload) => [workload.id, workload.scenario] as const))(
    'of %s adds up',
    (_, scenario) => {
      checkReport(createEvaluator().evaluate(scenario));
    },
  );

  it('counts model FLOPs as the definition does', () => {
    const report = createEvaluator().evaluate(EMBEDDED_SCENARIO);
    const perToken =
      32 * (4096 * 48 * 128 + 4096 * 4096 + 3 * 4096 * 14_336 + 2 * 4096 * 8192) + 4096 * 128_256;
    expect(report.modelFlops).toBe(6 * perToken * 64 * 8192);
  });

  it('reuses stages without changing a result', () => {
    const shared = createEvaluator();
    const change = fc.constantFrom(
      'hbm.bytesPerSecond=1.2e12',
      'ici.linkBytesPerSecond=5e10',
      'mxu.rows=256',
      'vmem.bytesPerCore=32MiB',
      'clockHz=2GHz',
      'kernelOverheadSeconds=0',
    );
    fc.assert(
      fc.property(
        fc.subarray(['4x4x4', '4x4x8', '8x8x8'], { minLength: 1 }),
        fc.array(change, { maxLength: 2 }),
        (shapes, set) => {
          for (const shape of shapes) {
            const scenario: Scenario = {
              ...EMBEDDED_SCENARIO,
              set,
              slice: { shape: shape.split('x').map(Number) },
            };
            const again = shared.evaluate(scenario);
            expect(digestOfReport(again)).toBe(digestOfReport(createEvaluator().evaluate(scenario)));
            checkReport(again);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('gets no slower from a better chip', () => {
    const evaluator = createEvaluator();
    const base = evaluator.evaluate(EMBEDDED_SCENARIO).stepPs;
    for (const better of ['ici.linkBytesPerSecond=200e9', 'hbm.bytesPerSecond=6e12', 'clockHz=3.5e9']) {
      expect(evaluator.evaluate({ ...EMBEDDED_SCENARIO, set: [better] }).stepPs).toBeLessThan(base);
    }
  });

  it('knows what recomputation costs and saves', () => {
    const evaluator = createEvaluator();
    const kept = evaluator.evaluate(EMBEDDED_SCENARIO);
    const again = evaluator.evaluate({ ...EMBEDDED_SCENARIO, compiler: { rematerialize: 'layer' } });
    expect(again.stepPs).toBeGreaterThan(kept.stepPs);
    expect(again.hardwareFlops).toBeGreaterThan(kept.hardwareFlops);
    expect(again.modelFlops).toBe(kept.modelFlops);
    const saved = (report: RunReport): number =>
      report.memory.parts.find((part) => part.name === 'saved activations')?.bytes ?? 0;
    expect(saved(again)).toBeLessThan(saved(kept) / 5);
  });

  it('hides communication behind matmuls when they are cut into chunks', () => {
    const evaluator = createEvaluator();
    const whole = evaluator.evaluate(EMBEDDED_SCENARIO);
    const cut = evaluator.evaluate({ ...EMBEDDED_SCENARIO, compiler: { collectiveChunks: 4 } });
    checkReport(cut);
    expect(cut.stepPs).toBeLessThan(whole.stepPs);
    expect(cut.breakdown.idlePs.ici).toBeLessThan((whole.breakdown.idlePs.ici ?? 0) / 1.5);
  });

  it('lets a product alone wait for its operands, cold more than warm', () => {
    const evaluator = createEvaluator();
    const run = (residency: 'cold' | 'warm', set: string[] = []): RunReport =>
      evaluator.evaluate({
        ...EMBEDDED_SCENARIO,
        chip: 'v6e',
        slice: { shape: [1, 1] },
        set,
        workload: { kind: 'gemm', m: 1024, k: 4096, n: 4096, residency },
      });
    const hbmBytesPerSecond = 1638e9 * 0.88;
    const picoseconds = (bytes: number): number => (bytes / hbmBytesPerSecond) * 1e12;
    const lhsBytes = 2 * 1024 * 4096;
    const rhsBytes = 2 * 4096 * 4096;
    const cold = run('cold');
    const warm = run('warm');
    checkReport(cold);
    checkReport(warm);
    expect(cold.stepPs - warm.stepPs).toBeCloseTo(picoseconds(rhsBytes), -2);
    // The timeline shows it: nothing computes until the copies have ended.
    const spans = cold.timeline[0].lanes.find(({ lane }) => lane === 'mxu')?.spans ?? [];
    expect(spans[0]).toMatchObject({ kind: 'idle', cause: 'launch', startPs: 0, endPs: 2e6 });
    expect(spans[1]).toMatchObject({ kind: 'idle', cause: 'hbm', startPs: 2e6 });
    expect(spans[1].endPs - 2e6).toBeCloseTo(picoseconds(lhsBytes + rhsBytes), -2);
    expect(cold.breakdown.idlePs.hbm).toBeGreaterThan(picoseconds(lhsBytes + rhsBytes));
    // With windows that may take all of VMEM nothing is brought in whole, and blocks overlap.
    expect(run('cold', ['vmem.windowBytesPerCore=none']).stepPs).toBeLessThan(0.8 * cold.stepPs);
  });

  it('says when the step does not fit the memory', () => {
    const report = createEvaluator().evaluate({ ...EMBEDDED_SCENARIO, set: ['hbm.bytes=16GiB'] });
    expect(report.verdict.headline).toMatch(/Does not fit: a chip needs 42\.2\sGiB and has 16\.0\sGiB/);
  });

  it('refuses what its chip or slice cannot do', () => {
    const evaluate = (change: Partial<Scenario>) => () =>
      createEvaluator().evaluate({ ...EMBEDDED_SCENARIO, ...change });
    expect(evaluate({ chip: 'v99' })).toThrow(/unknown chip "v99"/);
    expect(evaluate({ chip: 'v1', slice: { shape: [1] } })).toThrow(
      /TPU v1 does not multiply bf16, it multiplies int8/,
    );
    expect(evaluate({ chip: 'v5e' })).toThrow(/2 axes/);
    expect(evaluate({ set: ['mxu.rows=0'] })).toThrow(/mxu.rows/);
    expect(
      evaluate({ workload: { kind: 'gemm', m: 2 ** 40, k: 2 ** 40, n: 2 ** 40 }, slice: { shape: [1] } }),
    ).toThrow(/expected at most 9007 s/);
  });
});

describe('scenario', () => {
  it('names the path of what is wrong', () => {
    const refused = (change: object): string => {
      const parsed = parseScenario({ ...EMBEDDED_SCENARIO, ...change });
      return parsed.ok ? 'accepted' : parsed.error.message;
    };
    expect(refused({})).toBe('accepted');
    expect(refused({ colour: 1 })).toMatch(/colour: is not a known field/);
    expect(refused({ slice: { shape: [0, 4] } })).toMatch(/slice\.shape\.0: expected >=1, found 0/);
    expect(refused({ slice: { shape: [Number.NaN] } })).toMatch(/slice\.shape\.0/);
    expect(refused({ workload: { ...EMBEDDED_SCENARIO.workload, batch: 1e308 } })).toMatch(/workload\.batch/);
    expect(refused({ workload: { kind: 'poem' } })).toMatch(/workload\.kind/);
    expect(refused({ version: 2 })).toMatch(/version: expected 1, found 2/);
  });

  it('survives anything', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const parsed = parseScenario(value);
        if (!parsed.ok) expect(parsed.error.message).not.toMatch(/\n/);
      }),
    );
  });
});

describe('a cable out of order', () => {
  const cut = (without: string[], shape = [4, 4, 4]) =>
    createEvaluator().evaluate({ ...EMBEDDED_SCENARIO, slice: { shape, without } });

  it('slows the collectives of its axis, which all complete', () => {
    const whole = cut([]);
    const tensorAxis = cut(['0,0,0+z']);
    const weightAxis = cut(['0,0,0+x']);
    checkReport(tensorAxis);
    // How much slower depends on how well the collective finds its way around: it waits longer in any case.
    expect(tensorAxis.stepPs).toBeGreaterThan(whole.stepPs);
    expect(tensorAxis.breakdown.idlePs.ici).toBeGreaterThan(whole.breakdown.idlePs.ici ?? 0);
    // Weights are gathered behind matmuls: their collectives get slower, the step hardly feels it.
    const collectivePs = (report: RunReport): readonly number[] =>
      report.ops.flatMap((op) => (op.detail.kind === 'collective' ? [op.alonePs] : []));
    const before = collectivePs(whole);
    const after = collectivePs(weightAxis);
    expect(after.every((ps, index) => ps >= before[index])).toBe(true);
    expect(after.some((ps, index) => ps > before[index])).toBe(true);
    expect(Math.abs(weightAxis.stepPs / whole.stepPs - 1)).toBeLessThan(0.01);
    expect(digestOfReport(tensorAxis)).not.toBe(digestOfReport(whole));
  });

  it('that does not exist is refused', () => {
    expect(() => cut(['0,0,9+z'])).toThrow(/slice\.without: expected a chip and a direction/);
    expect(() => cut(['3,0,0+x'], [4, 4, 1])).toThrow(/slice/);
  });
});

describe('several slices', () => {
  const evaluator = createEvaluator();
  const on = (slice: Partial<Scenario['slice']>, change: Partial<Scenario> = {}): RunReport =>
    evaluator.evaluate({ ...EMBEDDED_SCENARIO, ...change, slice: { shape: [4, 4, 4], ...slice } });
  const withMesh = (mesh: { name: 'data' | 'fsdp' | 'tensor'; size: number; torusAxes?: string }[]) => {
    const { workload } = EMBEDDED_SCENARIO;
    if (workload.kind !== 'decoder-training') throw new Error('a training step');
    return { workload: { ...workload, mesh } };
  };

  it('of one leave everything as it was', () => {
    const one = on({ slices: 1 });
    expect(digestOfReport(one)).toBe(digestOfReport(evaluator.evaluate(EMBEDDED_SCENARIO)));
    expect(JSON.stringify(one)).not.toMatch(/dcn/);
  });

  it('add up, count all chips, and pass only gradients between them', () => {
    const report = on({ slices: 4 });
    checkReport(report);
    expect(report.slice).toMatchObject({ chips: 64, slices: 4 });
    const one = on({});
    expect(report.modelFlops).toBe(one.modelFlops);
    expect(report.hardwareFlops / one.hardwareFlops).toBeCloseTo(1, 9);
    expect(report.mfu).toBeCloseTo(report.modelFlops / ((report.stepPs / 1e12) * 256 * 458.752e12), 9);
    const across = report.ops.filter(
      ({ detail }) => detail.kind === 'collective' && detail.dcn !== undefined,
    );
    expect(across.length).toBeGreaterThan(0);
    for (const { name, detail, hbmBytes } of across) {
      expect(name).toMatch(/^all-reduce d:/);
      // What leaves is read from HBM and what arrives written to it.
      expect(hbmBytes).toBe(2 * ((detail.kind === 'collective' && detail.dcn?.portBytes) || 0));
      expect(detail.kind === 'collective' && detail.meshAxes).toEqual(['data']);
    }
    // Every gradient in bf16 passes each way but its own quarter, twice.
    const gradientBytes = 2 * (32 * (4096 * 48 * 128 + 4096 * 4096 + 3 * 4096 * 14_336) + 2 * 4096 * 128_256);
    const passed = across.reduce(
      (sum, { detail, repeat }) =>
        sum + repeat * ((detail.kind === 'collective' && detail.dcn?.portBytes) || 0),
      0,
    );
    expect(passed / ((2 * 3 * gradientBytes) / 4 / 64)).toBeCloseTo(1, 6);
    expect(report.lowerBound.dcnPs).toBeCloseTo((passed / 6.25e9) * 1e12, -6);
  });

  it('wait for the data-centre network when it is slow, and say so', () => {
    const slow = on({ slices: 4 }, { set: ['host.dcnBytesPerSecond=0.3e9'] });
    checkReport(slow);
    expect(slow.bound).toBe('dcn');
    expect(slow.verdict.headline).toMatch(
      /^Waits on the data-centre network: \d+\s% of the step is exposed communication between the slices\.$/,
    );
    expect(slow.verdict.detail).toMatch(
      /With a free data-centre network the step would take .*\(data-centre network\)/,
    );
    const fast = on({ slices: 4 }, { set: ['host.dcnBytesPerSecond=12e9'] });
    expect(fast.stepPs).toBeLessThan(slow.stepPs);
    const free = slow.whatIf.find(({ id }) => id === 'free-dcn');
    expect(free?.stepPs).toBeLessThanOrEqual(fast.stepPs);
    expect(fast.breakdown.idlePs.dcn ?? 0).toBeLessThan(slow.breakdown.idlePs.dcn ?? 0);
  });

  it('send at the rate of PCIe where that is the lesser', () => {
    const set = ['host.dcnBytesPerSecond=50e9', 'host.pcieBytesPerSecond=0.3e9'];
    const limited = on({ slices: 4 }, { set });
    expect(limited.dcn).toMatchObject({ portBytesPerSecond: 0.3e9, limitedBy: 'pcie' });
    expect(limited.stepPs).toBe(on({ slices: 4 }, { set: ['host.dcnBytesPerSecond=0.3e9'] }).stepPs);
  });

  it('shard weights over all slices where the mesh says so', () => {
    const report = on(
      { slices: 4 },
      withMesh([
        { name: 'fsdp', size: 64, torusAxes: 'xy+dcn' },
        { name: 'tensor', size: 4 },
      ]),
    );
    checkReport(report);
    expect(report.mesh[0]).toEqual({ name: 'fsdp', size: 64, torusAxes: [0, 1], dcn: true });
    const part = (of: RunReport, name: string): number =>
      of.memory.parts.find((each) => each.name === name)?.bytes ?? 0;
    expect(part(report, 'weights')).toBe(part(on({ slices: 4 }), 'weights') / 4);
  });

  it('of which there are too many are refused', () => {
    expect(() => on({ shape: [16, 16, 16], slices: 64 })).toThrow(
      /^slices: expected at most 131072 chips in all, found 64 x 4096 = 262144$/,
    );
    expect(parseScenario({ ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], slices: 0 } }).ok).toBe(false);
    expect(() =>
      on({ shape: [1, 1, 1], slices: 2 }, { workload: { kind: 'gemm', m: 8, k: 8, n: 8 } }),
    ).toThrow(/a plain GEMM runs on one chip, found 2 slices of 1x1x1/);
  });
});

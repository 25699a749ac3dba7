import { assertDefined } from '../../src/base/assert.ts';
import type {
  IdleCause,
  LaneId,
  LaneSpans,
  OpReport,
  RunReport,
  SectionReport,
  Span,
  TimelineBlock,
} from '../../src/machine/report.ts';

/**
 * A plausible report, built by hand so that figures and views can be tested without the engine: a decoder
 * of 32 layers, forward and backward, on 64 chips. Only tests use it; its numbers claim nothing.
 */
export interface FixtureOptions {
  readonly layers?: number;
  readonly title?: string;
}

const US = 1_000_000;
const PEAK_FLOPS = 458.752e12;
const TOKENS = 32_768;
const LAYER_FORWARD = 'layer forward';
const LAYER_BACKWARD = 'layer backward';

/** One step of a layer's schedule: an op on its lane, after which lanes continue. */
interface Step {
  readonly op: number;
  readonly lane: LaneId;
  readonly startUs: number;
  readonly endUs: number;
  readonly utilization: number;
}

export function buildFixtureReport(options: FixtureOptions = {}): RunReport {
  const layers = options.layers ?? 32;
  const ops = buildOps(layers);
  const opIndex = (name: string): number => {
    const index = ops.findIndex((op) => op.name === name);
    if (index < 0) throw new Error(`the fixture has no op ${name}`);
    return index;
  };
  const embedding = block('embedding', 0, 1, 90, [
    step(opIndex('embedding lookup'), 'vpu', 5, 80, 0.4),
    step(opIndex('embedding lookup'), 'hbm', 5, 80, 0.71),
    step(opIndex('input from host'), 'host', 0, 40, 0.2),
  ]);
  const forwardStart = embedding.startPs + embedding.periodPs;
  const forward = block(LAYER_FORWARD, forwardStart, layers, 5_400, layerSteps(opIndex, 'fwd', 1));
  const lossStart = forwardStart + forward.count * forward.periodPs;
  const loss = block('loss', lossStart, 1, 11_000, [
    step(opIndex('logits'), 'mxu', 100, 9_700, 0.94),
    step(opIndex('logits'), 'hbm', 100, 9_700, 0.18),
    step(opIndex('softmax loss'), 'vpu', 9_700, 10_900, 0.62),
    step(opIndex('softmax loss'), 'hbm', 9_700, 10_900, 0.85),
  ]);
  const backwardStart = lossStart + loss.periodPs;
  const backward = block(LAYER_BACKWARD, backwardStart, layers, 11_600, layerSteps(opIndex, 'bwd', 2.1));
  const optimizerStart = backwardStart + backward.count * backward.periodPs;
  const optimizer = block('optimizer', optimizerStart, 1, 1_900, [
    step(opIndex('adam update'), 'vpu', 20, 1_880, 0.31),
    step(opIndex('adam update'), 'hbm', 20, 1_880, 0.97),
  ]);
  const timeline = [embedding, forward, loss, backward, optimizer];
  const stepPs = optimizerStart + optimizer.periodPs;
  const useful = Math.round(stepPs * 0.52);
  const iciWait = Math.round(stepPs * 0.31);
  return {
    title: options.title ?? 'Llama-3-8B training step',
    chip: { id: 'v5p', name: 'TPU v5p' },
    slice: { shape: [4, 4, 4], wraps: [true, true, true], twisted: false, without: [], chips: 64 },
    mesh: [
      { name: 'fsdp', size: 16, torusAxes: [1, 2] },
      { name: 'tensor', size: 4, torusAxes: [0] },
    ],
    stepPs,
    tokens: 524_288,
    modelFlops: 2.5e16,
    hardwareFlops: 2.6e16,
    mfu: 0.521,
    bound: 'ici',
    lowerBound: {
      computePs: useful,
      memoryPs: Math.round(stepPs * 0.2),
      linksPs: Math.round(stepPs * 0.6),
      totalPs: Math.round(stepPs * 0.6),
      physicalPs: Math.round(stepPs * 0.54),
    },
    breakdown: {
      usefulPs: useful,
      idlePs: { ici: iciWait, hbm: stepPs - useful - iciWait },
    },
    iciWaits: [
      { meshAxes: ['fsdp'], torusAxes: [1, 2], waitPs: iciWait },
      { meshAxes: ['tensor'], torusAxes: [0], waitPs: 0 },
    ],
    whatIf: [
      { id: 'free-links', label: 'links that take no time', stepPs: stepPs - iciWait },
      { id: 'free-hbm', label: 'HBM that takes no time', stepPs: useful + iciWait },
    ],
    units: (
      [
        ['mxu', 'MXU', 0.52],
        ['vpu', 'VPU', 0.21],
        ['hbm', 'HBM', 0.33],
        ['ici-x', 'ICI x', 0.44],
        ['ici-y', 'ICI y', 0.93],
        ['ici-z', 'ICI z', 0.47],
        ['host', 'Host', 0.0002],
      ] as const
    ).map(([lane, name, utilization]) => ({
      lane,
      name,
      utilization,
      formula: `${name} busy time at peak rate / step time`,
    })),
    sections: timeline.map(sectionOf),
    timeline,
    ops,
    memory: {
      parts: [
        { name: 'weights, gradients, optimizer', bytes: 2.0e9 },
        { name: 'activations', bytes: 61.4e9 },
      ],
      totalBytes: 63.4e9,
      capacityBytes: 102_005_473_280,
    },
    roofs: {
      peakFlops: PEAK_FLOPS,
      hbmBytesPerSecond: 2.765e12,
      vmemBytesPerSecond: 43e12,
    },
    ici: { linkBytesPerSecond: 90e9, physicalLinkBytesPerSecond: 100e9 },
    notes: ['Built for tests.'],
    verdict: {
      headline: 'Waits on the links: 31 % of the step is exposed all-gather over fsdp (y, z).',
      detail: 'With free links the step would take less. Never below the bound of the links.',
    },
  };
}

function step(op: number, lane: LaneId, startUs: number, endUs: number, utilization: number): Step {
  return { op, lane, startUs, endUs, utilization };
}

/** The schedule of one layer, every duration stretched by `factor`. Ends by 5,400 us x factor. */
function layerSteps(opIndex: (name: string) => number, pass: 'fwd' | 'bwd', factor: number): Step[] {
  const op = (name: string): number => opIndex(`${name} ${pass}`);
  const at = (us: number): number => Math.round(us * factor);
  const busy = (name: string, lane: LaneId, start: number, end: number, utilization: number): Step =>
    step(op(name), lane, at(start), at(end), utilization);
  return [
    busy('rms norm', 'vpu', 10, 190, 0.55),
    busy('rms norm', 'hbm', 10, 190, 0.9),
    busy('qkv', 'mxu', 200, 1_110, 0.97),
    busy('qkv', 'hbm', 200, 1_110, 0.21),
    busy('attention', 'mxu', 1_130, 1_930, 0.78),
    busy('attention', 'vpu', 1_130, 1_930, 0.66),
    busy('attention', 'hbm', 1_130, 1_400, 0.3),
    busy('attention out', 'mxu', 1_950, 2_560, 0.96),
    busy('attention out', 'hbm', 1_950, 2_560, 0.24),
    busy('reduce-scatter tokens', 'ici-x', 2_570, 2_960, 0.9),
    busy('gather weights', 'ici-y', 0, 3_400, 0.99),
    busy('gather weights', 'ici-z', 0, 1_700, 0.98),
    busy('ffn up', 'mxu', 3_410, 4_500, 0.98),
    busy('ffn up', 'vpu', 3_900, 4_500, 0.35),
    busy('ffn up', 'hbm', 3_410, 4_500, 0.33),
    busy('ffn down', 'mxu', 4_510, 5_050, 0.97),
    busy('ffn down', 'hbm', 4_510, 5_050, 0.29),
    busy('all-gather tokens', 'ici-x', 5_060, 5_390, 0.9),
  ];
}

const LANES: readonly LaneId[] = ['mxu', 'vpu', 'hbm', 'ici-x', 'ici-y', 'ici-z', 'host'];

/** Fills the stretches between steps with idle spans, so that every lane is covered without a gap. */
function block(
  section: string,
  startPs: number,
  count: number,
  periodUs: number,
  steps: readonly Step[],
): TimelineBlock {
  const periodPs = periodUs * US;
  const lanes = LANES.map((lane): LaneSpans => {
    const spans: Span[] = [];
    let cursor = startPs;
    for (const each of steps.filter((candidate) => candidate.lane === lane)) {
      const begin = startPs + each.startUs * US;
      if (begin > cursor) spans.push(idle(cursor, begin, lane, each.op));
      const endPs = startPs + each.endUs * US;
      spans.push({
        kind: 'busy',
        startPs: begin,
        endPs,
        op: each.op,
        iteration: 0,
        utilization: each.utilization,
      });
      cursor = endPs;
    }
    if (cursor < startPs + periodPs) spans.push(idle(cursor, startPs + periodPs, lane, undefined));
    return { lane, spans };
  });
  return { section, firstIteration: 0, startPs, periodPs, count, lanes };
}

function idle(startPs: number, endPs: number, lane: LaneId, next: number | undefined): Span {
  if (next === undefined || lane !== 'mxu') return { kind: 'idle', startPs, endPs, cause: 'no-work' };
  const long = endPs - startPs > 100 * US;
  const cause: IdleCause = long ? 'ici' : 'launch';
  return { kind: 'idle', startPs, endPs, cause, waitsFor: next };
}

function sectionOf(each: TimelineBlock): SectionReport {
  return {
    name: each.section,
    repeat: each.count,
    startPs: each.startPs,
    endPs: each.startPs + each.count * each.periodPs,
  };
}

function buildOps(layers: number): readonly OpReport[] {
  const pass = (suffix: 'fwd' | 'bwd', section: string, factor: number): OpReport[] => [
    vector(`rms norm ${suffix}`, section, layers, 4.6e8 * factor),
    matmul(`qkv ${suffix}`, section, layers, TOKENS * factor, 4096, 1536),
    matmul(`attention ${suffix}`, section, layers, 8192 * factor, 128, 8192, 32),
    matmul(`attention out ${suffix}`, section, layers, TOKENS * factor, 1024, 4096),
    collective(`reduce-scatter tokens ${suffix}`, section, layers, 'reduce-scatter', 'tensor', [0]),
    collective(`gather weights ${suffix}`, section, layers, 'all-gather', 'fsdp', [1, 2]),
    matmul(`ffn up ${suffix}`, section, layers, TOKENS * factor, 4096, 7168),
    matmul(`ffn down ${suffix}`, section, layers, TOKENS * factor, 3584, 4096),
    collective(`all-gather tokens ${suffix}`, section, layers, 'all-gather', 'tensor', [0]),
  ];
  return [
    vector('embedding lookup', 'embedding', 1, 1.3e8),
    vector('input from host', 'embedding', 1, 1e6),
    ...pass('fwd', LAYER_FORWARD, 1),
    matmul('logits', 'loss', 1, TOKENS, 4096, 32_064),
    vector('softmax loss', 'loss', 1, 1e9),
    ...pass('bwd', LAYER_BACKWARD, 2),
    vector('adam update', 'optimizer', 1, 1.25e8),
  ];
}

function matmul(
  name: string,
  section: string,
  repeat: number,
  m: number,
  k: number,
  n: number,
  batch = 1,
): OpReport {
  const gemm = { m, k, n };
  const flops = 2 * m * k * n * batch;
  const units = 8;
  const alonePs = Math.ceil((flops / PEAK_FLOPS) * 1.03e12);
  return {
    name,
    section,
    repeat,
    alonePs,
    lowerBoundPs: Math.floor((flops / PEAK_FLOPS) * 1e12),
    hbmBytes: 2 * (m * k + k * n + m * n) * batch,
    flops,
    detail: {
      kind: 'matmul',
      dtype: 'bf16',
      gemm,
      batch,
      block: { m: 1024, k: Math.min(k, 1024), n: Math.min(n, 1024) },
      arrays: [
        {
          config: { rows: 128, columns: 128, rowsPerCycle: 1, dataflow: 'ws', doubleBuffered: true },
          gemm: { m: 1024, k: Math.min(k, 1024), n: 128 },
          repeats: Math.max(1, Math.round((m / 1024) * Math.ceil(k / 1024) * (n / 1024) * batch)),
        },
      ],
      units,
      arrayCycles: Math.ceil(flops / (2 * 128 * 128 * units)),
      mappingEfficiency: 1,
      vpuOperations: m * n * batch,
    },
  };
}

function vector(name: string, section: string, repeat: number, operations: number): OpReport {
  const hbmBytes = operations * 4;
  const alonePs = Math.ceil((hbmBytes / 2.5e12) * 1e12);
  const lowerBoundPs = Math.floor((hbmBytes / 2.765e12) * 1e12);
  return {
    name,
    section,
    repeat,
    alonePs,
    lowerBoundPs,
    hbmBytes,
    flops: operations,
    detail: { kind: 'vector', vpuOperations: operations },
  };
}

function collective(
  name: string,
  section: string,
  repeat: number,
  kind: 'all-gather' | 'reduce-scatter',
  meshAxis: string,
  torusAxes: readonly number[],
): OpReport {
  const bytes = 109_051_904;
  const alonePs = Math.ceil((bytes / (180e9 * torusAxes.length)) * 1e12);
  return {
    name,
    section,
    repeat,
    alonePs,
    lowerBoundPs: Math.floor(alonePs * 0.9),
    hbmBytes: bytes,
    flops: 0,
    detail: {
      kind: 'collective',
      collective: kind,
      meshAxes: [meshAxis],
      torusAxes,
      bytes,
      algorithm: 'bidirectional ring',
    },
  };
}

/** The report's block of the repeated forward layer. */
export function repeatedBlock(report: RunReport): TimelineBlock {
  return assertDefined(
    report.timeline.find((each) => each.count > 1),
    'a repeated block',
  );
}

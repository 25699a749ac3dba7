import { EMBEDDED_SCENARIO } from '../../study/catalog.ts';
import { SCENARIO_FORMAT, SCENARIO_VERSION, type Scenario } from '../../study/scenario.ts';

/** A run that shows one idea, and where to look. */
export interface Lesson {
  readonly title: string;
  readonly idea: string;
  readonly look: readonly string[];
  readonly scenario: Scenario;
}

function product(name: string, m: number, k: number, n: number): Scenario {
  return {
    format: SCENARIO_FORMAT,
    version: SCENARIO_VERSION,
    name,
    chip: 'v5e',
    slice: { shape: [1, 1] },
    workload: { kind: 'gemm', m, k, n, dtype: 'bf16' },
  };
}

export const LESSONS: readonly Lesson[] = [
  {
    title: 'A wavefront crosses the array',
    idea: 'Operands enter one row later for each row further down, so work begins as a diagonal.',
    look: [
      'In the array, press ] to step a cycle at a time and watch the diagonal move.',
      'The corner that has not been reached yet is idle: this is the fill.',
      'At the end the same diagonal leaves: the drain.',
    ],
    scenario: product('One small product', 512, 512, 512),
  },
  {
    title: 'Ragged tiles multiply padding',
    idea: 'A matrix that is not a multiple of the array leaves rows and columns of it without operands.',
    look: [
      'In the array, the padding has a hue and a texture of its own.',
      'Select the op: "Slots used" says which share of the multipliers had something to do.',
      'Change the shape to a multiple of 128 and compare.',
    ],
    scenario: product('Ragged tiles', 1024, 200, 200),
  },
  {
    title: 'A thin matrix waits for memory',
    idea: 'With few rows every weight is fetched from HBM and used only a few times.',
    look: [
      'In the roofline the point lies under the slanted roof, far left of the ridge.',
      'In the timeline the matrix unit is hatched: it waits for HBM.',
      'Give it 4,096 rows in place of 16, and the point climbs to the flat roof.',
    ],
    scenario: product('A thin matrix', 16, 8192, 8192),
  },
  {
    title: 'Sixty-four chips train one model',
    idea: 'Weights are sharded over the slice and gathered over its links before each layer uses them.',
    look: [
      'Put the playhead on a bar of an ICI lane: the torus shows which links carry it.',
      'The verdict says how much of the step nobody computes because links are not done.',
      'Change the sharding, say to fsdp 64, and see which waits go and which come.',
    ],
    scenario: EMBEDDED_SCENARIO,
  },
  {
    title: 'One cut cable slows a whole axis',
    idea: 'A ring without one of its cables is a line, and every other ring waits for the slowest.',
    look: [
      'The crossed-out cable is in the first plane of the torus; what takes its way now is beside it.',
      'Press Shift+W for the busiest link, then Time: it is full long after all others have done.',
      'Repair it with Shift+X: the verdict says what it had cost.',
    ],
    scenario: { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } },
  },
];

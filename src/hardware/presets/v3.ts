import type { ChipPreset } from '../chip.ts';
import { estimated, inferred, published } from './cite.ts';
import { SQUARE_POD_SHAPES, squarePod } from './topologies.ts';
import {
  UNPUBLISHED,
  UNPUBLISHED_BLOCK_CITATIONS,
  UNPUBLISHED_CITATIONS,
  UNPUBLISHED_HOST_CITATIONS,
  UNPUBLISHED_LINK_CITATIONS,
} from './unpublished.ts';

/** TPU v3: v2 with twice the matrix units, a third more clock and a pod four times as large. */
export const v3: ChipPreset = {
  chip: {
    id: 'v3',
    name: 'TPU v3',
    status: 'shipped',
    clockHz: 940e6,
    tensorCores: 2,
    mxu: { perCore: 2, rows: 128, columns: 128, rowsPerCycle: 1, formatRates: { bf16: 1 } },
    vpu: { lanes: 128, sublanes: 8, alus: 2 },
    hbm: {
      bytes: 32 * 2 ** 30,
      bytesPerSecond: 900e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 2,
    },
    vmem: { bytesPerCore: 16 * 2 ** 20, readBytesPerCycle: 4096, writeBytesPerCycle: 4096 },
    ici: {
      links: 4,
      linkBytesPerSecond: 70e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: squarePod(
        32,
        [...SQUARE_POD_SHAPES, [16, 32], [32, 32]],
        'the shapes of v3 slices, and that only axes of 32 wrap, are inferred from v5e',
      ),
    },
    host: {
      pcieBytesPerSecond: 15.75e9,
      dcnBytesPerSecond: 3.125e9,
      dcnLatencySeconds: UNPUBLISHED.dcnLatencySeconds,
    },
    kernelOverheadSeconds: UNPUBLISHED.kernelOverheadSeconds,
    blockOverheadSeconds: UNPUBLISHED.blockOverheadSeconds,
  },
  citations: {
    ...UNPUBLISHED_HOST_CITATIONS,
    ...UNPUBLISHED_CITATIONS,
    ...UNPUBLISHED_BLOCK_CITATIONS,
    ...UNPUBLISHED_LINK_CITATIONS,
    clockHz: published('tpu-v4-2023'),
    tensorCores: published('tpu-v4-2023'),
    'mxu.perCore': published('tpu-v4-2023'),
    'mxu.rows': published('tpu-v4-2023'),
    'mxu.columns': published('tpu-v4-2023'),
    'mxu.rowsPerCycle': inferred('tpu-v4-2023', 'one row a cycle at 940 MHz is the published 123 TFLOP/s'),
    'mxu.formatRates.bf16': published('tpu-v4-2023', {
      note: '123 TFLOP/s, which clock and units give',
      others: [
        { value: '140 TFLOP/s', source: 'jax-tpu-info' },
        { value: '140 TFLOP/s', source: 'scaling-book' },
      ],
    }),
    'vpu.lanes': published('cacm-2020'),
    'vpu.sublanes': published('cacm-2020'),
    'vpu.alus': published('cacm-2020'),
    'hbm.bytes': published('tpu-v4-2023', { others: [{ value: 34.4e9, source: 'jax-tpu-info' }] }),
    'hbm.bytesPerSecond': published('tpu-v4-2023', {
      others: [
        { value: 900e9, source: 'scaling-book' },
        { value: 825e9, source: 'jax-tpu-info' },
      ],
    }),
    'hbm.pools': inferred('cacm-2020', 'each core has its own HBM; only from v4 on do cores share it'),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.readBytesPerCycle': inferred('cacm-2020', 'one vector load an instruction word: 4 KiB a cycle'),
    'vmem.writeBytesPerCycle': inferred('cacm-2020', 'one vector store an instruction word: 4 KiB a cycle'),
    'ici.links': published('tpu-v4-2023'),
    'ici.linkBytesPerSecond': published('tpu-v4-2023', {
      note: 'four sources, four values; this is the latest paper of its makers',
      others: [
        { value: '82 GB/s (656 Gb/s, as remembered)', source: 'cacm-2020' },
        { value: 80e9, source: 'astra-sim-docs' },
        { value: 100e9, source: 'scaling-book' },
      ],
    }),
    'ici.topology.maxShape': published('tpu-v4-2023'),
    'ici.topology.maxChips': published('tpu-v4-2023'),
    'ici.topology.wrap.extents': inferred('cloud-v5e', 'a full axis of the pod, as on v5e'),
    'ici.topology.shapes': inferred('cloud-v5e', 'as documented for v5e, continued to the larger pod'),
    'host.pcieBytesPerSecond': inferred('pcie-specification', 'Gen3 x16, one direction'),
    'host.dcnBytesPerSecond': estimated('100 Gb/s for a host of four chips'),
  },
};

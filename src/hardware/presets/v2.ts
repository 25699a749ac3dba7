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

/** TPU v2, the first one that trains: bf16, HBM and a two-axis torus. */
export const v2: ChipPreset = {
  chip: {
    id: 'v2',
    name: 'TPU v2',
    status: 'shipped',
    clockHz: 700e6,
    tensorCores: 2,
    mxu: { perCore: 1, rows: 128, columns: 128, rowsPerCycle: 1, formatRates: { bf16: 1 } },
    vpu: { lanes: 128, sublanes: 8, alus: 2 },
    hbm: {
      bytes: 16 * 2 ** 30,
      bytesPerSecond: 700e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 2,
    },
    vmem: { bytesPerCore: 16 * 2 ** 20, readBytesPerCycle: 4096, writeBytesPerCycle: 4096 },
    ici: {
      links: 4,
      linkBytesPerSecond: 62e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: squarePod(
        16,
        SQUARE_POD_SHAPES,
        'the shapes of v2 slices, and that only axes of 16 wrap, are inferred from v5e',
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
    clockHz: inferred('cacm-2020', 'as remembered from the paper; 46 TFLOP/s need 702 MHz'),
    tensorCores: published('jax-tpu-info'),
    'mxu.perCore': published('jax-tpu-info'),
    'mxu.rows': published('cacm-2020'),
    'mxu.columns': published('cacm-2020'),
    'mxu.rowsPerCycle': inferred('jax-tpu-info', 'one row a cycle at 700 MHz is the published 46 TFLOP/s'),
    'mxu.formatRates.bf16': published('jax-tpu-info', {
      note: '46 TFLOP/s',
      others: [{ value: '45 TFLOP/s at its announcement', source: 'cacm-2020' }],
    }),
    'vpu.lanes': published('cacm-2020'),
    'vpu.sublanes': published('cacm-2020'),
    'vpu.alus': published('cacm-2020'),
    'hbm.bytes': published('cacm-2020', { note: '16 GB, read as GiB' }),
    'hbm.bytesPerSecond': published('cacm-2020', {
      others: [{ value: 716e9, source: 'jax-tpu-info' }],
    }),
    'hbm.pools': inferred('cacm-2020', 'each core has its own HBM; only from v4 on do cores share it'),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.readBytesPerCycle': inferred(
      'cacm-2020',
      'the instruction word has one vector load: one 4 KiB register a cycle',
    ),
    'vmem.writeBytesPerCycle': inferred(
      'cacm-2020',
      'the instruction word has one vector store: one 4 KiB register a cycle',
    ),
    'ici.links': published('cacm-2020'),
    'ici.linkBytesPerSecond': inferred('cacm-2020', '496 Gb/s as remembered from the paper', [
      { value: '60 GB/s, implied by its profiling chapter', source: 'scaling-book' },
    ]),
    'ici.topology.maxShape': published('cacm-2020'),
    'ici.topology.maxChips': published('cacm-2020'),
    'ici.topology.wrap.extents': inferred('cloud-v5e', 'a full axis of the pod, as on v5e'),
    'ici.topology.shapes': inferred('cloud-v5e', 'as documented for v5e'),
    'host.pcieBytesPerSecond': inferred('pcie-specification', 'Gen3 x16, one direction'),
    'host.dcnBytesPerSecond': estimated('100 Gb/s for a host of four chips'),
  },
};

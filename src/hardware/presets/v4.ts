import type { ChipPreset } from '../chip.ts';
import { estimated, inferred, published } from './cite.ts';
import { cubeTorus } from './topologies.ts';
import {
  UNPUBLISHED,
  UNPUBLISHED_BLOCK_CITATIONS,
  UNPUBLISHED_CITATIONS,
  UNPUBLISHED_HOST_CITATIONS,
  UNPUBLISHED_LINK_CITATIONS,
} from './unpublished.ts';

/** TPU v4: three-axis torus of 4x4x4 cubes joined by optical switches, twisted where asked for. */
export const v4: ChipPreset = {
  chip: {
    id: 'v4',
    name: 'TPU v4',
    status: 'shipped',
    clockHz: 1.05e9,
    tensorCores: 2,
    mxu: { perCore: 4, rows: 128, columns: 128, rowsPerCycle: 1, formatRates: { bf16: 1, int8: 1 } },
    vpu: { lanes: 128, sublanes: 8, alus: 2 },
    hbm: {
      bytes: 32 * 2 ** 30,
      bytesPerSecond: 1200e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: { bytesPerCore: 16 * 2 ** 20, readBytesPerCycle: 4096, writeBytesPerCycle: 4096 },
    cmem: { bytes: 128 * 2 ** 20, readBytesPerSecond: 2e12, writeBytesPerSecond: 1e12 },
    ici: {
      links: 6,
      linkBytesPerSecond: 50e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: cubeTorus(4096),
    },
    host: {
      pcieBytesPerSecond: 16e9,
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
    'mxu.rowsPerCycle': inferred('tpu-v4-2023', 'one row a cycle at 1.05 GHz is the published 275 TFLOP/s'),
    'mxu.formatRates.bf16': published('tpu-v4-2023', { note: '275 TFLOP/s' }),
    'mxu.formatRates.int8': published('cloud-v4', { note: '275 TOPS' }),
    'vpu.lanes': published('scaling-book'),
    'vpu.sublanes': published('scaling-book'),
    'vpu.alus': published('scaling-book', {
      note: '2 for each lane and sublane',
      others: [{ value: '16 for each of 128 lanes, which is the same', source: 'tpu-v4-2023' }],
    }),
    'hbm.bytes': published('tpu-v4-2023'),
    'hbm.bytesPerSecond': published('tpu-v4-2023', {
      others: [
        { value: 1230e9, source: 'jax-tpu-info' },
        { value: 1230e9, source: 'scaling-book' },
      ],
    }),
    'hbm.pools': published('jax-tpu-info', { note: 'the two cores share HBM (megacore)' }),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.readBytesPerCycle': estimated('carried over from v3'),
    'vmem.writeBytesPerCycle': estimated('carried over from v3'),
    'cmem.bytes': published('tpu-v4-2023', { others: [{ value: 134e6, source: 'jax-tpu-info' }] }),
    'cmem.readBytesPerSecond': estimated('carried over from v4i'),
    'cmem.writeBytesPerSecond': estimated('carried over from v4i'),
    'ici.links': published('tpu-v4-2023'),
    'ici.linkBytesPerSecond': published('tpu-v4-2023', {
      others: [{ value: '45 GB/s, with its losses', source: 'scaling-book' }],
    }),
    'ici.topology.maxShape': inferred(
      'tpu-v4-2023',
      'any 4i x 4j x 4k of at most 4096 chips; the full pod is 16x16x16',
    ),
    'ici.topology.maxChips': published('tpu-v4-2023'),
    'ici.topology.wrap.cube': published('tpu-v4-2023', { note: 'slices below 64 chips are meshes' }),
    'ici.topology.shapes': inferred('cloud-v5p', 'as documented for v5p'),
    'host.pcieBytesPerSecond': published('scaling-book'),
    'host.dcnBytesPerSecond': estimated('100 Gb/s for a host of four chips'),
  },
};

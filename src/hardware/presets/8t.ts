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

/** TPU 8t, announced for training. */
export const tpu8t: ChipPreset = {
  chip: {
    id: '8t',
    name: 'TPU 8t',
    status: 'announced',
    clockHz: 1.9e9,
    tensorCores: 1,
    mxu: {
      perCore: 2,
      rows: 256,
      columns: 256,
      rowsPerCycle: 2,
      loadRowsPerCycle: 4,
      formatRates: { bf16: 1, fp8: 6, int8: 1, int4: 12 },
    },
    vpu: { lanes: 128, sublanes: 16, alus: 4 },
    hbm: {
      bytes: 216 * 2 ** 30,
      bytesPerSecond: 6528e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: {
      bytesPerCore: 128 * 2 ** 20,
      windowBytesPerCore: 32 * 2 ** 20,
      readBytesPerCycle: 24_576,
      writeBytesPerCycle: 8192,
    },
    ici: {
      links: 6,
      linkBytesPerSecond: 200e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: cubeTorus(9600, 'the slice rules of 8t are not published: those of 7x are used'),
    },
    host: {
      pcieBytesPerSecond: 63e9,
      dcnBytesPerSecond: 50e9,
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
    clockHz: inferred(
      'jax-tpu-info',
      'not published: 996 TFLOP/s need 3.8 GHz, or 1.9 GHz with two rows a cycle',
    ),
    tensorCores: published('jax-tpu-info'),
    'mxu.perCore': published('jax-tpu-info'),
    'mxu.rows': published('jax-tpu-info'),
    'mxu.columns': published('jax-tpu-info'),
    'mxu.rowsPerCycle': inferred('jax-tpu-info', 'as 7x; two rows at 1.9 GHz give 996 TFLOP/s'),
    'mxu.loadRowsPerCycle': estimated('carried over from v6e'),
    'mxu.formatRates.bf16': published('jax-tpu-info', { note: '996 TFLOP/s' }),
    'mxu.formatRates.fp8': published('jax-tpu-info', { note: '5.98 PFLOP/s' }),
    'mxu.formatRates.int8': published('jax-tpu-info', { note: '996 TOPS' }),
    'mxu.formatRates.int4': published('jax-tpu-info', {
      note: '11.95 POPS',
      others: [{ value: '12.6 PFLOP/s in FP4', source: 'cloud-announcement-2026' }],
    }),
    'vpu.lanes': published('jax-tpu-info'),
    'vpu.sublanes': published('jax-tpu-info'),
    'vpu.alus': estimated('carried over from 7x'),
    'hbm.bytes': published('cloud-announcement-2026', {
      note: '216 GB, read as GiB',
      others: [{ value: 231e9, source: 'jax-tpu-info' }],
    }),
    'hbm.bytesPerSecond': published('cloud-announcement-2026', {
      others: [{ value: 6400e9, source: 'jax-tpu-info' }],
    }),
    'hbm.pools': inferred('jax-tpu-info', 'one core'),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.windowBytesPerCore': estimated('carried over from 7x'),
    'vmem.readBytesPerCycle': estimated('as v5p, three registers a cycle, here of 8 KiB'),
    'vmem.writeBytesPerCycle': estimated('as v5p, one register a cycle, here of 8 KiB'),
    'ici.links': inferred('cloud-announcement-2026', 'a three-axis torus'),
    'ici.linkBytesPerSecond': inferred(
      'cloud-announcement-2026',
      '19.2 Tb/s a chip over six links and both directions',
    ),
    'ici.topology.maxShape': inferred('cloud-announcement-2026', 'any 4i x 4j x 4k of at most 9600 chips'),
    'ici.topology.maxChips': published('cloud-announcement-2026'),
    'ici.topology.wrap.cube': inferred('cloud-v5p', 'cubes of 4x4x4, as documented for v5p'),
    'ici.topology.shapes': inferred('cloud-v5p', 'as documented for v5p'),
    'host.pcieBytesPerSecond': inferred('pcie-specification', 'Gen5 x16, one direction'),
    'host.dcnBytesPerSecond': published('cloud-announcement-2026', { note: '400 Gb/s a chip' }),
  },
};

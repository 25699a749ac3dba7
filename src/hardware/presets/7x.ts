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

/** TPU7x (Ironwood): two chiplets of one core and 96 GiB each, in pods of 9216 chips. */
export const tpu7x: ChipPreset = {
  chip: {
    id: '7x',
    name: 'TPU7x (Ironwood)',
    status: 'shipped',
    clockHz: 2.2e9,
    tensorCores: 2,
    mxu: {
      perCore: 2,
      rows: 256,
      columns: 256,
      rowsPerCycle: 2,
      loadRowsPerCycle: 4,
      formatRates: { bf16: 1, fp8: 2 },
    },
    vpu: { lanes: 128, sublanes: 8, alus: 4 },
    hbm: {
      bytes: 192 * 2 ** 30,
      bytesPerSecond: 7380e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 2,
    },
    vmem: {
      bytesPerCore: 64 * 2 ** 20,
      windowBytesPerCore: 32 * 2 ** 20,
      readBytesPerCycle: 12_288,
      writeBytesPerCycle: 4096,
    },
    ici: {
      links: 6,
      linkBytesPerSecond: 100e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: cubeTorus(9216),
    },
    host: {
      pcieBytesPerSecond: 63e9,
      dcnBytesPerSecond: 12.5e9,
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
      'cloud-7x',
      'not published: 2307 TFLOP/s need 4.4 GHz, or 2.2 GHz with two rows a cycle',
    ),
    tensorCores: published('cloud-7x'),
    'mxu.perCore': published('jax-tpu-info'),
    'mxu.rows': published('five-generations-2026', { note: 'in bf16; in fp8 they act as 512x512' }),
    'mxu.columns': published('five-generations-2026', { note: 'in bf16; in fp8 they act as 512x512' }),
    'mxu.rowsPerCycle': inferred('cloud-7x', 'two rows at 2.2 GHz give the published 2307 TFLOP/s'),
    'mxu.loadRowsPerCycle': estimated('carried over from v6e'),
    'mxu.formatRates.bf16': published('cloud-7x', {
      note: '2307 TFLOP/s',
      others: [{ value: '2310 TFLOP/s', source: 'jax-tpu-info' }],
    }),
    'mxu.formatRates.fp8': published('cloud-7x', {
      note: '4614 TFLOP/s',
      others: [{ value: '4600 TFLOP/s', source: 'jax-tpu-info' }],
    }),
    'vpu.lanes': published('jax-tpu-info', {
      note: 'registers of 8 x 128',
      others: [{ value: 'registers of 16 x 256', source: 'five-generations-2026' }],
    }),
    'vpu.sublanes': published('jax-tpu-info'),
    'vpu.alus': published('five-generations-2026'),
    'hbm.bytes': published('cloud-7x', { others: [{ value: 206e9, source: 'jax-tpu-info' }] }),
    'hbm.bytesPerSecond': published('cloud-7x', {
      others: [
        { value: 7400e9, source: 'jax-tpu-info' },
        { value: 7300e9, source: 'hot-chips-2025' },
      ],
    }),
    'hbm.pools': published('cloud-7x', { note: '96 GiB with each chiplet' }),
    'vmem.bytesPerCore': published('jax-tpu-info', {
      others: [{ value: '128 MiB a chip', source: 'five-generations-2026' }],
    }),
    'vmem.windowBytesPerCore': published('tpu-inference', {
      note: 'default limit of the compiler, pull request 3407',
    }),
    'vmem.readBytesPerCycle': estimated('carried over from v5p: three registers of 4 KiB a cycle'),
    'vmem.writeBytesPerCycle': estimated('carried over from v5p: one register of 4 KiB a cycle'),
    'ici.links': published('cloud-7x'),
    'ici.linkBytesPerSecond': published('five-generations-2026', {
      note: '1200 GB/s for six links and both directions',
      others: [{ value: '90 GB/s, with its losses', source: 'scaling-book' }],
    }),
    'ici.topology.maxShape': inferred('cloud-7x', 'any 4i x 4j x 4k of at most 9216 chips', [
      { value: '4x4x576', source: 'scaling-book' },
    ]),
    'ici.topology.maxChips': published('cloud-7x'),
    'ici.topology.wrap.cube': inferred('cloud-v5p', 'cubes of 4x4x4, as documented for v5p'),
    'ici.topology.shapes': inferred('cloud-v5p', 'as documented for v5p'),
    'host.pcieBytesPerSecond': inferred('pcie-specification', 'Gen5 x16, one direction'),
    'host.dcnBytesPerSecond': published('cloud-7x', { note: '100 Gb/s a chip' }),
  },
};

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

/** TPU v6e (Trillium): matrix units of 256x256, pods of 16x16. */
export const v6e: ChipPreset = {
  chip: {
    id: 'v6e',
    name: 'TPU v6e (Trillium)',
    status: 'shipped',
    clockHz: 1.75e9,
    tensorCores: 1,
    mxu: {
      perCore: 2,
      rows: 256,
      columns: 256,
      rowsPerCycle: 2,
      loadRowsPerCycle: 4,
      formatRates: { bf16: 1, fp8: 1, int8: 2, int4: 4 },
    },
    vpu: { lanes: 128, sublanes: 8, alus: 4 },
    hbm: {
      bytes: 32 * 2 ** 30,
      bytesPerSecond: 1638e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: {
      bytesPerCore: 128 * 2 ** 20,
      windowBytesPerCore: 32 * 2 ** 20,
      readBytesPerCycle: 12_288,
      writeBytesPerCycle: 4096,
    },
    ici: {
      links: 4,
      linkBytesPerSecond: 100e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: squarePod(16, SQUARE_POD_SHAPES),
    },
    host: {
      pcieBytesPerSecond: 32e9,
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
      'cloud-v6e',
      'not published: 918 TFLOP/s need 3.5 GHz, or 1.75 GHz with two rows a cycle',
    ),
    tensorCores: published('cloud-v6e'),
    'mxu.perCore': published('cloud-v6e'),
    'mxu.rows': published('cloud-v6e'),
    'mxu.columns': published('cloud-v6e'),
    'mxu.rowsPerCycle': inferred('cloud-v6e', 'two rows at the clock of v5p give the published 918 TFLOP/s'),
    'mxu.loadRowsPerCycle': inferred(
      'low-latency-mxu-patents',
      'two chains of weight shift registers in each column, two points of entry in each chain; of 1, 2 and 4 ' +
        'only 4 lets products with M = 32 run as fast as measured',
    ),
    'mxu.formatRates.bf16': published('cloud-v6e', {
      note: '918 TFLOP/s',
      others: [
        { value: '920 TFLOP/s', source: 'jax-tpu-info' },
        { value: '920 TFLOP/s, 910 in its roofline chapter', source: 'scaling-book' },
      ],
    }),
    'mxu.formatRates.fp8': published('cloud-v6e', { note: '918 TFLOP/s' }),
    'mxu.formatRates.int8': published('cloud-v6e', { note: '1836 TOPS' }),
    'mxu.formatRates.int4': published('jax-tpu-info', { note: '3.68 POPS' }),
    'vpu.lanes': published('cloud-v6e'),
    'vpu.sublanes': published('cloud-v6e'),
    'vpu.alus': estimated('carried over from v5e'),
    'hbm.bytes': published('cloud-v6e', { others: [{ value: 34.4e9, source: 'jax-tpu-info' }] }),
    'hbm.bytesPerSecond': published('cloud-v6e', {
      others: [
        { value: 1640e9, source: 'jax-tpu-info' },
        { value: 1640e9, source: 'life-cycle-2025' },
        { value: 1600e9, source: 'scaling-book' },
      ],
    }),
    'hbm.efficiency': estimated(
      'calibrated: 1,447 of 1,638 GB/s. Bytes against time of the products with 1, 32 and 128 rows fit ' +
        '1,479, 1,405 and 1,398 GB/s',
      'v6e-gemm-measurements',
    ),
    'hbm.pools': published('cloud-v6e', { note: 'one core' }),
    kernelOverheadSeconds: estimated(
      'calibrated: the fixed part of the products with 1, 32 and 128 rows is 1.7 to 2.0 us over the smaller ' +
        'and 2.6 to 3.0 us over all of them',
      'v6e-gemm-measurements',
    ),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.windowBytesPerCore': published('tpu-inference', {
      note: 'default limit of the compiler, pull request 3407',
    }),
    'vmem.readBytesPerCycle': estimated('carried over from v5p: three registers of 4 KiB a cycle'),
    'vmem.writeBytesPerCycle': estimated('carried over from v5p: one register of 4 KiB a cycle'),
    'ici.links': published('cloud-v6e'),
    'ici.linkBytesPerSecond': published('cloud-v6e', {
      note: '800 GB/s for four links and both directions',
      others: [{ value: '90 GB/s, with its losses', source: 'scaling-book' }],
    }),
    'ici.topology.maxShape': published('cloud-v6e'),
    'ici.topology.maxChips': published('cloud-v6e'),
    'ici.topology.wrap.extents': published('scaling-book', { note: 'only an axis of 16 wraps' }),
    'ici.topology.shapes': published('cloud-v6e'),
    'host.pcieBytesPerSecond': published('scaling-book'),
    'host.dcnBytesPerSecond': published('cloud-v6e', { note: '100 Gb/s a chip' }),
  },
};

import type { ChipPreset } from '../chip.ts';
import { inferred, published } from './cite.ts';
import { SQUARE_POD_SHAPES, squarePod } from './topologies.ts';
import {
  UNPUBLISHED,
  UNPUBLISHED_BLOCK_CITATIONS,
  UNPUBLISHED_CITATIONS,
  UNPUBLISHED_HOST_CITATIONS,
  UNPUBLISHED_LINK_CITATIONS,
} from './unpublished.ts';

/** TPU v5e: one core with 128 MiB of VMEM, in pods of 16x16. */
export const v5e: ChipPreset = {
  chip: {
    id: 'v5e',
    name: 'TPU v5e',
    status: 'shipped',
    clockHz: 1.5e9,
    tensorCores: 1,
    mxu: {
      perCore: 4,
      rows: 128,
      columns: 128,
      rowsPerCycle: 1,
      formatRates: { bf16: 1, int8: 2, int4: 4 },
    },
    vpu: { lanes: 128, sublanes: 8, alus: 4 },
    hbm: {
      bytes: 16 * 2 ** 30,
      bytesPerSecond: 819e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: {
      bytesPerCore: 128 * 2 ** 20,
      windowBytesPerCore: 16 * 2 ** 20,
      readBytesPerCycle: 12_288,
      writeBytesPerCycle: 4096,
    },
    ici: {
      links: 4,
      linkBytesPerSecond: 50e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: squarePod(16, SQUARE_POD_SHAPES),
    },
    host: {
      pcieBytesPerSecond: 15e9,
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
    clockHz: published('scaling-book', { note: 'about 1.5 GHz; 197 TFLOP/s need 1.503' }),
    tensorCores: published('cloud-v5e'),
    'mxu.perCore': published('cloud-v5e'),
    'mxu.rows': published('jax-tpu-info'),
    'mxu.columns': published('jax-tpu-info'),
    'mxu.rowsPerCycle': published('scaling-book', { note: 'a bf16[8,128] operand takes 8 cycles' }),
    'mxu.formatRates.bf16': published('cloud-v5e', { note: '197 TFLOP/s' }),
    'mxu.formatRates.int8': published('cloud-v5e', {
      note: '393 TOPS',
      others: [{ value: '394 TOPS', source: 'jax-tpu-info' }],
    }),
    'mxu.formatRates.int4': published('jax-tpu-info', { note: '788 TOPS' }),
    'vpu.lanes': published('jax-tpu-info'),
    'vpu.sublanes': published('jax-tpu-info'),
    'vpu.alus': published('scaling-book'),
    'hbm.bytes': published('cloud-v5e', { others: [{ value: 17.2e9, source: 'jax-tpu-info' }] }),
    'hbm.bytesPerSecond': published('cloud-v5e', {
      others: [
        { value: 820e9, source: 'jax-tpu-info' },
        { value: 810e9, source: 'scaling-book' },
        { value: '800 GiB/s on its newest page', source: 'cloud-v5e' },
      ],
    }),
    'hbm.pools': published('cloud-v5e', { note: 'one core' }),
    'vmem.bytesPerCore': published('jax-tpu-info', {
      others: [{ value: '128 MiB', source: 'scaling-book' }],
    }),
    'vmem.windowBytesPerCore': published('pytorch-xla-6611', { note: 'default limit of the compiler' }),
    'vmem.readBytesPerCycle': inferred(
      'scaling-book',
      'VMEM is said to be about 22 times HBM: 3 registers of 4 KiB at 1.5 GHz, as on v5p',
    ),
    'vmem.writeBytesPerCycle': inferred('scaling-book', 'one register of 4 KiB a cycle, as on v5p'),
    'ici.links': published('cloud-v5e'),
    'ici.linkBytesPerSecond': published('cloud-v5e', {
      note: '400 GB/s for four links and both directions',
      others: [{ value: '45 GB/s, with its losses', source: 'scaling-book' }],
    }),
    'ici.topology.maxShape': published('cloud-v5e'),
    'ici.topology.maxChips': published('cloud-v5e'),
    'ici.topology.wrap.extents': published('scaling-book', { note: 'only an axis of 16 wraps' }),
    'ici.topology.shapes': published('cloud-v5e'),
    'host.pcieBytesPerSecond': published('scaling-book'),
    'host.dcnBytesPerSecond': inferred('scaling-book', '2 x 100 Gb/s for a host of eight chips'),
  },
};

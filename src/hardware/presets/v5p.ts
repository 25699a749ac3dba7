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

/** TPU v5p, for training: a pod of 16x20x28 chips. */
export const v5p: ChipPreset = {
  chip: {
    id: 'v5p',
    name: 'TPU v5p',
    status: 'shipped',
    clockHz: 1.75e9,
    tensorCores: 2,
    mxu: {
      perCore: 4,
      rows: 128,
      columns: 128,
      rowsPerCycle: 1,
      formatRates: { bf16: 1, fp8: 1, int8: 2, int4: 4 },
    },
    vpu: { lanes: 128, sublanes: 8, alus: 4 },
    hbm: {
      bytes: 95 * 2 ** 30,
      bytesPerSecond: 2765e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: {
      bytesPerCore: 64 * 2 ** 20,
      windowBytesPerCore: 16 * 2 ** 20,
      readBytesPerCycle: 12_288,
      writeBytesPerCycle: 4096,
    },
    ici: {
      links: 6,
      linkBytesPerSecond: 100e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: cubeTorus(8960),
    },
    host: {
      pcieBytesPerSecond: 15e9,
      dcnBytesPerSecond: 6.25e9,
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
    clockHz: published('scaling-book', { note: 'about 1.75 GHz; 459 TFLOP/s need 1.751' }),
    tensorCores: published('cloud-v5p'),
    'mxu.perCore': published('cloud-v5p'),
    'mxu.rows': published('jax-tpu-info'),
    'mxu.columns': published('jax-tpu-info'),
    'mxu.rowsPerCycle': published('scaling-book', { note: 'a bf16[8,128] operand takes 8 cycles' }),
    'mxu.formatRates.bf16': published('cloud-v5p', { note: '459 TFLOP/s' }),
    'mxu.formatRates.fp8': published('cloud-v5p', { note: '459 TFLOP/s: emulated at the rate of bf16' }),
    'mxu.formatRates.int8': published('jax-tpu-info', { note: '918 TOPS' }),
    'mxu.formatRates.int4': published('jax-tpu-info', { note: '1.84 POPS' }),
    'vpu.lanes': published('jax-tpu-info'),
    'vpu.sublanes': published('jax-tpu-info'),
    'vpu.alus': published('scaling-book'),
    'hbm.bytes': published('cloud-v5p', {
      note: '95 GiB for programs of 96 GiB in six stacks',
      others: [{ value: 103e9, source: 'jax-tpu-info' }],
    }),
    'hbm.bytesPerSecond': published('cloud-v5p', {
      others: [
        { value: 2800e9, source: 'scaling-book' },
        { value: 2460e9, source: 'jax-tpu-info' },
        { value: '2575 GiB/s on another edition of its page', source: 'cloud-v5p' },
      ],
    }),
    'hbm.pools': published('jax-tpu-info', { note: 'the two cores share HBM (megacore)' }),
    'vmem.bytesPerCore': published('jax-tpu-info', {
      others: [{ value: '128 MiB a chip', source: 'five-generations-2026' }],
    }),
    'vmem.windowBytesPerCore': estimated('as v5e; its default limit is not published'),
    'vmem.readBytesPerCycle': published('scaling-book', { note: 'three registers of 4 KiB a cycle' }),
    'vmem.writeBytesPerCycle': published('scaling-book', { note: 'one register of 4 KiB a cycle' }),
    'ici.links': published('cloud-v5p'),
    'ici.linkBytesPerSecond': published('five-generations-2026', {
      note: '1200 GB/s for six links and both directions',
      others: [{ value: '90 GB/s, with its losses', source: 'scaling-book' }],
    }),
    'ici.topology.maxShape': inferred(
      'cloud-v5p',
      'any 4i x 4j x 4k of at most 8960 chips; the full pod is 16x20x28, the largest job 16x16x24',
    ),
    'ici.topology.maxChips': published('cloud-v5p'),
    'ici.topology.wrap.cube': published('cloud-v5p', {
      note: 'slices of 4x4x4 and more are full tori, smaller ones have no wraparound links',
    }),
    'ici.topology.shapes': published('cloud-v5p', { note: 'a single chip is one quarter of a host' }),
    'host.pcieBytesPerSecond': inferred('scaling-book', 'stated for v5e'),
    'host.dcnBytesPerSecond': published('cloud-v5p', { note: '50 Gb/s a chip' }),
  },
};

import type { ChipPreset } from '../chip.ts';
import { estimated, inferred, published } from './cite.ts';
import {
  UNPUBLISHED,
  UNPUBLISHED_BLOCK_CITATIONS,
  UNPUBLISHED_CITATIONS,
  UNPUBLISHED_HOST_CITATIONS,
  UNPUBLISHED_LINK_CITATIONS,
} from './unpublished.ts';

/** TPU 8i, announced for inference: 384 MiB of VMEM, and a boardfly network in place of a torus. */
export const tpu8i: ChipPreset = {
  chip: {
    id: '8i',
    name: 'TPU 8i',
    status: 'announced',
    clockHz: 2.1e9,
    tensorCores: 2,
    mxu: { perCore: 2, rows: 256, columns: 256, rowsPerCycle: 1, formatRates: { bf16: 1, fp8: 8 } },
    vpu: { lanes: 128, sublanes: 8, alus: 4 },
    hbm: {
      bytes: 288 * 2 ** 30,
      bytesPerSecond: 8601e9,
      efficiency: UNPUBLISHED.hbmEfficiency,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 2,
    },
    vmem: {
      bytesPerCore: 192 * 2 ** 20,
      windowBytesPerCore: 32 * 2 ** 20,
      readBytesPerCycle: 12_288,
      writeBytesPerCycle: 4096,
    },
    ici: {
      links: 6,
      linkBytesPerSecond: 200e9,
      linkEfficiency: UNPUBLISHED.linkEfficiency,
      hopLatencySeconds: UNPUBLISHED.hopLatencySeconds,
      topology: { kind: 'boardfly', maxChips: 1024 },
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
      'not published: what 1101 TFLOP/s need with one row a cycle, close to the 2.2 GHz inferred for 7x',
    ),
    tensorCores: published('jax-tpu-info'),
    'mxu.perCore': published('jax-tpu-info'),
    'mxu.rows': published('jax-tpu-info'),
    'mxu.columns': published('jax-tpu-info'),
    'mxu.rowsPerCycle': inferred('jax-tpu-info', 'two rows would need an implausible 1.05 GHz'),
    'mxu.formatRates.bf16': published('jax-tpu-info', { note: '1101 TFLOP/s' }),
    'mxu.formatRates.fp8': published('jax-tpu-info', {
      note: '8.81 PFLOP/s',
      others: [
        { value: '10.1 PFLOP/s in FP4', source: 'cloud-announcement-2026' },
        { value: '11.6 EFLOP/s for a pod, labelled FP8', source: 'cloud-announcement-2026' },
      ],
    }),
    'vpu.lanes': published('jax-tpu-info'),
    'vpu.sublanes': published('jax-tpu-info'),
    'vpu.alus': estimated('carried over from 7x'),
    'hbm.bytes': published('cloud-announcement-2026', {
      note: '288 GB, read as GiB',
      others: [{ value: 309e9, source: 'jax-tpu-info' }],
    }),
    'hbm.bytesPerSecond': published('cloud-announcement-2026', {
      others: [{ value: 8600e9, source: 'jax-tpu-info' }],
    }),
    'hbm.pools': inferred('cloud-announcement-2026', 'two core dies, as 7x'),
    'vmem.bytesPerCore': published('jax-tpu-info'),
    'vmem.windowBytesPerCore': estimated('carried over from 7x'),
    'vmem.readBytesPerCycle': estimated('carried over from v5p: three registers of 4 KiB a cycle'),
    'vmem.writeBytesPerCycle': estimated('carried over from v5p: one register of 4 KiB a cycle'),
    'ici.links': estimated('the ports of a chip are not published; as 8t, which has the same total'),
    'ici.linkBytesPerSecond': inferred(
      'cloud-announcement-2026',
      '19.2 Tb/s a chip, if over six links and both directions',
    ),
    'ici.topology.maxChips': published('cloud-announcement-2026', {
      note: '1024 active chips',
      others: [{ value: '1152 positions', source: 'cloud-announcement-2026' }],
    }),
    'host.pcieBytesPerSecond': inferred('pcie-specification', 'Gen5 x16, one direction'),
    'host.dcnBytesPerSecond': estimated('carried over from 8t'),
  },
};

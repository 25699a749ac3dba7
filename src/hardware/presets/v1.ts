import type { ChipPreset } from '../chip.ts';
import { estimated, inferred, published } from './cite.ts';
import { UNPUBLISHED, UNPUBLISHED_CITATIONS, UNPUBLISHED_HOST_CITATIONS } from './unpublished.ts';

/** TPU v1, the inference chip of 2015: `hbm` is its DDR3 weight memory, `vmem` its unified buffer. */
export const v1: ChipPreset = {
  chip: {
    id: 'v1',
    name: 'TPU v1',
    status: 'shipped',
    clockHz: 700e6,
    tensorCores: 1,
    mxu: { perCore: 1, rows: 256, columns: 256, rowsPerCycle: 1, formatRates: { int8: 1 } },
    vpu: { lanes: 256, sublanes: 1, alus: 1 },
    hbm: {
      bytes: 8 * 2 ** 30,
      bytesPerSecond: 34e9,
      efficiency: 1,
      latencySeconds: UNPUBLISHED.hbmLatencySeconds,
      pools: 1,
    },
    vmem: { bytesPerCore: 24 * 2 ** 20, readBytesPerCycle: 256, writeBytesPerCycle: 256 },
    ici: {
      links: 0,
      linkBytesPerSecond: 0,
      linkEfficiency: 1,
      hopLatencySeconds: 0,
      topology: { kind: 'none' },
    },
    host: {
      pcieBytesPerSecond: 14e9,
      dcnBytesPerSecond: 1.25e9,
      dcnLatencySeconds: UNPUBLISHED.dcnLatencySeconds,
    },
    kernelOverheadSeconds: UNPUBLISHED.kernelOverheadSeconds,
  },
  citations: {
    ...UNPUBLISHED_HOST_CITATIONS,
    ...UNPUBLISHED_CITATIONS,
    clockHz: published('isca-2017'),
    tensorCores: inferred('isca-2017', 'one matrix unit fed by one instruction stream'),
    'mxu.perCore': published('isca-2017'),
    'mxu.rows': published('isca-2017'),
    'mxu.columns': published('isca-2017'),
    'mxu.rowsPerCycle': published('isca-2017', { note: 'B x 256 inputs take B pipelined cycles' }),
    'mxu.formatRates.int8': published('isca-2017', {
      note: '92 TOPS; 8 x 16 bits run at half and 16 x 16 bits at a quarter of it',
    }),
    'vpu.lanes': inferred('isca-2017', 'the activation unit takes one 256-wide row of sums a cycle'),
    'vpu.sublanes': inferred('isca-2017', 'as above: one row'),
    'vpu.alus': estimated('activation and pooling counted as one operation a value and cycle'),
    'hbm.bytes': published('isca-2017', { note: 'DDR3 weight memory' }),
    'hbm.bytesPerSecond': published('isca-2017', {
      note: 'DDR3 weight memory',
      others: [{ value: '30 GiB/s in Figure 1', source: 'isca-2017' }],
    }),
    'hbm.efficiency': inferred(
      'isca-2017',
      'a 64 KiB weight tile is said to take 1,350 cycles, which is the whole 34 GB/s',
    ),
    'hbm.pools': published('isca-2017'),
    'vmem.bytesPerCore': published('isca-2017', { note: 'unified buffer; 4 MiB of accumulators are apart' }),
    'vmem.readBytesPerCycle': published('isca-2017', { note: 'internal paths are 256 bytes wide' }),
    'vmem.writeBytesPerCycle': published('isca-2017', { note: 'internal paths are 256 bytes wide' }),
    'ici.links': published('isca-2017', { note: 'none: a card on the PCIe bus' }),
    'ici.linkBytesPerSecond': published('isca-2017', { note: 'no links' }),
    'ici.linkEfficiency': published('isca-2017', { note: 'no links' }),
    'ici.hopLatencySeconds': published('isca-2017', { note: 'no links' }),
    'host.pcieBytesPerSecond': published('isca-2017', { note: 'PCIe Gen3 x16, 14 GB/s in Figure 1' }),
    'host.dcnBytesPerSecond': estimated('a 10 Gb/s adapter of a server of its time'),
  },
};

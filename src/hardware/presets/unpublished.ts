import type { Citations } from '../chip.ts';
import { DCN_LATENCY_SECONDS } from '../dcn.ts';
import { estimated, inferred, published } from './cite.ts';

/**
 * Properties that no generation's documents state. One value serves all chips until somebody measures
 * another, so that a difference between two presets is never a difference between two guesses.
 */
export const UNPUBLISHED = {
  hbmEfficiency: 0.88,
  hbmLatencySeconds: 0.3e-6,
  kernelOverheadSeconds: 2e-6,
  blockOverheadSeconds: 0.31e-6,
  linkEfficiency: 0.9,
  hopLatencySeconds: 1e-6,
  dcnLatencySeconds: DCN_LATENCY_SECONDS,
} as const;

/** Their citations, for chips other than v6e, whose own measurements the first and third come from. */
export const UNPUBLISHED_CITATIONS: Citations = {
  'hbm.efficiency': estimated(
    'carried over from v6e, where it is calibrated on measured products; the memory controller may differ',
  ),
  'hbm.latencySeconds': estimated(
    'no generation publishes it; a few DRAM row cycles and the crossing of the chip',
  ),
  kernelOverheadSeconds: estimated('carried over from v6e, where it is calibrated on measured products'),
};

/** The same for every chip whose kernels walk over blocks, v6e too. */
export const UNPUBLISHED_BLOCK_CITATIONS: Citations = {
  blockOverheadSeconds: estimated(
    'cost of a step of a kernel, fitted by others to the times of an attention kernel on v6e and 7x ' +
      '(kernels/gdn/v3/tiling.py); to fill and drain the arrays of v6e again takes 0.33 us',
    'tpu-inference',
  ),
};

/** The same for every chip, v6e too. */
export const UNPUBLISHED_HOST_CITATIONS: Citations = {
  'host.dcnLatencySeconds': estimated(
    'nothing is published for TPU hosts; short calls take 50 us there and back at the tail, less than three times the least, so some 10 us one way',
    'swift-2020',
  ),
};

/** The same for chips with an interconnect. */
export const UNPUBLISHED_LINK_CITATIONS: Citations = {
  'ici.linkEfficiency': inferred(
    'scaling-book',
    'its rates are 90 % of the physical ones: 45 for 50 GB/s and 90 for 100 GB/s',
  ),
  'ici.hopLatencySeconds': published('scaling-book', {
    note: 'about 1 us per hop, software included; no router or wire latency is published',
    others: [
      { value: '0.5 us in an older text, for v5e', source: 'scaling-book' },
      { value: '1 us, for v3', source: 'astra-sim-docs' },
    ],
  }),
};

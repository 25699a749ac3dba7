import { InputError } from '../base/result.ts';
import { MAX_STEPS } from './flit-word.ts';
import type { Torus } from './topology.ts';

/** 64 MiB of buffers, up to twice that where their size is no power of two. */
const MAX_BUFFERED_FLITS = 8 * 1024 * 1024;

/** Single flits are shown on no more chips than this: more are not told apart on a screen. */
export const MAX_FLIT_CHIPS = 1024;

export const FLIT_ROUTINGS = ['dimension-order', 'adaptive'] as const;
/**
 * - dimension order: x, then y, then z; half of the virtual channels for each side of the dateline;
 * - adaptive: any axis with steps left, in any virtual channel but the first two, which keep to dimension order,
 *   one for each side of the dateline, so that who waits can always wait for a channel that no circle closes
 *   (Duato, IEEE TPDS 4(12) 1993).
 */
export type FlitRouting = (typeof FLIT_ROUTINGS)[number];

export interface RouterConfig {
  /** Virtual channels of each port; half of them for each side of the dateline. */
  readonly virtualChannels: number;
  /** Flits that each virtual channel holds. */
  readonly bufferFlits: number;
  /**
   * Where flits come from the node and leave to it: one port for all (the default, as networks on chips have
   * it), or one beside each link, so that a node can keep all its links busy.
   */
  readonly localPorts?: 'one' | 'one-a-link';
  /** Dimension order when left out. */
  readonly routing?: FlitRouting;
}

/** Ports of a node towards itself. */
export function localPortCount(torus: Torus, config: RouterConfig): number {
  return config.localPorts === 'one-a-link' ? 2 * torus.axes : 1;
}

/** Refuses with an `InputError` what the flit model cannot hold. */
export function checkFlitTorus(torus: Torus, config: RouterConfig): void {
  const { virtualChannels, bufferFlits } = config;
  if (!torus.intact) throw new InputError('torus', 'the flit model needs a torus with nothing missing');
  if (torus.shape.some((extent) => extent > 2 * MAX_STEPS)) {
    throw new InputError('torus', `the flit model holds extents up to ${2 * MAX_STEPS}`);
  }
  if (
    !Number.isSafeInteger(virtualChannels) ||
    virtualChannels % 2 !== 0 ||
    !inRange(virtualChannels, 2, 16)
  ) {
    throw new InputError('vcs', `expected an even number from 2 to 16, found ${virtualChannels}`);
  }
  if (config.routing === 'adaptive' && virtualChannels < 4) {
    throw new InputError('vcs', `adaptive routing needs 4 or more, found ${virtualChannels}`);
  }
  if (!Number.isSafeInteger(bufferFlits) || !inRange(bufferFlits, 1, 1024)) {
    throw new InputError('buffer-flits', `expected a whole number from 1 to 1024, found ${bufferFlits}`);
  }
  const words =
    torus.nodes * (2 * torus.axes + localPortCount(torus, config)) * virtualChannels * bufferFlits;
  if (words > MAX_BUFFERED_FLITS) {
    throw new InputError(
      'torus',
      `buffers of ${words} flits exceed the ${MAX_BUFFERED_FLITS} that the flit model holds`,
    );
  }
}

function inRange(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}

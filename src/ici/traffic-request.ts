import { InputError } from '../base/result.ts';
import type { RouterConfig } from './flit-config.ts';
import type { Torus } from './topology.ts';
import type { StreamRequest } from './traffic-stream.ts';

/**
 * Synthetic traffic: every node makes packets of `packetFlits` at random, in all `rate` flits a cycle, in
 * (0, 1], and sends them where the pattern says.
 */
export interface TrafficRequest extends RouterConfig, StreamRequest {
  /**
   * Cycles that count, after the warm-up; left out, more on smaller networks. With BookSim's stream its own
   * samples decide about all but the load of channels, which these are the least cycles of.
   */
  readonly measuredCycles?: number;
  /** With BookSim's stream, cycles between two looks at whether figures have settled; 1000 when left out. */
  readonly samplePeriodCycles?: number;
}

export const MAX_SAMPLE_PERIOD_CYCLES = 100_000;

/** Refuses with an `InputError` a rate, a packet, a seed or a time that cannot be. */
export function checkTraffic(torus: Torus, request: TrafficRequest): void {
  const { rate, packetFlits, seed, measuredCycles = 1, samplePeriodCycles = 1 } = request;
  if (!torus.symmetric) {
    throw new InputError('torus', 'synthetic traffic needs every axis wrapped and nothing missing');
  }
  if (!(rate > 0 && rate <= 1)) {
    throw new InputError('rate', `expected more than 0 and at most 1, found ${rate}`);
  }
  checkWhole('packet-flits', packetFlits, 1, 4096);
  if (!Number.isSafeInteger(seed)) throw new InputError('seed', `expected a whole number, found ${seed}`);
  checkWhole('cycles', measuredCycles, 1, 1e7);
  checkWhole('sample-period', samplePeriodCycles, 1, MAX_SAMPLE_PERIOD_CYCLES);
}

function checkWhole(where: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  throw new InputError(where, `expected a whole number from ${least} to ${most}, found ${value}`);
}

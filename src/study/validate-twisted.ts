import { unwrap } from '../base/result.ts';
import { findChip } from '../hardware/presets.ts';
import { planCollective } from '../ici/collective.ts';
import { linkRates } from '../ici/request.ts';
import { Torus } from '../ici/topology.ts';
import { V4_TWISTED_GAINS } from './measurements/v4-twisted.ts';

/** How much a twist speeds up an all-to-all: on silicon and in the model, to which nothing was fitted. */
export interface TwistedGain {
  readonly shape: readonly number[];
  readonly measured: number;
  readonly modelled: number;
}

/** So large that hops count for nothing. */
const BYTES = 2 ** 30;

/** The model's gain beside silicon's, for both slices measured. */
export function twistedGains(): readonly TwistedGain[] {
  const rates = linkRates(unwrap(findChip('v4')).chip.ici);
  return V4_TWISTED_GAINS.map(({ shape, measured }) => {
    const seconds = (twisted: boolean): number => {
      const torus = new Torus({ shape, wraps: shape.map(() => true), twisted });
      const request = { kind: 'all-to-all', axes: [...shape.keys()], bytes: BYTES } as const;
      return planCollective(torus, request, rates, 'closed-form').seconds;
    };
    return { shape, measured, modelled: seconds(false) / seconds(true) };
  });
}

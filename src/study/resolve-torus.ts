import { unwrap } from '../base/result.ts';
import type { Chip } from '../hardware/chip.ts';
import { resolveSlice, type Slice } from '../hardware/slice.ts';
import { withoutCablesNamed } from '../ici/cables.ts';
import { type Torus, torusFromSlice } from '../ici/topology.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's chips and the links between them. Throws `InputError` where its generation has no such slice. */
export function resolveTorus(
  chip: Chip,
  request: Scenario['slice'],
): { readonly slice: Slice; readonly torus: Torus } {
  const slice = unwrap(resolveSlice(chip, request));
  return { slice, torus: withoutCablesNamed(torusFromSlice(slice), request.without ?? [], 'slice.without') };
}

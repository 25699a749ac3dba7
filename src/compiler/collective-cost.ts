import { picosecondsFromSeconds } from '../base/time.ts';
import { planCollective } from '../ici/collective.ts';
import type { LinkRates } from '../ici/request.ts';
import type { Torus } from '../ici/topology.ts';
import type { LocalCollective } from '../workload/partitioned.ts';
import type { MappedAxis } from './mesh-mapping.ts';
import type { CollectiveTask } from './program.ts';

export type CostedCollective = Pick<
  CollectiveTask,
  | 'torusAxes'
  | 'durationPs'
  | 'lowerBoundPs'
  | 'physicalLowerBoundPs'
  | 'algorithm'
  | 'linkUtilization'
  | 'hbmBytes'
  | 'vpuOperations'
>;

/** Sums are formed in elements of this size. */
const REDUCED_ELEMENT_BYTES = 2;

/**
 * One collective over mesh axes, all groups at once, with the links to itself. Arriving bytes are written
 * to HBM and leaving ones read from it; each reduced element is one addition of the vector unit.
 */
export function costCollective(
  op: LocalCollective,
  mesh: readonly MappedAxis[],
  torus: Torus,
  rates: LinkRates,
): CostedCollective {
  const torusAxes = mesh.filter((axis) => op.meshAxes.includes(axis.name)).flatMap((axis) => axis.torusAxes);
  const request = { kind: op.collective, axes: torusAxes, bytes: Math.ceil(op.bytes) };
  const plan = planCollective(torus, request, rates, 'closed-form');
  return {
    torusAxes,
    durationPs: picosecondsFromSeconds(plan.seconds),
    lowerBoundPs: Math.min(
      picosecondsFromSeconds(plan.lowerBoundSeconds),
      picosecondsFromSeconds(plan.seconds),
    ),
    physicalLowerBoundPs: picosecondsFromSeconds(plan.physicalLowerBoundSeconds),
    algorithm: plan.algorithm,
    linkUtilization: plan.maxUtilization,
    hbmBytes: plan.chipBytes.sent + plan.chipBytes.received,
    vpuOperations: plan.chipBytes.reduced / REDUCED_ELEMENT_BYTES,
  };
}

import { PICOSECONDS_PER_SECOND, picosecondsFromSeconds } from '../base/time.ts';
import { planAcrossSlices, type SliceNetwork } from '../ici/across-slices.ts';
import type { DcnReport, LinkRates } from '../ici/request.ts';
import type { Torus } from '../ici/topology.ts';
import type { LocalCollective } from '../workload/partitioned.ts';
import type { MappedAxis } from './mesh-mapping.ts';
import type { CollectiveDcn, CollectiveTask } from './program.ts';

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
  | 'dcn'
>;

/** Sums are formed in elements of this size. */
const REDUCED_ELEMENT_BYTES = 2;

/**
 * One collective over mesh axes, all groups at once, with the links to itself. Arriving bytes are written
 * to HBM and leaving ones read from it, those of the data-centre network too; each reduced element is one
 * addition of the vector unit.
 */
export function costCollective(
  op: LocalCollective,
  mesh: readonly MappedAxis[],
  torus: Torus,
  rates: LinkRates,
  network: SliceNetwork,
): CostedCollective {
  const axes = mesh.filter((axis) => op.meshAxes.includes(axis.name));
  const torusAxes = axes.flatMap((axis) => axis.torusAxes);
  const request = { kind: op.collective, axes: torusAxes, bytes: Math.ceil(op.bytes) };
  const spanned = axes.some((axis) => axis.dcn) ? network : { ...network, slices: 1 };
  const plan = planAcrossSlices(torus, request, rates, spanned, 'closed-form');
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
    ...(plan.dcn === undefined ? {} : { dcn: dcnOf(plan.dcn) }),
  };
}

function dcnOf(report: DcnReport): CollectiveDcn {
  const { bottleneck, portBytes, portUtilization, portLowerBoundSeconds, iciSeconds, dcnSeconds } = report;
  return {
    bottleneck,
    portBytes,
    portUtilization,
    portLowerBoundPs: Math.floor(portLowerBoundSeconds * PICOSECONDS_PER_SECOND),
    freeDcnPs: picosecondsFromSeconds(iciSeconds),
    freeIciPs: picosecondsFromSeconds(dcnSeconds),
  };
}

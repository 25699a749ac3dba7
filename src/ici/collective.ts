import { assertNotBelowBound } from '../base/assert.ts';
import { InputError } from '../base/result.ts';
import { type Bound, boundOf, boundSeconds } from './bounds.ts';
import type { Candidate } from './candidate.ts';
import { closedForm } from './closed-form.ts';
import { planDegraded, survivingGroups } from './degraded.ts';
import { flitBytesOf, flitCollective, flitPermute } from './flit-collective.ts';
import { flowCollective, flowPermute } from './flow-collective.ts';
import { flowScheduled, MAX_FOLLOWED_CHIPS } from './flow-scheduled.ts';
import { axesOfGroups, type Group, groupOf } from './group.ts';
import { type Path, permute } from './permute.ts';
import { relaysPayOff } from './relayed-messages.ts';
import {
  type CollectiveKind,
  type CollectiveModel,
  type CollectiveReport,
  type CollectiveRequest,
  checkRequest,
  type LinkRates,
} from './request.ts';
import { type ChipGroups, planRouted, routedBound } from './routed.ts';
import type { ScheduledPlan } from './scheduled-plan.ts';
import { streamedForm } from './streamed-form.ts';
import type { Torus } from './topology.ts';

/**
 * Time, bound, algorithm and link loads of one collective that every group along `request.axes` does at once
 * on an otherwise idle torus. Where links or chips are missing, and for groups that no axes span, flow follows
 * every chip by itself on up to 1,024 chips, and else is the closed form and says so. Never below its bound, which is asserted. Throws an `InputError` for axes, bytes or pairs
 * that the torus does not have, and for what flits cannot hold.
 */
export function planCollective(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
  model: CollectiveModel,
): CollectiveReport {
  checkRequest(torus, request);
  if (request.groups !== undefined) return planGroups(torus, request, request.groups, rates, model);
  if (request.bytes === 0) return nothingToDo(torus);
  if (!torus.intact && model === 'flit') {
    throw new InputError('model', 'flit needs a torus with nothing missing');
  }
  if (request.kind === 'collective-permute') {
    const { fastest, direct, bound } = permute(torus, request, rates);
    if (fastest.candidate.steps === 0) return nothingToDo(torus);
    const isRelayed = relaysPayOff(fastest.paths, request.bytes, flitBytesOf(rates));
    const { candidate, paths } = model === 'flit' && !isRelayed ? direct : fastest;
    const chosen = permuteBy(model, candidate, torus, paths, request.bytes, rates);
    return reportOf(torus, request, rates, chosen, bound, torus.nodes);
  }
  const group = groupOf(torus, request.axes);
  if (group === undefined) return nothingToDo(torus);
  if (!torus.intact) {
    if (survivingGroups(torus, request.axes).every((chips) => chips.length < 2)) return nothingToDo(torus);
    const { plan, bound } = planDegraded(torus, { ...request, kind: request.kind }, rates);
    return reportOf(torus, request, rates, scheduledBy(model, torus, plan, rates), bound, torus.nodes);
  }
  const candidate = candidateOf(request.kind, group, request.bytes, rates, model);
  return reportOf(torus, request, rates, candidate, boundOf(request.kind, group), group.torus.nodes);
}

/** Groups that some axes span are planned along these; others chip by chip. */
function planGroups(
  torus: Torus,
  request: CollectiveRequest,
  groups: ChipGroups,
  rates: LinkRates,
  model: CollectiveModel,
): CollectiveReport {
  const { kind, bytes } = request;
  const axes = torus.intact ? axesOfGroups(torus, groups) : undefined;
  if (axes !== undefined) return planCollective(torus, { kind, axes, bytes }, rates, model);
  if (kind === 'collective-permute' || bytes === 0 || groups.every((group) => group.length < 2)) {
    return nothingToDo(torus);
  }
  const plan = planRouted(torus, groups, kind, bytes, rates);
  const candidate = scheduledBy(model, torus, plan, rates);
  return reportOf(torus, request, rates, candidate, routedBound(torus, groups, kind), torus.nodes);
}

/** Flow follows every chip by itself, where there are few enough; a flit model of this there is not. */
function scheduledBy(
  model: CollectiveModel,
  torus: Torus,
  plan: ScheduledPlan,
  rates: LinkRates,
): Candidate & Pick<CollectiveReport, 'whyClosedForm'> {
  if (model !== 'flow') return plan.candidate;
  if (torus.nodes > MAX_FOLLOWED_CHIPS) {
    const most = MAX_FOLLOWED_CHIPS.toLocaleString('en-US');
    return { ...plan.candidate, whyClosedForm: `single transfers are followed up to ${most} chips` };
  }
  try {
    return flowScheduled(torus, plan, rates);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...plan.candidate, whyClosedForm: error.message };
  }
}

function permuteBy(
  model: CollectiveModel,
  candidate: Candidate,
  torus: Torus,
  paths: readonly Path[],
  bytes: number,
  rates: LinkRates,
): Candidate {
  switch (model) {
    case 'closed-form':
      return candidate;
    case 'flow':
      return flowPermute(candidate, torus, paths, bytes, rates);
    case 'flit':
      return flitPermute(candidate, torus, paths, bytes, rates);
  }
}

function candidateOf(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
  model: CollectiveModel,
): Candidate {
  switch (model) {
    case 'closed-form':
      return fastestForm(kind, group, bytes, rates);
    case 'flow':
      return flowCollective(kind, group, bytes, rates);
    case 'flit':
      return flitCollective(kind, group, bytes, rates);
  }
}

/** Phase after phase, or in chunks that stream through the phases. */
function fastestForm(
  kind: Exclude<CollectiveKind, 'collective-permute'>,
  group: Group,
  bytes: number,
  rates: LinkRates,
): Candidate {
  const stepped = closedForm(kind, group, bytes, rates);
  if (kind === 'all-to-all' || kind === 'broadcast') return stepped;
  const streamed = streamedForm(kind, group, bytes, rates);
  return streamed !== undefined && streamed.seconds < stepped.seconds ? streamed : stepped;
}

function nothingToDo(torus: Torus): CollectiveReport {
  return {
    seconds: 0,
    lowerBoundSeconds: 0,
    physicalLowerBoundSeconds: 0,
    algorithm: 'none',
    reason: 'no chip has anything to send to another',
    steps: 0,
    chipBytes: { sent: 0, received: 0, reduced: 0 },
    linkCount: torus.linkCount,
    largestLinkBytes: 0,
    maxUtilization: 0,
    meanUtilization: 0,
    linkBytes: () => new Float64Array(torus.linkSlots),
  };
}

/** `chips`: how many of the torus' chips one candidate's loads stand for. */
function reportOf(
  torus: Torus,
  request: CollectiveRequest,
  rates: LinkRates,
  candidate: Candidate & Pick<CollectiveReport, 'whyClosedForm'>,
  bound: Bound,
  chips: number,
): CollectiveReport {
  const { effective, physical } = boundSeconds(bound, request.bytes, rates);
  assertNotBelowBound(candidate.seconds, effective, `time of ${request.kind}`);
  const linkCapacity = rates.linkBytesPerSecond * candidate.seconds;
  const carried = candidate.groupLinkBytes * (torus.nodes / chips);
  return {
    seconds: candidate.seconds,
    lowerBoundSeconds: effective,
    physicalLowerBoundSeconds: physical,
    algorithm: candidate.algorithm,
    reason: candidate.reason,
    steps: candidate.steps,
    chipBytes: candidate.chipBytes,
    linkCount: torus.linkCount,
    largestLinkBytes: candidate.largestLinkBytes,
    maxUtilization: linkCapacity === 0 ? 0 : candidate.largestLinkBytes / linkCapacity,
    meanUtilization: linkCapacity === 0 ? 0 : carried / (torus.linkCount * linkCapacity),
    linkBytes: () => candidate.linkBytes(torus),
    ...(candidate.whyClosedForm === undefined ? {} : { whyClosedForm: candidate.whyClosedForm }),
  };
}

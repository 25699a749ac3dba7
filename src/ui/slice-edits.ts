import { canonicalJson } from '../base/canonical-json.ts';
import { unwrap } from '../base/result.ts';
import { resolveSlice } from '../hardware/slice.ts';
import { cableName, withoutCablesNamed } from '../ici/cables.ts';
import { type Torus, torusFromSlice } from '../ici/topology.ts';
import type { RunReport } from '../machine/report.ts';
import { resolveChip } from '../study/resolve-chip.ts';
import type { Scenario } from '../study/scenario.ts';

/** Changes of the links between the chips: cables cut and repaired, wrap links twisted. */

export function torusOf(slice: RunReport['slice']): Torus {
  return withoutCablesNamed(torusFromSlice({ ...slice, slices: 1, notes: [] }), slice.without, 'slice');
}

/** A cable has two directed links; this one runs towards higher coordinates. */
function cableLink(torus: Torus, link: number): number {
  return torus.linkDirection(link) === 0 ? link : torus.reverseLink(link);
}

/** Cables that are out of order, by their upward links, the one that was cut first in front. */
export function cutCables(torus: Torus): readonly number[] {
  return [...new Set([...torus.missingLinks].map((link) => cableLink(torus, link)))];
}

export function withCableCut(scenario: Scenario, torus: Torus, link: number): Scenario {
  return withCables(scenario, torus, [...cutCables(torus), cableLink(torus, link)]);
}

export function withCableRepaired(scenario: Scenario, torus: Torus, link: number): Scenario {
  const cable = cableLink(torus, link);
  return withCables(
    scenario,
    torus,
    cutCables(torus).filter((each) => each !== cable),
  );
}

export function withAllCables(scenario: Scenario): Scenario {
  const { without: _, ...slice } = scenario.slice;
  return { ...scenario, slice };
}

function withCables(scenario: Scenario, torus: Torus, cables: readonly number[]): Scenario {
  const whole = withAllCables(scenario);
  if (cables.length === 0) return whole;
  const without = [...new Set(cables)].map((link) => cableName(torus, link));
  return { ...whole, slice: { ...whole.slice, without } };
}

/**
 * The same chips with their wrap links twisted, or regular again if they are; `undefined` where the chip
 * has no such slice. A cut wrap link would be another cable then, so all cables are in order.
 */
export function withOtherTwist(scenario: Scenario): Scenario | undefined {
  const { twisted, ...slice } = withAllCables(scenario).slice;
  const next: Scenario = { ...scenario, slice: twisted ? slice : { ...slice, twisted: true } };
  const chip = resolveChip(next);
  return chip.ok && resolveSlice(unwrap(chip), next.slice).ok ? next : undefined;
}

/** What `present` is compared with when `baseline` is beside it, in a word or two; `undefined` if not at all. */
export function baselineName(baseline: Scenario, present: Scenario): string | undefined {
  if (canonicalJson(baseline.workload) !== canonicalJson(present.workload)) return undefined;
  if (canonicalJson(baseline) === canonicalJson(present)) return undefined;
  const same = (change: (scenario: Scenario) => Scenario): boolean =>
    canonicalJson(change(baseline)) === canonicalJson(change(present));
  if (same(withAllCables)) {
    const cut = baseline.slice.without?.length ?? 0;
    return cut === 0 ? 'every cable in order' : `${cut} ${cut === 1 ? 'cable' : 'cables'} cut`;
  }
  const regular = (scenario: Scenario): Scenario => {
    const { twisted: _, ...slice } = scenario.slice;
    return { ...scenario, slice };
  };
  if (same(regular)) return baseline.slice.twisted ? 'the twisted torus' : 'the regular torus';
  return 'the baseline';
}

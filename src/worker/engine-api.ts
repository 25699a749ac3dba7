import type { RunReport } from '../machine/report.ts';
import type { Scenario } from '../study/scenario.ts';

/** How busy each link is while one collective runs. */
export interface LinkUtilization {
  /**
   * Share of the link's effective rate, in [0, 1], for each directed link. Index is
   * `(node * axes + axis) * 2 + direction` with direction 0 towards higher coordinates, node numbered with
   * axis 0 fastest; -1 where there is no link.
   */
  readonly utilization: Float32Array;
}

/** Something that failed on the other side, as plain data: one line of text, never markup. */
export interface EngineFailure {
  readonly kind: 'input' | 'internal';
  readonly message: string;
}

/** What the array's matrix product on this machine's GPU was found to be. */
export type GpuVerdict =
  | { readonly kind: 'exact'; readonly adapter: string; readonly kernel: string; readonly detail: string }
  | { readonly kind: 'different'; readonly adapter: string; readonly detail: string }
  | { readonly kind: 'absent'; readonly detail: string };

/** What the views ask of the engine. Every call runs outside of the main thread. */
export interface Engine {
  /** Load of every link while the collective `report.ops[op]` of `scenario` runs on its own. */
  linkUtilization(scenario: Scenario, op: number): Promise<LinkUtilization>;
}

/** A finished run: what was asked and what came of it. */
export interface Run {
  readonly scenario: Scenario;
  readonly report: RunReport;
  /** Digest of the report, as in a recording of it. */
  readonly digest: string;
  /** Time the engine took, seconds. */
  readonly engineSeconds: number;
}

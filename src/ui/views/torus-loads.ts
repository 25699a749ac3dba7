import { oneLine } from '../../base/result.ts';
import type { ActiveCollective, LoadPart } from '../../figure/torus-load.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { CollectiveLoss, Engine, LinkUtilization } from '../../worker/engine-api.ts';
import { TorusFlows } from './torus-flows.ts';

/** What is known of the links' loads at one moment. */
export interface LinkLoads {
  readonly parts: readonly LoadPart[];
  /** What missing links do to the collectives that they slow down. */
  readonly losses: readonly { readonly collective: ActiveCollective; readonly loss: CollectiveLoss }[];
  /** Some collective's load is still being computed. */
  readonly pending: boolean;
  /** The flows of some are: until then its mean by the closed form is shown. */
  readonly following: boolean;
  /** One line: why a load could not be had. */
  readonly failure: string | undefined;
}

type Known =
  | { readonly kind: 'pending' }
  | ({ readonly kind: 'known' } & LinkUtilization)
  | { readonly kind: 'failed'; readonly message: string };

/** Asks the engine for each collective's link loads once a run, and remembers the answers. */
export class TorusLoads {
  #report: RunReport | undefined;
  #byOp = new Map<number, Known>();
  readonly #flows: TorusFlows;

  /** @param arrived called when an answer has come, so that it is drawn */
  constructor(private readonly arrived: () => void) {
    this.#flows = new TorusFlows(arrived);
  }

  /** @param byFlows whether to follow every transfer, which costs the engine seconds on the largest slices */
  of(
    report: RunReport,
    scenario: Scenario | undefined,
    engine: Engine | undefined,
    active: readonly ActiveCollective[],
    cursorPs: number,
    byFlows: boolean,
  ): LinkLoads {
    if (report !== this.#report) {
      this.#report = report;
      this.#byOp = new Map();
    }
    if (scenario !== undefined && engine !== undefined) {
      this.#flows.want({ report, scenario, engine }, byFlows ? active : []);
    }
    const parts: LoadPart[] = [];
    const losses: LinkLoads['losses'][number][] = [];
    let pending = false;
    let failure: string | undefined;
    for (const collective of active) {
      const known = this.#byOp.get(collective.op) ?? this.#ask(scenario, engine, collective.op);
      if (known.kind === 'known') {
        const mean: LoadPart = { collective, utilization: known.utilization };
        parts.push(this.#flows.partAt(collective, cursorPs) ?? mean);
        if (known.loss !== undefined) losses.push({ collective, loss: known.loss });
      } else if (known.kind === 'failed') failure = known.message;
      else pending = true;
    }
    const following = active.some((collective) => this.#flows.isPending(collective));
    return { parts, losses, pending, following, failure };
  }

  #ask(scenario: Scenario | undefined, engine: Engine | undefined, op: number): Known {
    if (scenario === undefined || engine === undefined) return { kind: 'pending' };
    const answers = this.#byOp;
    const put = (known: Known): void => {
      answers.set(op, known);
      // A run that has been replaced meanwhile has nobody waiting.
      if (answers === this.#byOp) this.arrived();
    };
    answers.set(op, { kind: 'pending' });
    engine.linkUtilization(scenario, op).then(
      (answer) => put({ kind: 'known', ...answer }),
      (error: unknown) => put({ kind: 'failed', message: oneLine(String(error)) }),
    );
    return { kind: 'pending' };
  }
}

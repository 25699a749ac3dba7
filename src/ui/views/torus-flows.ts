import { clamp } from '../../base/integers.ts';
import type { ActiveCollective, LoadPart } from '../../figure/torus-load.ts';
import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { Engine } from '../../worker/engine-api.ts';
import type { LinkFlows } from '../../worker/link-times.ts';

/** The playhead has come to rest: what it only passes is not followed. */
const REST_MS = 150;
/** Three megabytes each on the largest slice that can be followed. */
const MAX_REMEMBERED = 12;

/** Of which run, and from whom. */
export interface FlowsContext {
  readonly report: RunReport;
  readonly scenario: Scenario;
  readonly engine: Engine;
}

type Answer = LinkFlows | 'not followed';

/** Asks for the flows of collectives, one at a time and once they stay on screen, and remembers the newest. */
export class TorusFlows {
  #report: RunReport | undefined;
  #answers = new Map<number, Answer>();
  #wanted: readonly ActiveCollective[] = [];
  #asked: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #moments = new Map<number, { readonly moment: number; readonly part: LoadPart }>();

  /** @param arrived called when an answer has come, so that it is drawn */
  constructor(private readonly arrived: () => void) {}

  /** Of these the flows are wanted, in this order; of none while others will do. */
  want(context: FlowsContext, collectives: readonly ActiveCollective[]): void {
    this.#follow(context);
    const wanted = collectives.filter(({ op }) => !this.#answers.has(op));
    const isSame = wanted[0]?.op === this.#wanted[0]?.op;
    this.#wanted = wanted;
    if (isSame && this.#timer !== undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (wanted.length === 0 || this.#asked !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#ask(context);
    }, REST_MS);
  }

  /** Whether the flows of this collective are on their way. */
  isPending({ op }: ActiveCollective): boolean {
    return this.#wanted.some((each) => each.op === op);
  }

  /** What it does to the links at the playhead; undefined where its flows are not known. */
  partAt(collective: ActiveCollective, cursorPs: number): LoadPart | undefined {
    const { op, range } = collective;
    const flows = this.#answers.get(op);
    if (flows === undefined || flows === 'not followed') return undefined;
    const share = (cursorPs - range.startPs) / (range.endPs - range.startPs);
    const moment = clamp(Math.floor(share * flows.count), 0, flows.count - 1);
    const last = this.#moments.get(op);
    if (last?.moment === moment && last.part.collective.iteration === collective.iteration) return last.part;
    const part = partOf(collective, flows, moment);
    this.#moments.set(op, { moment, part });
    return part;
  }

  #follow({ report, engine }: FlowsContext): void {
    if (report === this.#report) return;
    this.#report = report;
    this.#answers = new Map();
    this.#moments.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#asked === undefined) return;
    this.#asked = undefined;
    engine.cancelLinkFlows();
  }

  #ask({ engine, scenario }: FlowsContext): void {
    const [next] = this.#wanted;
    if (next === undefined) return;
    const answers = this.#answers;
    this.#asked = next.op;
    void engine.linkFlows(scenario, next.detail).then((outcome) => {
      // Of a run that has been replaced nobody wants to know any more.
      if (answers !== this.#answers) return;
      this.#asked = undefined;
      const [oldest] = answers.keys();
      if (oldest !== undefined && answers.size >= MAX_REMEMBERED) {
        answers.delete(oldest);
        this.#moments.delete(oldest);
      }
      answers.set(next.op, (outcome.kind === 'done' ? outcome.value : undefined) ?? 'not followed');
      this.arrived();
    });
  }
}

function partOf(collective: ActiveCollective, flows: LinkFlows, moment: number): LoadPart {
  const { seconds, count, busy, blocked, mean } = flows;
  const slots = busy.length / count;
  const at = (shares: Float32Array): Float32Array => shares.subarray(moment * slots, (moment + 1) * slots);
  return { collective, utilization: at(busy), flows: { seconds, blocked: at(blocked), mean } };
}

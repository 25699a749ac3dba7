import type { RunReport } from '../../machine/report.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { CollectiveWanted, Engine } from '../../worker/engine-api.ts';
import type { LinkTimes, LinkTransfers } from '../../worker/link-times.ts';

/** What is known of a collective's links over time. */
export type TimesAnswer =
  | { readonly kind: 'known'; readonly times: LinkTimes }
  | { readonly kind: 'pending'; readonly fraction: number; readonly what: string }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Of what run answers are wanted, and from whom. */
export interface TimesContext {
  readonly report: RunReport;
  readonly scenario: Scenario;
  readonly engine: Engine;
}

/** Moments for which the transfers of a link are remembered. */
const MAX_REMEMBERED = 500;

const WAITING: TimesAnswer = { kind: 'pending', fraction: 0, what: 'waiting' };

/** Asks for one collective at a time and remembers the answers of a run. */
export class LinkTimesSource {
  #report: RunReport | undefined;
  #answers = new Map<string, TimesAnswer>();
  #transfers = new Map<string, LinkTransfers | undefined>();
  #asked: string | undefined;
  #askedTransfers: string | undefined;
  /** The newest answer for a link, shown until the one for this moment has come. */
  #newest: { readonly of: string; readonly value: LinkTransfers | undefined } | undefined;

  /** @param arrived called when there is something new to draw */
  constructor(private readonly arrived: () => void) {}

  times(context: TimesContext, op: number, wanted: CollectiveWanted, bins: number): TimesAnswer {
    this.#follow(context);
    const key = `${op}/${bins}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    // The one in progress is of use later: it is finished first.
    if (this.#asked !== undefined) return WAITING;
    this.#ask(context, key, wanted, bins);
    return WAITING;
  }

  /** Who is on `link` at a moment: the latest answer for it until a newer one has come. */
  transfers(
    context: TimesContext,
    op: number,
    wanted: CollectiveWanted,
    link: number,
    seconds: number,
  ): { readonly known: LinkTransfers | undefined; readonly pending: boolean } {
    this.#follow(context);
    const key = `${op}/${link}/${seconds}`;
    if (this.#transfers.has(key)) return { known: this.#transfers.get(key), pending: false };
    if (this.#askedTransfers === undefined && this.#asked === undefined) {
      this.#askTransfers(context, key, wanted, link, seconds);
    }
    const isSame = this.#newest?.of === `${op}/${link}`;
    return { known: isSame ? this.#newest?.value : undefined, pending: true };
  }

  /** Gives up what is being computed. */
  cancel({ engine }: TimesContext): void {
    engine.cancelLinkTimes();
  }

  /** Forgets what was given up, so that it is asked for again. */
  retry(): void {
    for (const [key, answer] of this.#answers) if (answer.kind === 'cancelled') this.#answers.delete(key);
    this.arrived();
  }

  #follow({ report, engine }: TimesContext): void {
    if (report === this.#report) return;
    this.#report = report;
    this.#answers = new Map();
    this.#transfers = new Map();
    this.#askedTransfers = undefined;
    if (this.#asked === undefined) return;
    this.#asked = undefined;
    engine.cancelLinkTimes();
  }

  #ask({ engine, scenario }: TimesContext, key: string, wanted: CollectiveWanted, bins: number): void {
    const answers = this.#answers;
    const put = (answer: TimesAnswer): void => {
      // Of a run that has been replaced nobody wants to know any more.
      if (answers !== this.#answers) return;
      answers.set(key, answer);
      if (answer.kind !== 'pending') this.#asked = undefined;
      this.arrived();
    };
    this.#asked = key;
    const tell = (fraction: number, what: string): void => {
      // Progress comes through a port of its own and may arrive after the answer.
      if (this.#asked === key) put({ kind: 'pending', fraction, what });
    };
    void engine.linkTimes(scenario, wanted, bins, tell).then((outcome) => {
      if (outcome.kind === 'done') put({ kind: 'known', times: outcome.value });
      else put(outcome.kind === 'cancelled' ? outcome : { kind: 'failed', message: outcome.message });
    });
  }

  #askTransfers(
    { engine, scenario }: TimesContext,
    key: string,
    wanted: CollectiveWanted,
    link: number,
    seconds: number,
  ): void {
    const transfers = this.#transfers;
    this.#askedTransfers = key;
    void engine.linkTransfers(scenario, wanted, link, seconds).then((outcome) => {
      if (transfers !== this.#transfers) return;
      this.#askedTransfers = undefined;
      // Given up with the rest: asked again when it is next wanted.
      if (outcome.kind === 'cancelled') return;
      const value = outcome.kind === 'done' ? outcome.value : undefined;
      if (transfers.size >= MAX_REMEMBERED) transfers.clear();
      transfers.set(key, value);
      this.#newest = { of: key.slice(0, key.lastIndexOf('/')), value };
      this.arrived();
    });
  }
}

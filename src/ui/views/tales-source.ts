import type { CollectiveWanted } from '../../worker/engine-api.ts';
import type { Tale } from '../../worker/transfer-tales.ts';
import type { TransferFocus } from '../transfer-focus.ts';
import type { TimesContext } from './link-times-source.ts';

/** What is known of a transfer or a chain. */
export type TaleAnswer =
  | { readonly kind: 'known'; readonly tale: Tale }
  | { readonly kind: 'pending' }
  /** One line: why there is nothing to tell. */
  | { readonly kind: 'failed'; readonly message: string };

/** Tales that are remembered: a walk along a chain goes back and forth. */
const MAX_REMEMBERED = 200;

/** Asks the engine for the lives of single transfers, one at a time, and remembers those of a run. */
export class TalesSource {
  #report: TimesContext['report'] | undefined;
  #answers = new Map<string, TaleAnswer>();
  #asked: string | undefined;

  /** @param arrived called when there is something new to draw */
  constructor(private readonly arrived: () => void) {}

  of(context: TimesContext, focus: TransferFocus, wanted: CollectiveWanted): TaleAnswer {
    if (context.report !== this.#report) {
      this.#report = context.report;
      this.#answers = new Map();
      this.#asked = undefined;
    }
    const key = `${focus.op}/${focus.kind === 'chain' ? 'chain' : focus.transfer}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    if (this.#asked === undefined) this.#ask(context, key, focus, wanted);
    return { kind: 'pending' };
  }

  #ask(
    { engine, scenario }: TimesContext,
    key: string,
    { op: _, ...tale }: TransferFocus,
    wanted: CollectiveWanted,
  ): void {
    const answers = this.#answers;
    this.#asked = key;
    void engine.transferTale(scenario, wanted, tale).then((outcome) => {
      // Of a run that has been replaced nobody wants to know any more.
      if (answers !== this.#answers) return;
      this.#asked = undefined;
      if (answers.size >= MAX_REMEMBERED) answers.clear();
      // What was given up with the rest is asked again when it is next wanted.
      if (outcome.kind !== 'cancelled') answers.set(key, answerOf(outcome));
      this.arrived();
    });
  }
}

function answerOf(
  outcome:
    | { readonly kind: 'done'; readonly value: Tale | undefined }
    | { readonly kind: 'refused'; readonly message: string },
): TaleAnswer {
  if (outcome.kind === 'refused') return { kind: 'failed', message: outcome.message };
  return outcome.value === undefined
    ? { kind: 'failed', message: 'Its transfers were not followed one by one.' }
    : { kind: 'known', tale: outcome.value };
}

import { CancelledError } from '../base/progress.ts';
import { InputError, oneLine } from '../base/result.ts';

/** What came of a request, as plain data that crosses threads. `message` is one line of text. */
export type Outcome<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Where the engine is: a fraction in [0, 1] and what it does now. */
export type ProgressListener = (fraction: number, what: string) => void;

/** What `work` gives, or why it does not: nothing is thrown. */
export async function outcomeOf<T>(work: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: 'done', value: await work() };
  } catch (error) {
    if (error instanceof CancelledError) return { kind: 'cancelled' };
    if (error instanceof InputError) return { kind: 'refused', message: error.message };
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', message: oneLine(`a fault of Systole, please report it: ${reason}`) };
  }
}

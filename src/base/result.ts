/** The outcome of something that may be refused for a reason the user can act on. */
export type Result<T, E = InputError> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function err<E>(error: E): { readonly ok: false; readonly error: E } {
  return { ok: false, error };
}

/**
 * Something a person or a file gave us that we cannot use. The message is one line and says where the
 * problem is and what was expected there; it is text and never markup.
 */
export class InputError extends Error {
  override readonly name = 'InputError';

  /**
   * @param place where it is: a JSON path, an option (`--slice`), a file with line and column
   * @param problem what was found and what was expected instead
   */
  constructor(
    readonly place: string,
    readonly problem: string,
  ) {
    super(oneLine(`${place}: ${problem}`));
  }
}

const MAX_MESSAGE_CHARACTERS = 400;

/** Input text may hold newlines, control characters or megabytes: keep a message one short line. */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being removed
  const flat = text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
  return flat.length > MAX_MESSAGE_CHARACTERS ? `${flat.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…` : flat;
}

/** Value of a result, or its error thrown: for callers whose own caller reports `InputError`s. */
export function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw result.error;
  return result.value;
}

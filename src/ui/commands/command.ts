import type { KeyStroke } from './keys.ts';

/** Something a user can do. Palette, keys, buttons and tests all go through here. */
export interface Command {
  /** As in `time.play`; stays the same for ever. */
  readonly id: string;
  readonly label: string;
  readonly keys: readonly KeyStroke[];
  /** Whether it makes sense now. */
  enabled(): boolean;
  readonly action: CommandAction;
}

type CommandAction =
  | { readonly kind: 'run'; run(): void | Promise<void> }
  /** Asks for one line of text first. */
  | { readonly kind: 'prompt'; readonly prompt: Prompt };

/** One question, answered in one line of text. */
export interface Prompt {
  /** What is asked for, as in `Slice`. */
  readonly label: string;
  /** How an answer looks, as in `4x4x8`. */
  readonly hint: string;
  initial(): string;
  suggestions(): readonly Suggestion[];
  /** Only what is suggested is an answer: typing then narrows the list. */
  readonly closed?: boolean;
  /** Acts on the answer. What is returned is the reason why it was refused, one line. */
  apply(text: string): string | undefined | Promise<string | undefined>;
}

export interface Suggestion {
  readonly value: string;
  readonly detail: string;
  /** What is shown when it is not the value itself. */
  readonly label?: string;
}

/** Suggestions whose words all occur in the text; all of them while the text is as it was given. */
export function matchingSuggestions(
  suggestions: readonly Suggestion[],
  text: string,
  initial: string,
): readonly Suggestion[] {
  if (text === initial) return suggestions;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return suggestions.filter((each) => {
    const whole = `${each.label ?? ''} ${each.value} ${each.detail}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

export function runCommand(
  id: string,
  label: string,
  keys: readonly KeyStroke[],
  run: () => void | Promise<void>,
  enabled: () => boolean = () => true,
): Command {
  return { id, label, keys, enabled, action: { kind: 'run', run } };
}

export function promptCommand(
  id: string,
  label: string,
  keys: readonly KeyStroke[],
  prompt: Prompt,
  enabled: () => boolean = () => true,
): Command {
  return { id, label, keys, enabled, action: { kind: 'prompt', prompt } };
}

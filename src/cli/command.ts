import type { Json } from '../base/canonical-json.ts';

/** One command of the command line. Input errors are thrown as `InputError`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** How it is called, for `--help` and for the message when it is called wrongly. */
  readonly usage: string;
  run(args: readonly string[], context: CommandContext): Promise<CommandOutcome>;
}

export interface CommandContext {
  /** Progress and remarks; never part of the result. */
  note(text: string): void;
}

export interface CommandOutcome {
  /** The document that `--json` prints. */
  readonly json: Json;
  /** The same for people. */
  readonly text: string;
  /** True when a check failed: the process ends with 1. */
  readonly checkFailed?: boolean;
}

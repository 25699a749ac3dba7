import { parseArgs } from 'node:util';
import { InputError } from '../base/result.ts';

interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly multiple?: boolean;
  readonly short?: string;
}

/** What was given on the command line, read by name and checked as it is read. */
export interface Options {
  /** Words that are not options, in order. */
  readonly positionals: readonly string[];
  has(name: string): boolean;
  flag(name: string): boolean;
  text(name: string): string | undefined;
  requiredText(name: string): string;
  texts(name: string): readonly string[];
  /** A whole number in [minimum, maximum]; `undefined` when not given. */
  integer(name: string, range: IntegerRange): number | undefined;
  requiredInteger(name: string, range: IntegerRange): number;
  /** A finite number in [minimum, maximum]; `undefined` when not given. */
  number(name: string, range: IntegerRange): number | undefined;
  choice<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

export interface IntegerRange {
  readonly minimum: number;
  readonly maximum: number;
}

/** Parses `args` against `specs`; an unknown option, or a value where none belongs, is an `InputError`. */
export function parseOptions(
  args: readonly string[],
  specs: Readonly<Record<string, OptionSpec>>,
  positionals: { readonly minimum: number; readonly maximum: number; readonly names: string },
): Options {
  const parsed = parse(args, specs);
  if (parsed.positionals.length < positionals.minimum || parsed.positionals.length > positionals.maximum) {
    throw new InputError(
      'arguments',
      `expected ${positionals.names || 'none'}, found ${parsed.positionals.length}`,
    );
  }
  const values = parsed.values as Readonly<
    Record<string, string | boolean | (string | boolean)[] | undefined>
  >;
  const label = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);
  const text = (name: string): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const required = <T>(name: string, value: T | undefined): T => {
    if (value === undefined) throw new InputError(label(name), 'is required');
    return value;
  };
  const number = (name: string, range: IntegerRange): number | undefined => {
    const given = text(name);
    return given === undefined ? undefined : parseNumber(label(name), given, range);
  };
  const integer = (name: string, range: IntegerRange): number | undefined => {
    const given = text(name);
    return given === undefined ? undefined : parseInteger(label(name), given, range);
  };
  return {
    positionals: parsed.positionals,
    has: (name) => values[name] !== undefined,
    flag: (name) => values[name] === true,
    text,
    requiredText: (name) => required(name, text(name)),
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
    integer,
    requiredInteger: (name, range) => required(name, integer(name, range)),
    number,
    choice: (name, choices) => {
      const given = text(name);
      if (given === undefined) return undefined;
      const found = choices.find((choice) => choice === given);
      if (found === undefined) {
        throw new InputError(label(name), `expected one of ${choices.join(', ')}, found "${given}"`);
      }
      return found;
    },
  };
}

/** `text` as a whole number in `range`, written in decimal digits. */
export function parseInteger(place: string, text: string, range: IntegerRange): number {
  const value = parseNumber(place, text, range);
  if (!Number.isSafeInteger(value)) throw new InputError(place, `expected a whole number, found "${text}"`);
  return value;
}

function parseNumber(place: string, text: string, range: IntegerRange): number {
  const wellFormed = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const value = wellFormed ? Number(text) : Number.NaN;
  if (!Number.isFinite(value) || value < range.minimum || value > range.maximum) {
    throw new InputError(
      place,
      `expected a number from ${range.minimum} to ${range.maximum}, found "${text}"`,
    );
  }
  return value;
}

/** `-m -5` as `--m=-5`: what looks like a number after an option that takes a value is its value. */
function withValuesJoined(args: readonly string[], specs: Readonly<Record<string, OptionSpec>>): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const name = joined.at(-1)?.match(/^--?([^-=][^=]*)$/)?.[1];
    const takesValue = name !== undefined && specs[name]?.type === 'string';
    if (takesValue && /^-[\d.]/.test(arg)) joined.splice(-1, 1, `--${name}=${arg}`);
    else joined.push(arg);
  }
  return joined;
}

function parse(args: readonly string[], specs: Readonly<Record<string, OptionSpec>>) {
  try {
    const result = parseArgs({
      args: withValuesJoined(args, specs),
      options: { ...specs },
      allowPositionals: true,
      tokens: true,
    });
    const seen = new Set<string>();
    for (const token of result.tokens ?? []) {
      if (token.kind !== 'option' || specs[token.name]?.multiple) continue;
      if (seen.has(token.name)) throw new InputError(token.rawName, 'is given more than once');
      seen.add(token.name);
    }
    return result;
  } catch (error) {
    if (error instanceof InputError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    // Node explains at length; its first sentence says what is wrong.
    throw new InputError('arguments', message.replace(/\. .*$/s, ''));
  }
}

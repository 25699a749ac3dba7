import * as v from 'valibot';
import { err, InputError, ok, type Result } from './result.ts';

/** `value` checked against `schema`; the error is one line with the path of the first thing at fault. */
export function parseWith<TSchema extends v.GenericSchema>(
  schema: TSchema,
  value: unknown,
  place: string,
): Result<v.InferOutput<TSchema>> {
  const parsed = v.safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return ok(parsed.output);
  // A place is a file or a link here: its name and the path inside it stay apart.
  return err(new InputError(place, schemaError(parsed.issues, '').message.replace(/^: /, '')));
}

const MAX_FOUND_CHARACTERS = 60;

/**
 * One line for the first issue that a schema found: the field under `place`, what was expected there and
 * what was found. A schema that checks text against a pattern says the expectation as the check's message.
 */
export function schemaError(issues: readonly v.BaseIssue<unknown>[], place: string): InputError {
  if (issues[0] === undefined) return new InputError(place, 'is not what was expected');
  const { issue, path } = deepestIssue(issues[0]);
  return new InputError(joinPath(place, path), problemOf(issue));
}

/** `path` under `place`; either may be empty. */
export function joinPath(place: string, path: string): string {
  return place === '' || path === '' ? `${place}${path}` : `${place}.${path}`;
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const isKey = issue.path?.at(-1)?.origin === 'key';
  if (isKey && issue.expected === 'never') return 'is not a known field';
  if (isKey) return 'is missing';
  const found =
    issue.received.length > MAX_FOUND_CHARACTERS
      ? `${issue.received.slice(0, MAX_FOUND_CHARACTERS)}…`
      : issue.received;
  return `expected ${expectationOf(issue)}, found ${found}`;
}

function expectationOf(issue: v.BaseIssue<unknown>): string {
  switch (issue.type) {
    case 'regex':
      return issue.message;
    case 'integer':
    case 'safe_integer':
      return 'a whole number';
    case 'finite':
      return 'a finite number';
    default:
      return issue.expected ?? issue.message;
  }
}

interface Found {
  readonly issue: v.BaseIssue<unknown>;
  readonly path: string;
}

/** Of a union's issue, that of the member that got furthest: it names the field that is wrong. */
function deepestIssue(issue: v.BaseIssue<unknown>, above = ''): Found {
  const path = joinPath(above, v.getDotPath(issue) ?? '');
  const inner = (issue.issues ?? []).map((each) => deepestIssue(each, path));
  return inner.reduce((best, each) => (each.path.length > best.path.length ? each : best), { issue, path });
}

/** `text` as JSON; the error says where in the text it stops being JSON. */
export function parseJson(text: string, place: string): Result<unknown> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch (error) {
    return err(new InputError(place, `expected JSON${positionOf(error, text)}`));
  }
}

/** Engines tell the position in different words, or not at all. */
function positionOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const found = /position (\d+)/.exec(message);
  if (found === null) return text.trim() === '' ? ', found nothing' : `, found ${describeStart(text)}`;
  const before = text.slice(0, Number(found[1]));
  const line = before.split('\n').length;
  const column = before.length - before.lastIndexOf('\n');
  return `, which stops at line ${line}, column ${column}`;
}

function describeStart(text: string): string {
  return JSON.stringify(text.slice(0, 20));
}

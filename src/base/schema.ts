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
  const issue = deepestIssue(parsed.issues[0]);
  const path = v.getDotPath(issue);
  const where = path === null ? place : `${place}: ${path}`;
  return err(new InputError(where, issue.message.replace(/^Invalid [a-z]+: E/, 'e')));
}

/** Of a union's issue, the issue of the member that got furthest: it names the field that is wrong. */
function deepestIssue(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const inner = (issue.issues ?? []).map(deepestIssue);
  return inner.reduce(
    (best, each) => ((each.path?.length ?? 0) > (best.path?.length ?? 0) ? each : best),
    issue,
  );
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

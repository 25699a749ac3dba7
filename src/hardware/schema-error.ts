import * as v from 'valibot';
import { InputError } from '../base/result.ts';

const MAX_FOUND_CHARACTERS = 60;

/**
 * One line for the first issue that a schema found: the field under `place`, what was expected there and
 * what was found. A schema that checks text against a pattern says the expectation as the check's message.
 */
export function schemaError(issues: readonly v.BaseIssue<unknown>[], place: string): InputError {
  const [issue] = issues;
  if (issue === undefined) return new InputError(place, 'is not what was expected');
  return new InputError(joinPath(place, v.getDotPath(issue) ?? ''), problemOf(issue));
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

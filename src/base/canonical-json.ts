import { assert } from './assert.ts';

/** Anything JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * One text for one value: keys sorted, no spaces, `undefined` members left out. Numbers print as
 * ECMAScript prints them, which is the same on every engine; NaN and infinities have no JSON form.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'number') assert(Number.isFinite(value), `${value} has no JSON form`);
  if (value === null || typeof value !== 'object') {
    const text = JSON.stringify(value);
    assert(text !== undefined, `${typeof value} has no JSON form`);
    return text;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

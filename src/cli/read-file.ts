import { readFile, stat } from 'node:fs/promises';
import { InputError } from '../base/result.ts';

/** Text of a file of at most `maximumBytes`; anything else is an `InputError` that names the file. */
export async function readTextFile(path: string, maximumBytes: number): Promise<string> {
  const info = await stat(path).catch((error: unknown) => {
    throw new InputError(path, `cannot be read (${codeOf(error)})`);
  });
  if (!info.isFile()) throw new InputError(path, 'expected a file');
  if (info.size > maximumBytes) {
    throw new InputError(path, `expected at most ${maximumBytes} bytes, found ${info.size}`);
  }
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new InputError(path, `cannot be read (${codeOf(error)})`);
  });
}

/** What the system calls the failure, as in ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

import { rename, writeFile } from 'node:fs/promises';
import { InputError } from '../base/result.ts';

/** Writes a file whole or not at all: a reader never sees half of one. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new InputError(path, `cannot be written (${code})`);
  }
}

import { rename, writeFile } from 'node:fs/promises';
import { InputError } from '../base/result.ts';
import { codeOf } from './read-file.ts';

/** Writes a file whole or not at all: a reader never sees half of one. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, path);
  } catch (error) {
    throw new InputError(path, `cannot be written (${codeOf(error)})`);
  }
}

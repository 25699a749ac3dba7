import { closeDawn, openDawn } from './dawn.ts';
import { type Options, readOptions, USAGE, UsageError } from './options.ts';

/**
 * Runs a benchmark as a program: `work` returns its document, printed as JSON, and whether all is well.
 * Exit status 0 or 1 for that, 2 for bad options or no adapter.
 */
export async function runAsProgram(
  work: (gpu: GPU, options: Options) => Promise<{ readonly document: object; readonly ok: boolean }>,
): Promise<void> {
  try {
    const options = readOptions(process.argv.slice(2), process.env);
    const { document, ok } = await work(openDawn(options.dawnPath), options);
    process.stdout.write(`${JSON.stringify(document, undefined, 1)}\n`);
    process.exitCode = ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    note(`${error.message}\n${USAGE}`);
    process.exitCode = 2;
  } finally {
    closeDawn();
  }
}

/** Progress, beside the document on stdout. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

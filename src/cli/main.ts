import { AssertionError } from '../base/assert.ts';
import { InputError, oneLine } from '../base/result.ts';
import type { Command, CommandOutcome } from './command.ts';
import { COMMANDS } from './commands.ts';

const EXIT_DONE = 0;
const EXIT_CHECK_FAILED = 1;
const EXIT_BAD_INPUT = 2;

// A reader such as `head` may close the pipe before everything is written: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const args = words.filter((word) => word !== '--json');
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(overview());
    return name === undefined ? EXIT_BAD_INPUT : EXIT_DONE;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (command === undefined) {
    return refuse(
      `${name}: unknown command, expected one of ${COMMANDS.map((each) => each.name).join(', ')}`,
    );
  }
  if (rest.includes('--help')) {
    process.stdout.write(`${command.summary}\n\nsystole ${command.usage}\n`);
    return EXIT_DONE;
  }
  return runCommand(command, rest, args.length !== words.length);
}

async function runCommand(command: Command, args: readonly string[], asJson: boolean): Promise<number> {
  let outcome: CommandOutcome;
  try {
    outcome = await command.run(args, { note: (text) => process.stderr.write(`${text}\n`) });
  } catch (error) {
    if (error instanceof InputError) return refuse(`${command.name}: ${error.message}`);
    if (error instanceof AssertionError)
      process.stderr.write('This is a fault of Systole, please report it.\n');
    throw error;
  }
  await write(asJson ? `${JSON.stringify(outcome.json, undefined, 2)}\n` : `${outcome.text}\n`);
  return outcome.checkFailed ? EXIT_CHECK_FAILED : EXIT_DONE;
}

function refuse(message: string): number {
  process.stderr.write(`${oneLine(message)}\n`);
  return EXIT_BAD_INPUT;
}

/** Resolves once the text has left: a pipe takes 64 KiB at a time. */
function write(text: string): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.write(text, () => resolve());
  });
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `systole <command> … [--json]\n\n${lines.join('\n')}\n\nsystole <command> --help tells how each is called.\n`;
}

import type { Command } from './command.ts';
import { arrayCommand } from './commands/array.ts';
import { chipsCommand } from './commands/chips.ts';
import { collectiveCommand } from './commands/collective.ts';

/** Every command, in the order in which the overview lists them. One file each under `commands/`. */
export const COMMANDS: readonly Command[] = [chipsCommand, arrayCommand, collectiveCommand];

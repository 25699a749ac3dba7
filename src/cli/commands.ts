import type { Command } from './command.ts';
import { arrayCommand } from './commands/array.ts';
import { chipsCommand } from './commands/chips.ts';
import { collectiveCommand } from './commands/collective.ts';
import { gemmCommand } from './commands/gemm.ts';
import { numericsCommand } from './commands/numerics.ts';
import { replayCommand } from './commands/replay.ts';
import { runCommand } from './commands/run.ts';
import { scaleSimCommand } from './commands/scale-sim.ts';
import { textbookCommand } from './commands/textbook.ts';
import { trafficCommand } from './commands/traffic.ts';
import { validateCommand } from './commands/validate.ts';
import { workloadsCommand } from './commands/workloads.ts';

/** Every command, in the order in which the overview lists them. One file each under `commands/`. */
export const COMMANDS: readonly Command[] = [
  chipsCommand,
  workloadsCommand,
  arrayCommand,
  scaleSimCommand,
  gemmCommand,
  collectiveCommand,
  trafficCommand,
  numericsCommand,
  runCommand,
  replayCommand,
  validateCommand,
  textbookCommand,
];

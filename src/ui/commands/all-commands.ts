import type { App } from '../app.ts';
import type { Command } from './command.ts';
import { exportCommands } from './export-commands.ts';
import { fileCommands } from './file-commands.ts';
import { matchesKey } from './keys.ts';
import { numericsCommands } from './numerics-commands.ts';
import { pageCommands } from './page-commands.ts';
import { scenarioCommands } from './scenario-commands.ts';
import { timeCommands } from './time-commands.ts';
import { timelineCommands } from './timeline-commands.ts';
import { torusCommands } from './torus-commands.ts';

/** Every command, in the order in which palette and key list show them. */
export function createCommands(app: App): readonly Command[] {
  return [
    ...timeCommands(app),
    ...timelineCommands(app),
    ...scenarioCommands(app),
    ...torusCommands(app),
    ...numericsCommands(app),
    ...fileCommands(app),
    ...exportCommands(app),
    ...pageCommands(app),
  ];
}

/** The command that a key press asks for, if it can be done now. */
export function commandForKey(commands: readonly Command[], event: KeyboardEvent): Command | undefined {
  return commands.find(
    (command) => command.keys.some((stroke) => matchesKey(stroke, event)) && command.enabled(),
  );
}

/** Does it, or opens the question that comes first. */
export async function invoke(app: App, command: Command): Promise<void> {
  if (!command.enabled()) return;
  if (command.action.kind === 'prompt') {
    app.store.update({ dialog: { kind: 'prompt', command: command.id } });
    return;
  }
  await command.action.run();
}

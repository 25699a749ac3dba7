import type { App } from '../app.ts';
import { invoke } from './all-commands.ts';
import type { Prompt } from './command.ts';
import { keyText } from './keys.ts';

/** Every command that can be done now, by typing part of its name. */
export function palettePrompt(app: App): Prompt {
  return {
    label: 'Command',
    hint: 'type part of its name',
    closed: true,
    initial: () => '',
    suggestions: () =>
      app.commands
        .filter((command) => command.enabled())
        .map((command) => ({
          value: command.id,
          label: command.label,
          detail: command.keys.map(keyText).join('  '),
        })),
    apply: async (id) => {
      const command = app.commands.find((each) => each.id === id);
      if (command === undefined) return `no command is called "${id.slice(0, 40)}"`;
      app.store.update({ dialog: undefined });
      await invoke(app, command);
      return undefined;
    },
  };
}

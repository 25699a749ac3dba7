import type { App } from '../app.ts';
import { meantMatmul } from '../views/numerics-choices.ts';
import { type Command, runCommand } from './command.ts';
import { key } from './keys.ts';

export function numericsCommands(app: App): readonly Command[] {
  const meant = (): number | undefined => {
    const index = app.timelineIndex();
    return index && meantMatmul(index, app.state.selectedOp, app.state.cursorPs);
  };
  return [
    runCommand(
      'numerics.open',
      'Numerics of this matmul: formats and sums against fp64',
      [key('KeyN')],
      () => {
        const op = meant();
        if (op !== undefined) app.store.update({ dialog: { kind: 'numerics', op } });
      },
      () => meant() !== undefined,
    ),
  ];
}

import type { App } from '../app.ts';
import { downloadText } from '../files.ts';
import { STAGE_VIEWS } from '../state.ts';
import { type Command, runCommand } from './command.ts';
import { fileStem } from './file-commands.ts';

/** What is on screen, for other programs. */
export function exportCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  return [
    runCommand(
      'export.trace',
      'Save the timeline as a trace for ui.perfetto.dev',
      [],
      () => trace(app),
      hasRun,
    ),
    ...STAGE_VIEWS.map((view) =>
      runCommand(
        `export.${view}`,
        `Save the ${view} as it is now, as SVG`,
        [],
        () => {
          const svg = app.stage?.[view].toSvg();
          if (svg === undefined) app.note(`The ${view} shows nothing that could be saved.`);
          else downloadText(`${fileStem(app)}.${view}.svg`, 'image/svg+xml', svg);
        },
        () => hasRun() && app.stage !== undefined,
      ),
    ),
  ];
}

async function trace(app: App): Promise<void> {
  const text = await app.traceText();
  if (text !== undefined) downloadText(`${fileStem(app)}.trace.json`, 'application/json', text);
}

import type { App } from '../app.ts';
import { downloadText, pickFile } from '../files.ts';
import { type Command, promptCommand, runCommand } from './command.ts';
import { commandKey } from './keys.ts';

const TEXT_TYPE = 'application/json';

export function fileCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  return [
    runCommand('file.open', 'Open a scenario or recording …', [commandKey('KeyO')], async () => {
      const file = await pickFile('.json,application/json');
      if (file !== undefined) await app.openFile(file, file.name);
    }),
    runCommand('file.save', 'Save a recording', [commandKey('KeyS')], () => save(app), hasRun),
    runCommand(
      'file.saveScenario',
      'Save the scenario alone',
      [commandKey('KeyS', true)],
      () => {
        const scenario = app.state.run?.scenario;
        if (scenario === undefined) return;
        downloadText(
          `${fileStem(app)}.scenario.json`,
          TEXT_TYPE,
          `${JSON.stringify(scenario, undefined, 2)}\n`,
        );
      },
      hasRun,
    ),
    runCommand('file.share', 'Copy a link to this run', [], () => share(app), hasRun),
    promptCommand('file.paste', 'Paste a link or a scenario …', [], {
      label: 'Link or JSON',
      hint: 'a link made by "Copy a link", or the text of a scenario or recording',
      initial: () => '',
      suggestions: () => [],
      apply: (text) => openText(app, text),
    }),
  ];
}

async function save(app: App): Promise<void> {
  const notes = app.state.recording?.notes ?? [];
  const text = await app.recordingText(notes);
  if (text !== undefined) downloadText(`${fileStem(app)}.systole.json`, TEXT_TYPE, text);
}

/** The address names the run on screen at all times, so sharing is copying it. */
async function share(app: App): Promise<void> {
  await app.updateAddress();
  try {
    await navigator.clipboard.writeText(location.href);
    app.note('The link is copied. It holds the whole scenario; nothing was uploaded.');
  } catch {
    app.note('The address bar holds the link: copy it from there. It contains the whole scenario.');
  }
}

/** Opens pasted text: an address with a fragment, or JSON. Resolves to why it could not. */
export async function openText(app: App, text: string): Promise<string | undefined> {
  const trimmed = text.trim();
  if (trimmed === '') return 'expected a link or JSON, found nothing';
  const before = app.state.run;
  if (trimmed.startsWith('{')) {
    await app.openFile(new Blob([trimmed]), 'pasted text');
  } else {
    const hash = trimmed.indexOf('#');
    if (hash < 0) return 'expected a link with a # part, or JSON';
    await app.openAddress(trimmed.slice(hash));
  }
  return app.state.run === before ? app.state.notices.at(-1)?.text : undefined;
}

/** The run's title as the beginning of a file's name. */
export function fileStem(app: App): string {
  const title = app.state.run?.report.title ?? 'systole';
  return (
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .slice(0, 60) || 'systole'
  );
}

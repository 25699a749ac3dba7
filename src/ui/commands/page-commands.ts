import type { App } from '../app.ts';
import { PLACES, type Place, STAGE_VIEWS, THEMES } from '../state.ts';
import { type Command, runCommand } from './command.ts';
import { commandKey, key } from './keys.ts';

export const PLACE_LABELS: Readonly<Record<Place, string>> = {
  run: 'Run',
  explore: 'Explore',
  learn: 'Learn',
  replay: 'Replay',
  trust: 'Trust',
};

export function pageCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  const isRunning = (): boolean => app.state.status.kind === 'running';
  return [
    runCommand(
      'run.start',
      'Run again',
      [commandKey('Enter')],
      async () => {
        const scenario = app.state.run?.scenario;
        if (scenario !== undefined) await app.change(scenario);
      },
      hasRun,
    ),
    runCommand('run.cancel', 'Cancel the run', [], () => app.cancel(), isRunning),
    runCommand(
      'compare.keep',
      'Keep this run to compare with',
      [key('KeyB')],
      () => {
        app.store.update({ baseline: app.state.run });
        app.note('Kept as the baseline. Change something, then see Explore.');
      },
      hasRun,
    ),
    runCommand(
      'compare.forget',
      'Forget the baseline',
      [],
      () => app.store.update({ baseline: undefined }),
      () => app.state.baseline !== undefined,
    ),
    ...PLACES.map((place, index) =>
      runCommand(`places.${place}`, `Go to ${PLACE_LABELS[place]}`, [key(`Digit${index + 1}`)], () =>
        app.goTo(place),
      ),
    ),
    ...STAGE_VIEWS.map((view) =>
      runCommand(`stage.${view}`, `Show the ${view} on a narrow screen`, [], () =>
        app.store.update({ stageView: view, place: 'run' }),
      ),
    ),
    runCommand('theme.toggle', 'Theme: system, light, dark', [key('KeyT')], () => {
      const next = THEMES[(THEMES.indexOf(app.state.theme) + 1) % THEMES.length] ?? 'system';
      app.store.update({ theme: next });
      app.remember();
    }),
    runCommand('page.palette', 'All commands', [commandKey('KeyK'), commandKey('KeyP', true)], () => {
      app.store.update({ dialog: app.state.dialog?.kind === 'palette' ? undefined : { kind: 'palette' } });
    }),
    runCommand('page.keys', 'Keyboard', [{ types: '?' }], () => {
      app.store.update({ dialog: app.state.dialog?.kind === 'keys' ? undefined : { kind: 'keys' } });
    }),
    runCommand(
      'page.dismiss',
      'Dismiss messages',
      [],
      () => app.store.update({ notices: [] }),
      () => app.state.notices.length > 0,
    ),
  ];
}

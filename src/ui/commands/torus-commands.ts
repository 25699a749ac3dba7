import { collectivesAt } from '../../figure/torus-load.ts';
import type { Torus } from '../../ici/topology.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { App } from '../app.ts';
import { shownCollective } from '../shown-collective.ts';
import {
  cutCables,
  torusOf,
  withAllCables,
  withCableCut,
  withCableRepaired,
  withOtherTwist,
} from '../slice-edits.ts';
import { type Command, type Prompt, promptCommand, runCommand } from './command.ts';
import { key, shiftKey } from './keys.ts';

/** What can be done to the links between the chips; every change is a run and can be undone. */
export function torusCommands(app: App): readonly Command[] {
  const hasCuts = (): boolean => (app.state.run?.scenario.slice.without ?? []).length > 0;
  return [
    runCommand(
      'torus.worst',
      'Find the busiest link',
      [shiftKey('KeyW')],
      () => {
        app.store.update({ stageView: 'torus' });
        app.stage?.torus.selectWorst();
      },
      () => app.stage !== undefined && app.state.run !== undefined,
    ),
    runCommand(
      'torus.cut',
      'Cut the selected cable, or repair it',
      [key('KeyX')],
      () => cutOrRepair(app),
      () => app.state.run !== undefined && app.state.selectedLink !== undefined,
    ),
    promptCommand('torus.repair', 'Repair a cable …', [], repairPrompt(app), hasCuts),
    runCommand(
      'torus.repairAll',
      'Repair all cables',
      [shiftKey('KeyX')],
      async () => void (await change(app, withAllCables)),
      hasCuts,
    ),
    runCommand(
      'torus.twist',
      'Twist the wraparound links, or straighten them',
      [shiftKey('KeyT')],
      async () => void (await change(app, withOtherTwist)),
      () => app.state.run !== undefined && withOtherTwist(app.state.run.scenario) !== undefined,
    ),
    runCommand(
      'torus.chain',
      'Walk the critical chain of the collective under the playhead',
      [shiftKey('KeyC')],
      () => walkChain(app),
      () => collectiveNow(app) !== undefined,
    ),
  ];
}

/** Index of the selected collective, else of the one under the playhead. */
function collectiveNow(app: App): number | undefined {
  const { run, selectedOp, cursorPs } = app.state;
  const index = app.timelineIndex();
  if (run === undefined || index === undefined) return undefined;
  return shownCollective(collectivesAt(index, cursorPs), selectedOp, run.report)?.op;
}

function walkChain(app: App): void {
  const op = collectiveNow(app);
  if (op === undefined) return;
  app.selectTransfer({ kind: 'chain', op });
  app.store.update({ stageView: 'torus' });
}

/** What was there before stays as the baseline, so that the page can say what the change did. */
async function change(
  app: App,
  edit: (scenario: Scenario, torus: Torus) => Scenario | undefined,
): Promise<string | undefined> {
  const { run } = app.state;
  const next = run && edit(run.scenario, torusOf(run.report.slice));
  return next && app.changeBeside(next);
}

async function cutOrRepair(app: App): Promise<void> {
  const link = app.state.selectedLink;
  if (link === undefined) return;
  await change(app, (scenario, torus) =>
    torus.missingLinks.has(link)
      ? withCableRepaired(scenario, torus, link)
      : withCableCut(scenario, torus, link),
  );
}

function repairPrompt(app: App): Prompt {
  const cables = (): ReadonlyMap<string, number> => {
    const { run } = app.state;
    if (run === undefined) return new Map();
    const torus = torusOf(run.report.slice);
    return new Map(cutCables(torus).map((link) => [torus.linkName(link), link]));
  };
  return {
    label: 'Repair',
    hint: 'one of the cables that are out of order',
    closed: true,
    initial: () => '',
    suggestions: () => [...cables().keys()].map((value) => ({ value, detail: 'repair' })),
    apply: (text) => {
      const link = cables().get(text.trim());
      if (link === undefined) return 'cable: expected one of those that are out of order';
      return change(app, (scenario, torus) => withCableRepaired(scenario, torus, link));
    },
  };
}

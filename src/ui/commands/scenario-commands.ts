import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { product } from '../../base/integers.ts';
import { type Chip, DTYPES } from '../../hardware/chip.ts';
import { peakFlops } from '../../hardware/peak.ts';
import { CHIPS, findChip } from '../../hardware/presets.ts';
import { MAX_SLICES } from '../../hardware/slice.ts';
import { WORKLOADS } from '../../study/catalog.ts';
import type { Scenario } from '../../study/scenario.ts';
import type { App } from '../app.ts';
import { meshesFor, offeredShapes, withChip, withSlice, withSlices } from '../scenario-edits.ts';
import {
  chipText,
  meshText,
  parseMeshText,
  parseSliceText,
  sizeText,
  sliceText,
  withSizes,
} from '../scenario-text.ts';
import { type Command, type Prompt, promptCommand, runCommand, type Suggestion } from './command.ts';
import { commandKey, key } from './keys.ts';

const MAX_SUGGESTIONS = 200;

/** What can be changed about the scenario on screen; every change is a run and can be undone. */
export function scenarioCommands(app: App): readonly Command[] {
  const hasRun = (): boolean => app.state.run !== undefined;
  const isTraining = (): boolean => app.state.run?.scenario.workload.kind === 'decoder-training';
  const hasChanges = (): boolean => (app.state.run?.scenario.set ?? []).length > 0;
  const edit = (id: string, label: string, prompt: Prompt, enabled = hasRun): Command =>
    promptCommand(id, label, [], prompt, enabled);
  return [
    edit('scenario.workload', 'Choose a workload …', workloadPrompt(app), () => true),
    edit('scenario.size', 'Change the batch or the shape …', sizePrompt(app)),
    promptCommand('scenario.chip', 'Choose a chip …', [key('KeyH')], chipPrompt(app), hasRun),
    edit('scenario.slice', 'Change the slice …', slicePrompt(app)),
    edit('scenario.slices', 'Join slices by the data-centre network …', slicesPrompt(app), isTraining),
    edit('scenario.mesh', 'Change the sharding …', meshPrompt(app), isTraining),
    edit('scenario.set', 'Set a field of the chip …', setPrompt(app)),
    edit('scenario.unset', 'Take a change of the chip back …', unsetPrompt(app), hasChanges),
    runCommand(
      'scenario.undo',
      'Undo the last change',
      [commandKey('KeyZ')],
      () => app.undo(),
      () => app.canUndo,
    ),
    runCommand(
      'scenario.redo',
      'Redo',
      [commandKey('KeyZ', true), commandKey('KeyY')],
      () => app.redo(),
      () => app.canRedo,
    ),
  ];
}

/** Prompts read the scenario when they open; without one their command is not enabled. */
function scenarioOf(app: App): Scenario | undefined {
  return app.state.run?.scenario;
}

function workloadPrompt(app: App): Prompt {
  return {
    label: 'Workload',
    hint: 'one of the list; each comes with a chip and a slice that hold it',
    initial: () => '',
    suggestions: () =>
      WORKLOADS.map(({ id, name, source }) => ({ value: id, detail: `${name} · ${source}` })),
    apply: (text) => {
      const found = WORKLOADS.find((workload) => workload.id === text.trim());
      return found === undefined
        ? `workload: expected one of ${WORKLOADS.map((workload) => workload.id).join(', ')}`
        : app.change(found.scenario);
    },
  };
}

function sizePrompt(app: App): Prompt {
  const workload = () => scenarioOf(app)?.workload;
  return {
    label: 'Size',
    hint: 'sequences × tokens each for training, M × K × N for a matrix product',
    initial: () => {
      const present = workload();
      return present === undefined ? '' : sizeText(present);
    },
    suggestions: () => [],
    apply: (text) =>
      changed(app, (scenario) => {
        const sized = withSizes(scenario.workload, text);
        return sized.ok ? { ...scenario, workload: sized.value } : sized.error.message;
      }),
  };
}

function chipPrompt(app: App): Prompt {
  return {
    label: 'Chip',
    hint: 'an id such as v5p; the slice follows if the chip cannot have it',
    initial: () => {
      const scenario = scenarioOf(app);
      return scenario === undefined ? '' : chipText(scenario);
    },
    suggestions: () => CHIPS.map(({ chip }) => ({ value: chip.id, detail: describeChip(chip) })),
    apply: async (text) => {
      const scenario = scenarioOf(app);
      if (scenario === undefined) return undefined;
      const { scenario: next, remark } = withChip(scenario, text.trim());
      const problem = await app.change(next);
      if (problem === undefined && remark !== undefined) app.note(remark);
      return problem;
    },
  };
}

function slicePrompt(app: App): Prompt {
  return {
    label: 'Slice',
    hint: 'chips along x, y and z such as 4x4x8, then "twisted" if it is; "4 slices of" in front for several',
    initial: () => {
      const scenario = scenarioOf(app);
      return scenario === undefined ? '' : sliceText(scenario.slice);
    },
    suggestions: () => {
      const chip = presetOf(scenarioOf(app));
      const slice = scenarioOf(app)?.slice;
      if (chip === undefined || slice === undefined) return [];
      return offeredShapes(chip)
        .slice(0, MAX_SUGGESTIONS)
        .map((shape) => sliceSuggestion(shape, slice.slices));
    },
    apply: (text) =>
      changed(app, (scenario) => {
        const slice = parseSliceText(text);
        return slice.ok ? withSlice(scenario, slice.value) : slice.error.message;
      }),
  };
}

function slicesPrompt(app: App): Prompt {
  return {
    label: 'Slices',
    hint: 'how many slices of this shape the data-centre network joins',
    initial: () => String(scenarioOf(app)?.slice.slices ?? 1),
    suggestions: () => {
      const chips = product(scenarioOf(app)?.slice.shape ?? [1]);
      return [1, 2, 4, 8, 16].map((slices) => ({
        value: String(slices),
        detail: `${formatCount(slices * chips)} chips in all`,
      }));
    },
    apply: (text) =>
      changed(app, (scenario) => {
        const slices = /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : 0;
        if (slices < 1 || slices > MAX_SLICES) {
          return `slices: expected a whole number from 1 to ${MAX_SLICES}, found "${text.slice(0, 40)}"`;
        }
        return withSlices(scenario, slices);
      }),
  };
}

function sliceSuggestion(shape: readonly number[], slices = 1): Suggestion {
  const chips = product(shape) * slices;
  return {
    value: sliceText({ shape: [...shape], slices }),
    detail: chips === 1 ? '1 chip' : `${formatCount(chips)} chips`,
  };
}

function meshPrompt(app: App): Prompt {
  return {
    label: 'Sharding',
    hint: 'mesh axes data, fsdp and tensor with their sizes, "on xy" pins them to torus axes, "on dcn" to the slices',
    initial: () => {
      const workload = scenarioOf(app)?.workload;
      return workload?.kind === 'decoder-training'
        ? meshText(workload.mesh ?? app.state.run?.report.mesh)
        : '';
    },
    suggestions: () => {
      const scenario = scenarioOf(app);
      return scenario === undefined ? [] : meshesFor(scenario).map((value) => ({ value, detail: '' }));
    },
    apply: (text) =>
      changed(app, (scenario) => {
        const mesh = parseMeshText(text);
        if (!mesh.ok) return mesh.error.message;
        if (scenario.workload.kind !== 'decoder-training') return 'sharding: a matrix product has none';
        return { ...scenario, workload: { ...scenario.workload, mesh: mesh.value } };
      }),
  };
}

function setPrompt(app: App): Prompt {
  return {
    label: 'Set',
    hint: 'path=value, such as hbm.bytesPerSecond=3.5e12',
    initial: () => '',
    suggestions: () => {
      const chip = presetOf(scenarioOf(app));
      return chip === undefined ? [] : numericFields(chip);
    },
    apply: (text) =>
      changed(app, (scenario) => ({ ...scenario, set: [...(scenario.set ?? []), text.replaceAll(' ', '')] })),
  };
}

function unsetPrompt(app: App): Prompt {
  const lines = (): readonly string[] => scenarioOf(app)?.set ?? [];
  return {
    label: 'Take back',
    hint: 'one of the changes made',
    closed: true,
    initial: () => '',
    suggestions: () => lines().map((line) => ({ value: line, detail: 'take back' })),
    apply: (text) =>
      changed(app, (scenario) => {
        const rest = (scenario.set ?? []).filter((line) => line !== text.trim());
        const { set: _, ...without } = scenario;
        return rest.length === 0 ? without : { ...scenario, set: rest };
      }),
  };
}

/** Runs what `edit` makes of the present scenario; text is the reason why it makes nothing. */
async function changed(
  app: App,
  edit: (scenario: Scenario) => Scenario | string,
): Promise<string | undefined> {
  const scenario = scenarioOf(app);
  if (scenario === undefined) return 'there is no scenario to change yet';
  const next = edit(scenario);
  return typeof next === 'string' ? next : app.change(next);
}

function presetOf(scenario: Scenario | undefined): Chip | undefined {
  if (scenario === undefined || typeof scenario.chip !== 'string') return undefined;
  const found = findChip(scenario.chip);
  return found.ok ? found.value.chip : undefined;
}

function describeChip(chip: Chip): string {
  const rates = DTYPES.flatMap((dtype) => {
    const peak = peakFlops(chip, dtype);
    return peak === undefined
      ? []
      : [`${formatSi(peak, dtype.startsWith('int') ? 'OP/s' : 'FLOP/s')} ${dtype}`];
  });
  const announced = chip.status === 'announced' ? ' · announced' : '';
  return `${chip.name} · ${rates[0] ?? 'no matrix unit'} · ${formatSi(chip.hbm.bytesPerSecond, 'B/s')}${announced}`;
}

/** Every number of a chip as `path=value`. */
function numericFields(value: object, path = ''): readonly Suggestion[] {
  return Object.entries(value).flatMap(([name, member]: [string, unknown]): readonly Suggestion[] => {
    const here = path === '' ? name : `${path}.${name}`;
    if (typeof member === 'number') return [{ value: `${here}=${member}`, detail: 'as it is now' }];
    if (typeof member !== 'object' || member === null || Array.isArray(member)) return [];
    return numericFields(member, here);
  });
}

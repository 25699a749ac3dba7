import { InputError, unwrap } from '../base/result.ts';
import { MAX_SLICES, parseSlice } from '../hardware/slice.ts';
import { WORKLOADS } from '../study/catalog.ts';
import { MAX_DOCUMENT_BYTES, parseDocument } from '../study/recording.ts';
import { parseScenario, type Scenario } from '../study/scenario.ts';
import type { Options } from './options.ts';
import { readTextFile } from './read-file.ts';

/** Options by which a command changes the scenario it was given. */
export const SCENARIO_OPTIONS = {
  chip: { type: 'string' },
  slice: { type: 'string' },
  twisted: { type: 'boolean' },
  slices: { type: 'string' },
  without: { type: 'string', multiple: true },
  mesh: { type: 'string' },
  batch: { type: 'string' },
  sequence: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const;

export const SCENARIO_USAGE =
  '[--chip ID] [--slice 4x4x4] [--twisted] [--slices 4] [--without 0,1,3+y]… [--mesh fsdp=16,tensor=4|data=4:dcn,fsdp=16:xy,tensor=4] [--batch N] [--sequence N] [--set path=value]…';

const COUNT = { minimum: 1, maximum: 2 ** 40 };

/** A workload's id or a scenario's or recording's file, with the changes that the options make to it. */
export async function scenarioFromArgument(argument: string, options: Options): Promise<Scenario> {
  const scenario = await baseScenario(argument);
  const slice = options.text('slice');
  const request = slice === undefined ? undefined : unwrap(parseSlice(slice));
  const changed = {
    ...scenario,
    chip: options.text('chip') ?? scenario.chip,
    slice: {
      ...(request === undefined ? scenario.slice : { shape: [...request.shape] }),
      ...(options.flag('twisted') ? { twisted: true } : {}),
      ...slicesOf(options),
      ...(options.has('without') ? { without: [...options.texts('without')] } : {}),
    },
    workload: changedWorkload(scenario, options),
    set: [...(scenario.set ?? []), ...options.texts('set')],
  };
  return unwrap(parseScenario(changed, argument));
}

/** One slice is what a scenario says by saying nothing. */
function slicesOf(options: Options): { readonly slices?: number | undefined } {
  const slices = options.integer('slices', { minimum: 1, maximum: MAX_SLICES });
  if (slices === undefined) return {};
  return { slices: slices === 1 ? undefined : slices };
}

async function baseScenario(argument: string): Promise<Scenario> {
  const entry = WORKLOADS.find((workload) => workload.id === argument);
  if (entry !== undefined) return entry.scenario;
  if (!/[./\\]/.test(argument)) {
    const ids = WORKLOADS.map((workload) => workload.id).join(', ');
    throw new InputError(argument, `expected a file or one of ${ids}`);
  }
  const document = unwrap(parseDocument(await readTextFile(argument, MAX_DOCUMENT_BYTES), argument));
  return document.kind === 'scenario' ? document.scenario : document.recording.scenario;
}

function changedWorkload(scenario: Scenario, options: Options): unknown {
  const { workload } = scenario;
  const batch = options.integer('batch', COUNT);
  const sequence = options.integer('sequence', COUNT);
  const mesh = options.text('mesh');
  if (workload.kind === 'gemm') {
    if (batch !== undefined || sequence !== undefined || mesh !== undefined) {
      throw new InputError('--batch, --sequence, --mesh', 'belong to a training step, not to a GEMM');
    }
    return workload;
  }
  return {
    ...workload,
    batch: batch ?? workload.batch,
    sequence: sequence ?? workload.sequence,
    ...(mesh === undefined ? {} : { mesh: parseMesh(mesh) }),
  };
}

/** `fsdp=16:xy,tensor=4` or `data=4:dcn,fsdp=64:xyz` as mesh axes; what is after the colon may be left out. */
function parseMesh(text: string): readonly { name: string; size: number; torusAxes?: string }[] {
  return text.split(',').map((part) => {
    const found = /^(data|fsdp|tensor)=(\d{1,6})(?::([xyz]{1,3}(?:\+dcn)?|dcn))?$/.exec(part);
    if (found === null) {
      throw new InputError(
        '--mesh',
        `expected data, fsdp or tensor as in fsdp=16:xy,tensor=4, found "${part}"`,
      );
    }
    const [, name, size, torusAxes] = found;
    return { name, size: Number(size), ...(torusAxes === undefined ? {} : { torusAxes }) };
  });
}

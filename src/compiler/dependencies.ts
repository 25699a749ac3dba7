import type { LocalSection } from '../workload/partitioned.ts';
import type { Step } from './fusion.ts';
import type { Dependency } from './program.ts';

/**
 * Which tasks each task waits for, from the values they read. Two rules keep buffers finite: what is known
 * beforehand (weights, saved activations) is gathered for at most `gatherBuffers` repetitions ahead, and a
 * kernel waits until the reduction of its result so many repetitions ago has gone out.
 */
export function dependenciesOf(
  sections: readonly LocalSection[],
  steps: readonly (readonly Step[])[],
  gatherBuffers: number,
): readonly (readonly (readonly Dependency[])[])[] {
  /** Where a value was last made: the section and the tasks (several when a step was cut into chunks). */
  const makers = new Map<string, { readonly section: number; readonly tasks: readonly number[] }>();
  return steps.map((sectionSteps, section) => {
    const madeHere = indexMakers(sectionSteps);
    const carried = sections[section]?.carried ?? {};
    const result = sectionSteps.map((step, task): readonly Dependency[] => {
      const found: Dependency[] = [];
      for (const name of readsOf(step)) {
        found.push(...producersOf(name, step, task, section, sectionSteps, madeHere));
        const own = madeHere.get(name)?.some((maker) => maker < task) ?? false;
        if (!own) {
          const source = makers.get(name);
          found.push(
            ...(source?.tasks.map((maker) => ({
              section: source.section,
              task: maker,
              repetitionsBack: 0,
            })) ?? []),
          );
        }
        const previous = carried[name];
        if (previous !== undefined) {
          found.push(
            ...(madeHere.get(previous)?.map((maker) => ({ section, task: maker, repetitionsBack: 1 })) ?? []),
          );
        }
      }
      found.push(...bufferRules(step, section, sectionSteps, steps, gatherBuffers));
      return found;
    });
    for (const [name, tasks] of madeHere) makers.set(name, { section, tasks });
    return result;
  });
}

function indexMakers(steps: readonly Step[]): ReadonlyMap<string, readonly number[]> {
  const makers = new Map<string, number[]>();
  steps.forEach((step, task) => {
    for (const name of makesOf(step)) makers.set(name, [...(makers.get(name) ?? []), task]);
  });
  return makers;
}

/** Tasks of the same repetition that make `name`; a chunk needs only the chunk of the same number. */
function producersOf(
  name: string,
  step: Step,
  task: number,
  section: number,
  steps: readonly Step[],
  madeHere: ReadonlyMap<string, readonly number[]>,
): readonly Dependency[] {
  const makers = (madeHere.get(name) ?? []).filter((maker) => maker < task);
  const matching = makers.filter((maker) => {
    const chunk = steps[maker]?.chunk;
    return chunk === undefined || step.chunk === undefined || chunk.index === step.chunk.index;
  });
  return matching.map((maker) => ({ section, task: maker, repetitionsBack: 0 }));
}

function bufferRules(
  step: Step,
  section: number,
  here: readonly Step[],
  all: readonly (readonly Step[])[],
  gatherBuffers: number,
): readonly Dependency[] {
  if (step.kind === 'collective') {
    // What this repetition makes cannot be fetched ahead.
    if (step.inputs.some((input) => here.some((other) => makesOf(other).includes(input.name)))) return [];
    const readers = here.flatMap((other, task) => (readsOf(other).includes(step.output.name) ? [task] : []));
    const freed = readers.map((task) => ({ section, task, repetitionsBack: gatherBuffers }));
    // The first repetitions have no earlier ones to wait for: they may start with the section before.
    const before = all[section - 1]?.findIndex((other) => other.kind === 'kernel') ?? -1;
    return before < 0 ? freed : [...freed, { section: section - 1, task: before, repetitionsBack: 0 }];
  }
  return here.flatMap((other, task) =>
    other.kind === 'collective' && other.inputs.some((input) => step.makes.includes(input.name))
      ? [{ section, task, repetitionsBack: gatherBuffers }]
      : [],
  );
}

function readsOf(step: Step): readonly string[] {
  return step.inputs.map((value) => value.name);
}

function makesOf(step: Step): readonly string[] {
  return step.kind === 'kernel' ? step.makes : [step.output.name];
}

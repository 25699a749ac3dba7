import type { Chip, Dtype } from '../hardware/chip.ts';
import type { LocalCollective, PartitionedGraph } from '../workload/partitioned.ts';
import { cutIntoChunks } from './chunking.ts';
import type { CostedCollective } from './collective-cost.ts';
import { dependenciesOf } from './dependencies.ts';
import { fuseOps, type Kernel } from './fusion.ts';
import type { CostedKernel } from './kernel-cost.ts';
import type { CompilerOptions } from './options.ts';
import type { Program, ProgramSection, Task } from './program.ts';

/** Costs of single steps, which a caller may remember from one program to the next. */
export interface CostModel {
  /** @param first no kernel of the program runs before it */
  kernel(kernel: Kernel, first: boolean): CostedKernel;
  collective(op: LocalCollective): CostedCollective;
}

export interface CompileTarget {
  readonly chip: Chip;
  readonly dtype: Dtype;
}

/** Fuses, cuts, orders and costs a partitioned graph: the program that one chip runs. */
export function compile(graph: PartitionedGraph, options: CompilerOptions, costs: CostModel): Program {
  const fused = fuseOps(graph, options.fusion);
  const chunked = fused.map((steps) => cutIntoChunks(steps, options.collectiveChunks));
  const dependencies = dependenciesOf(graph.sections, chunked, options.gatherBuffers);
  const sections = graph.sections.map((section, index): ProgramSection => {
    const steps = chunked[index] ?? [];
    const firstKernel =
      index === 0 && section.repeat === 1 ? steps.findIndex((step) => step.kind === 'kernel') : -1;
    const tasks = steps.map((step, task): Task => {
      const after = dependencies[index]?.[task] ?? [];
      if (step.kind === 'kernel') {
        return { kind: 'kernel', name: step.name, after, ...costs.kernel(step, task === firstKernel) };
      }
      const { collective, meshAxes, bytes } = step;
      return {
        kind: 'collective',
        name: step.name,
        after,
        collective,
        meshAxes,
        bytes,
        ...costs.collective(step),
      };
    });
    return { name: section.name, repeat: section.repeat, tasks };
  });
  return { sections };
}

import fc from 'fast-check';
import type {
  CollectiveDcn,
  CollectiveTask,
  Dependency,
  KernelTask,
  Program,
  Task,
} from '../../src/compiler/program.ts';

const ps = fc.integer({ min: 0, max: 500 });
const bytes = fc.integer({ min: 0, max: 2000 });

/** A kernel with a launch, a load, a steady part and a store, its array busy for part of the steady one. */
const kernel = fc
  .record({
    launch: ps,
    load: bytes,
    compute: ps,
    blocks: ps,
    moved: bytes,
    store: bytes,
    busy: fc.nat(100),
  })
  .map(
    ({ launch, load, compute, blocks, moved, store, busy }): Omit<KernelTask, 'after'> => ({
      kind: 'kernel',
      name: 'kernel',
      phases: [
        { kind: 'launch', computePs: launch, hbmBytes: 0 },
        { kind: 'load', computePs: 0, hbmBytes: load },
        { kind: 'steady', computePs: compute + blocks, hbmBytes: moved },
        { kind: 'store', computePs: 0, hbmBytes: store },
      ],
      cost: {
        mxuPs: Math.floor((compute * busy) / 100),
        fillDrainPs: 0,
        usefulPs: Math.floor((compute * busy) / 200),
        vpuPs: compute,
        blockPs: blocks,
        hbmBytes: load + moved + store,
        compulsoryBytes: load + moved + store,
        flops: 0,
        vpuOperations: 0,
      },
    }),
  );

/** Half of the time goes by on each network where both are used. */
function dcn(bottleneck: 'ici' | 'dcn', durationPs: number): CollectiveDcn {
  return {
    bottleneck,
    portBytes: 1,
    portUtilization: 0.5,
    portLowerBoundPs: 0,
    freeDcnPs: Math.floor(durationPs / 2),
    freeIciPs: Math.ceil(durationPs / 2),
  };
}

const collective = fc
  .record({
    durationPs: ps,
    hbmBytes: bytes,
    torusAxes: fc.subarray([0, 1, 2], { minLength: 1 }),
    across: fc.constantFrom('slice', 'slices', 'slices alone'),
    bottleneck: fc.constantFrom('ici', 'dcn'),
  })
  .map(
    ({ durationPs, hbmBytes, torusAxes, across, bottleneck }): Omit<CollectiveTask, 'after'> => ({
      kind: 'collective',
      name: 'collective',
      collective: 'all-gather',
      meshAxes: ['fsdp'],
      torusAxes: across === 'slices alone' ? [] : torusAxes,
      bytes: 1,
      durationPs,
      lowerBoundPs: 0,
      physicalLowerBoundPs: 0,
      algorithm: 'ring',
      linkUtilization: 1,
      hbmBytes,
      vpuOperations: 0,
      ...(across === 'slice' ? {} : { dcn: dcn(bottleneck, durationPs) }),
    }),
  );

interface Draft {
  readonly repeat: number;
  readonly tasks: readonly { readonly task: WithoutDependencies; readonly picks: readonly number[] }[];
}

type WithoutDependencies = Omit<KernelTask, 'after'> | Omit<CollectiveTask, 'after'>;

function withDependencies(task: WithoutDependencies, after: readonly Dependency[]): Task {
  return task.kind === 'kernel' ? { ...task, after } : { ...task, after };
}

const draft: fc.Arbitrary<Draft> = fc.record({
  repeat: fc.integer({ min: 1, max: 40 }),
  tasks: fc.array(
    fc.record({
      task: fc.oneof<fc.Arbitrary<WithoutDependencies>[]>(kernel, collective),
      picks: fc.array(fc.nat(), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

/** Programs of one to three loops whose tasks wait for earlier tasks of theirs, now or repetitions ago. */
export const randomProgram: fc.Arbitrary<Program> = fc
  .tuple(kernel, fc.array(draft, { minLength: 1, maxLength: 3 }))
  .map(([first, drafts]) => ({
    sections: drafts.map((section, index) => ({
      name: `section ${index}`,
      repeat: section.repeat,
      tasks: [{ task: first, picks: [] }, ...section.tasks].map(({ task, picks }, position): Task => {
        // Nothing may run without end ahead of the kernels: each task waits for the first kernel.
        const paced: Dependency = { section: index, task: 0, repetitionsBack: position === 0 ? 1 : 0 };
        const after = picks.map((pick): Dependency => {
          const repetitionsBack = pick % 3;
          const reach = repetitionsBack === 0 ? position : position + 1;
          return reach === 0 ? paced : { section: index, task: pick % reach, repetitionsBack };
        });
        return withDependencies(task, [paced, ...after]);
      }),
    })),
  }));

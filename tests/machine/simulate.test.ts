import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../src/compiler/program.ts';
import type { MachineRates } from '../../src/machine/networks.ts';
import type { LaneId, Span, TimelineBlock } from '../../src/machine/report.ts';
import { simulate } from '../../src/machine/simulate.ts';
import { randomProgram } from './random-program.ts';

const RATES: MachineRates = { hbmBytesPerPs: 3, hbmPeakBytesPerPs: 4, freeLinks: false, freeDcn: false };

/** Every span at its own time, loops written out. */
function writtenOut(timeline: readonly TimelineBlock[], lane: LaneId): readonly Span[] {
  return timeline.flatMap((block) =>
    Array.from({ length: block.count }, (_, repetition) => {
      const shiftPs = repetition * block.periodPs;
      const spans = block.lanes.find((each) => each.lane === lane)?.spans ?? [];
      return spans.map((span) => ({
        ...span,
        startPs: span.startPs + shiftPs,
        endPs: span.endPs + shiftPs,
        ...(span.kind === 'busy' ? { iteration: span.iteration + repetition } : {}),
      }));
    }).flat(),
  );
}

function totalIdlePs(tally: ReturnType<typeof simulate>['tally']): number {
  return Object.values(tally.idlePs).reduce((sum, ps) => sum + ps, 0);
}

describe('simulation', () => {
  it('gives every picosecond of the matrix units one cause', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const { stepPs, tally } = simulate(program, RATES, { timeline: false });
        expect(tally.usefulPs + totalIdlePs(tally)).toBe(stepPs);
      }),
    );
  });

  it('counts the fixed cost of blocks where it holds things up, and as waiting for memory where that does', () => {
    const run = (hbmBytes: number) => {
      const cost = { mxuPs: 600, fillDrainPs: 0, usefulPs: 600, vpuPs: 0, blockPs: 100, hbmBytes };
      const { tally } = simulate(
        {
          sections: [
            {
              name: 'one kernel',
              repeat: 1,
              tasks: [
                {
                  kind: 'kernel',
                  name: 'kernel',
                  after: [],
                  phases: [{ kind: 'steady', computePs: 700, hbmBytes }],
                  cost: { ...cost, compulsoryBytes: hbmBytes, flops: 0, vpuOperations: 0 },
                },
              ],
            },
          ],
        },
        RATES,
        { timeline: false },
      );
      return tally.idlePs;
    };
    expect(run(30)).toMatchObject({ launch: 100, hbm: 0 });
    expect(run(3000)).toMatchObject({ launch: 0, hbm: 400 });
  });

  it('skips only repetitions that equal the last: stepping through all of them gives the same', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const fast = simulate(program, RATES, { timeline: true });
        const slow = simulate(program, RATES, { timeline: true, everyRepetition: true });
        expect(fast.stepPs).toBe(slow.stepPs);
        expect(fast.sections).toEqual(slow.sections);
        expect(fast.tally.idlePs).toEqual(slow.tally.idlePs);
        expect(fast.tally.busyPs).toEqual(slow.tally.busyPs);
        expect(fast.tally.waitPsByOp).toEqual(slow.tally.waitPsByOp);
        for (const lane of ['mxu', 'vpu', 'ici-x', 'ici-y', 'ici-z', 'dcn'] as const) {
          expect(writtenOut(fast.timeline, lane)).toEqual(writtenOut(slow.timeline, lane));
        }
      }),
    );
  });

  it('really skips: a hundred equal layers cost no more steps than ten', () => {
    const layers = (repeat: number): Program => {
      const [program] = fc.sample(randomProgram, { numRuns: 1, seed: 4 });
      return { sections: [{ ...program.sections[0], repeat }] };
    };
    const ten = simulate(layers(10), RATES, { timeline: true });
    const hundred = simulate(layers(100), RATES, { timeline: true });
    expect(hundred.steppedIterations).toBe(ten.steppedIterations);
    expect(hundred.stepPs).toBeGreaterThan(5 * ten.stepPs);
  });

  it('fills the lane of the matrix units from start to end without gap or overlap', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const { stepPs, timeline } = simulate(program, RATES, { timeline: true });
        let nowPs = 0;
        for (const span of writtenOut(timeline, 'mxu')) {
          expect(span.startPs).toBe(nowPs);
          nowPs = span.endPs;
        }
        expect(nowPs).toBe(stepPs);
      }),
    );
  });

  it('runs at most one collective on an axis, and between the slices, at a time', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const { timeline } = simulate(program, RATES, { timeline: true });
        for (const lane of ['ici-x', 'ici-y', 'ici-z', 'dcn'] as const) {
          let freePs = 0;
          for (const span of writtenOut(timeline, lane)) {
            expect(span.startPs).toBeGreaterThanOrEqual(freePs);
            freePs = span.endPs;
          }
        }
      }),
    );
  });

  it('is never faster than its kernels alone, its busiest axis or its bytes', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const { stepPs } = simulate(program, RATES, { timeline: false });
        let kernelsPs = 0;
        let hbmBytes = 0;
        const axisPs = [0, 0, 0, 0];
        for (const { repeat, tasks } of program.sections) {
          for (const task of tasks) {
            if (task.kind === 'kernel') {
              kernelsPs += repeat * task.phases.reduce((sum, phase) => sum + phase.computePs, 0);
              hbmBytes += repeat * task.cost.hbmBytes;
            } else {
              hbmBytes += repeat * task.hbmBytes;
              const networks = task.dcn === undefined ? task.torusAxes : [...task.torusAxes, 3];
              for (const axis of networks) axisPs[axis] += repeat * task.durationPs;
            }
          }
        }
        expect(stepPs).toBeGreaterThanOrEqual(Math.max(kernelsPs, ...axisPs));
        expect(stepPs * RATES.hbmBytesPerPs).toBeGreaterThanOrEqual(hbmBytes * (1 - 1e-9) - 1);
      }),
    );
  });

  it('free links and free memory never make a run of kernels slower', () => {
    fc.assert(
      fc.property(randomProgram, (program) => {
        const kernelsOnly: Program = {
          sections: program.sections.map((section) => ({
            ...section,
            tasks: section.tasks
              .filter((task) => task.kind === 'kernel')
              .map((task) => ({ ...task, after: [] })),
          })),
        };
        const { stepPs } = simulate(kernelsOnly, RATES, { timeline: false });
        const free = simulate(
          kernelsOnly,
          { ...RATES, hbmBytesPerPs: Number.POSITIVE_INFINITY },
          { timeline: false },
        );
        expect(free.stepPs).toBeLessThanOrEqual(stepPs);
      }),
    );
  });

  it('calls a wait for a collective after the network that holds it up', () => {
    const waits = (bottleneck: 'ici' | 'dcn', free: Partial<MachineRates> = {}) => {
      const dcn = { portBytes: 1, portUtilization: 1, portLowerBoundPs: 0, freeDcnPs: 100, freeIciPs: 900 };
      const [program] = fc.sample(randomProgram, { numRuns: 1, seed: 4 });
      const kernel = program.sections[0].tasks.find((task) => task.kind === 'kernel');
      if (kernel?.kind !== 'kernel') throw new Error('no kernel');
      const base = { repetitionsBack: 0, section: 0 } as const;
      const { tally, stepPs } = simulate(
        {
          sections: [
            {
              name: 'one',
              repeat: 1,
              tasks: [
                {
                  kind: 'collective',
                  name: 'all-reduce',
                  after: [],
                  collective: 'all-reduce',
                  meshAxes: ['fsdp'],
                  torusAxes: [0],
                  bytes: 1,
                  durationPs: 1000,
                  lowerBoundPs: 0,
                  physicalLowerBoundPs: 0,
                  algorithm: '',
                  linkUtilization: 1,
                  hbmBytes: 0,
                  vpuOperations: 0,
                  dcn: { ...dcn, bottleneck },
                },
                { ...kernel, after: [{ ...base, task: 0 }] },
              ],
            },
          ],
        },
        { ...RATES, ...free },
        { timeline: false },
      );
      return { ...tally.idlePs, stepPs };
    };
    expect(waits('dcn')).toMatchObject({ dcn: 1000, ici: 0 });
    expect(waits('ici')).toMatchObject({ dcn: 0, ici: 1000 });
    expect(waits('dcn').stepPs - waits('dcn', { freeDcn: true }).stepPs).toBe(900);
    expect(waits('dcn').stepPs - waits('dcn', { freeLinks: true }).stepPs).toBe(100);
  });
});

import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import type { CostedKernel } from '../../src/compiler/kernel-cost.ts';
import { DEFAULT_COMPILER_OPTIONS } from '../../src/compiler/options.ts';
import { GraphBuilder } from '../../src/workload/graph-builder.ts';
import { partition } from '../../src/workload/partition.ts';

const FREE: CostedKernel = {
  phases: [],
  cost: {
    mxuPs: 0,
    fillDrainPs: 0,
    usefulPs: 0,
    vpuPs: 0,
    blockPs: 0,
    hbmBytes: 0,
    compulsoryBytes: 0,
    flops: 0,
    vpuOperations: 0,
  },
};

/** Kernels in program order, of sections of two products each, and whether each is said to be the first. */
function firstsOf(repeats: readonly number[]): readonly (readonly [string, boolean])[] {
  const builder = new GraphBuilder();
  const square = [
    { name: 'rows', size: 8 },
    { name: 'columns', size: 8 },
  ];
  builder.tensor('x', square, {});
  repeats.forEach((repeat, section) => {
    for (const product of ['p', 'q']) {
      const name = `${product}${section}`;
      builder.tensor(`w ${name}`, [square[1], { name: `out ${name}`, size: 8 }], {}, 'parameter');
      builder.tensor(`y ${name}`, [square[0], { name: `out ${name}`, size: 8 }], {});
      builder.matmul(name, 'x', `w ${name}`, `y ${name}`);
    }
    builder.section(`section ${section}`, repeat);
  });
  const firsts: (readonly [string, boolean])[] = [];
  compile(partition(builder.build('two products a section'), { axes: [] }), DEFAULT_COMPILER_OPTIONS, {
    kernel: (kernel, first) => {
      firsts.push([kernel.name, first]);
      return FREE;
    },
    collective: () => {
      throw new Error('one chip has no collectives');
    },
  });
  return firsts;
}

describe('compiling', () => {
  it('knows the one kernel that no other comes before', () => {
    expect(firstsOf([1, 3])).toEqual([
      ['p0', true],
      ['q0', false],
      ['p1', false],
      ['q1', false],
    ]);
  });

  it('takes a loop as it mostly is: its last kernel comes before its first', () => {
    expect(firstsOf([3, 1]).some(([, first]) => first)).toBe(false);
  });
});

import { ceilDiv } from '../base/integers.ts';
import type { LocalMatmul, Value } from '../workload/partitioned.ts';
import type { Kernel, Step } from './fusion.ts';

/**
 * Cuts a collective and the matmul beside it into `chunks` pieces along the rows, so that piece i moves
 * while piece i - 1 is multiplied ("collective matmul", Wang et al., ASPLOS 2023,
 * https://dl.acm.org/doi/10.1145/3567955.3567959). A gathered operand is cut with the first kernel that
 * reads it, a reduced result with the kernel that makes it.
 */
export function cutIntoChunks(steps: readonly Step[], chunks: number): readonly Step[] {
  if (chunks === 1) return steps;
  const partner = pairs(steps);
  return steps.flatMap((step, index): readonly Step[] => {
    if (!partner.has(index)) return [step];
    return Array.from({ length: chunks }, (_, chunk) => ({
      ...cut(step, chunks),
      chunk: { index: chunk, count: chunks },
    }));
  });
}

/** Indices of the steps that are cut: each collective over activations with its kernel. */
function pairs(steps: readonly Step[]): ReadonlySet<number> {
  const chosen = new Set<number>();
  steps.forEach((step, index) => {
    if (step.kind !== 'collective' || step.parameter) return;
    const kernel =
      step.collective === 'all-gather'
        ? steps.findIndex(
            (other) => isMatmul(other) && other.inputs.some((input) => input.name === step.output.name),
          )
        : steps.findIndex(
            (other) => isMatmul(other) && other.makes.some((name) => step.inputs[0]?.name === name),
          );
    if (kernel < 0 || chosen.has(kernel)) return;
    chosen.add(index).add(kernel);
  });
  return chosen;
}

function isMatmul(step: Step): step is Kernel {
  return step.kind === 'kernel' && step.ops.length > 0 && step.ops[0]?.kind === 'matmul';
}

function cut(step: Step, chunks: number): Step {
  if (step.kind === 'collective') return { ...step, bytes: ceilDiv(step.bytes, chunks) };
  const matmul = step.ops.find((op) => op.kind === 'matmul');
  if (matmul?.kind !== 'matmul') return step;
  // Tokens are the longer of the rows and the summed dimension (weight gradients sum over tokens).
  const alongRows = matmul.gemm.m >= matmul.gemm.k;
  const whole = alongRows ? matmul.inputs[1]?.name : matmul.output.name;
  const part = (value: Value): Value =>
    value.name === whole
      ? value
      : { ...value, bytes: ceilDiv(value.bytes, chunks), elements: ceilDiv(value.elements, chunks) };
  return {
    ...step,
    inputs: step.inputs.map(part),
    outputs: step.outputs.map(part),
    ops: step.ops.map((op) => {
      const ends = { inputs: op.inputs.map(part), output: part(op.output) };
      if (op.kind === 'matmul') return { ...op, ...ends, gemm: cutGemm(op, chunks, alongRows) };
      if (op.kind === 'vector') return { ...op, ...ends, operations: ceilDiv(op.operations, chunks) };
      return { ...op, ...ends };
    }),
  };
}

function cutGemm(
  { gemm: { m, k, n } }: LocalMatmul,
  chunks: number,
  alongRows: boolean,
): LocalMatmul['gemm'] {
  return alongRows ? { m: ceilDiv(m, chunks), k, n } : { m, k: ceilDiv(k, chunks), n };
}

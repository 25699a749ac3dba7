import type { Graph } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { GemmSpec } from './spec.ts';

const BYTES_PER_ELEMENT = { bf16: 2, fp8: 1, int8: 1, int4: 0.5 } as const;
const ACCUMULATOR_BYTES = 4;

/** One product C[m, n] = A[m, k] B[k, n] on one chip. Integer products leave as int32, others as bf16. */
export function gemmGraph(spec: GemmSpec): Graph {
  const dtype = spec.dtype ?? 'bf16';
  const builder = new GraphBuilder();
  const [m, k, n] = [
    { name: 'm', size: spec.m },
    { name: 'k', size: spec.k },
    { name: 'n', size: spec.n },
  ];
  const bytes = BYTES_PER_ELEMENT[dtype];
  builder.tensor('a', [m, k], {}, 'activation', bytes);
  builder.tensor('b', [k, n], {}, 'parameter', bytes);
  builder.tensor('c', [m, n], {}, 'activation', dtype === 'bf16' || dtype === 'fp8' ? 2 : ACCUMULATOR_BYTES);
  builder.matmul('gemm', 'a', 'b', 'c');
  builder.section('gemm', 1);
  return builder.build(`GEMM ${spec.m} x ${spec.k} x ${spec.n} ${dtype}`);
}

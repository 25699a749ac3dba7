import type { LocalSection, PartitionedGraph, Value } from '../workload/partitioned.ts';
import type { CompilerOptions } from './options.ts';

/** What a chip's HBM holds during the step, in bytes. */
export interface Footprint {
  readonly parts: readonly { readonly name: string; readonly bytes: number }[];
  readonly totalBytes: number;
}

/**
 * Memory a step needs: weights and optimizer state, gradients, activations kept from the forward to the
 * backward pass, gathered weights, and the largest single op's operands.
 */
export function footprintOf(graph: PartitionedGraph, options: CompilerOptions): Footprint {
  const stored = new Map<string, { readonly value: Value; readonly copies: number }>();
  const producedIn = new Map<string, LocalSection>();
  let gatheredBytes = 0;
  let largestOpBytes = 0;
  for (const section of graph.sections) {
    let gatheredHere = 0;
    const madeHere = new Set<string>();
    for (const op of section.ops) {
      for (const value of op.inputs) {
        const producer = producedIn.get(value.name);
        const copies = producer === undefined || madeHere.has(value.name) ? 0 : producer.repeat;
        if (value.role !== 'activation') keep(stored, value, section.repeat);
        else if (copies > 0) keep(stored, value, copies);
      }
      madeHere.add(op.output.name);
      producedIn.set(op.output.name, section);
      if (op.kind === 'collective' && op.parameter) gatheredHere += op.output.bytes;
      largestOpBytes = Math.max(largestOpBytes, sum(op.inputs) + op.output.bytes);
    }
    gatheredBytes = Math.max(gatheredBytes, gatheredHere * Math.min(section.repeat, options.gatherBuffers));
  }
  const total = (role: Value['role']): number =>
    [...stored.values()].reduce(
      (bytes, { value, copies }) => bytes + (value.role === role ? value.bytes * copies : 0),
      0,
    );
  const parts = [
    { name: 'weights', bytes: total('parameter') },
    { name: 'optimizer state', bytes: total('optimizer') },
    { name: 'gradients', bytes: total('gradient') },
    { name: 'saved activations', bytes: total('activation') },
    { name: 'gathered weights', bytes: gatheredBytes },
    { name: 'largest op', bytes: largestOpBytes },
  ];
  return { parts, totalBytes: parts.reduce((bytes, part) => bytes + part.bytes, 0) };
}

function keep(
  stored: Map<string, { readonly value: Value; readonly copies: number }>,
  value: Value,
  copies: number,
): void {
  const known = stored.get(value.name);
  stored.set(value.name, { value, copies: Math.max(copies, known?.copies ?? 0) });
}

function sum(values: readonly Value[]): number {
  return values.reduce((bytes, value) => bytes + value.bytes, 0);
}

import type {
  LocalCollective,
  LocalOp,
  LocalSection,
  PartitionedGraph,
  Value,
} from '../workload/partitioned.ts';

/** Ops that run as one kernel, and what of theirs crosses HBM. */
export interface Kernel {
  readonly kind: 'kernel';
  readonly name: string;
  readonly ops: readonly Exclude<LocalOp, LocalCollective>[];
  /** Values read from HBM. */
  readonly inputs: readonly Value[];
  /** Values written to HBM because something outside reads them. */
  readonly outputs: readonly Value[];
  /** Names of all values made inside. */
  readonly makes: readonly string[];
}

/** Which of several equal pieces of a step this is, where it was cut. */
interface Chunked {
  readonly chunk?: { readonly index: number; readonly count: number };
}

export type Step = (Kernel | LocalCollective) & Chunked;

/**
 * Groups each section's ops into kernels, in order. With fusion, elementwise work joins the kernel before
 * it when it reads that kernel's result: the value between them never leaves VMEM.
 */
export function fuseOps(graph: PartitionedGraph, enabled: boolean): readonly (readonly Step[])[] {
  const readers = countReaders(graph);
  return graph.sections.map((section) => fuseSection(section, readers, enabled));
}

function fuseSection(section: LocalSection, readers: Readers, enabled: boolean): readonly Step[] {
  const groups: (LocalCollective | Exclude<LocalOp, LocalCollective>[])[] = [];
  let open: Exclude<LocalOp, LocalCollective>[] | undefined;
  for (const op of section.ops) {
    if (op.kind === 'collective') {
      groups.push(op);
      continue;
    }
    if (enabled && open !== undefined && joins(op, open)) {
      open.push(op);
      continue;
    }
    open = [op];
    groups.push(open);
  }
  return groups.map((group) => ('kind' in group ? group : toKernel(group, section, readers)));
}

/** A vector op joins the kernel whose result it reads, unless that is attention, a kernel of its own. */
function joins(op: LocalOp, group: readonly LocalOp[]): boolean {
  if (op.kind !== 'vector' || group.some((member) => member.kind === 'attention' || member.kind === 'lookup'))
    return false;
  return op.inputs.some((input) => group.some((member) => member.output.name === input.name));
}

function toKernel(
  ops: readonly Exclude<LocalOp, LocalCollective>[],
  section: LocalSection,
  readers: Readers,
): Kernel {
  const makes = new Set(ops.map((op) => op.output.name));
  const inputs = new Map<string, Value>();
  const readInside = new Map<string, number>();
  for (const op of ops) {
    for (const input of op.inputs) {
      if (makes.has(input.name)) readInside.set(input.name, (readInside.get(input.name) ?? 0) + 1);
      else inputs.set(input.name, input);
    }
  }
  const carried = new Set(Object.values(section.carried));
  const outputs = ops
    .map((op) => op.output)
    .filter((value) => {
      const inside = readInside.get(value.name) ?? 0;
      const all = readers.get(value.name) ?? 0;
      return all > inside || carried.has(value.name) || all === 0;
    });
  const name = ops.map((op) => op.name).join(' + ');
  return { kind: 'kernel', name, ops, inputs: [...inputs.values()], outputs, makes: [...makes] };
}

type Readers = ReadonlyMap<string, number>;

function countReaders(graph: PartitionedGraph): Readers {
  const readers = new Map<string, number>();
  for (const section of graph.sections) {
    for (const input of section.ops.flatMap((op) => op.inputs)) {
      readers.set(input.name, (readers.get(input.name) ?? 0) + 1);
    }
  }
  return readers;
}

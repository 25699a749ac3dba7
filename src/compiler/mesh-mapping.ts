import { product } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import type { Slice } from '../hardware/slice.ts';
import { axisName } from '../ici/topology.ts';
import type { DecoderTrainingSpec, MeshSpec, WorkloadSpec } from '../workload/spec.ts';

/** A mesh axis and the torus axes whose rings it occupies. */
export interface MappedAxis {
  readonly name: string;
  readonly size: number;
  readonly torusAxes: readonly number[];
  /** Whether it also spans the slices; at most one axis does. */
  readonly dcn?: true;
}

/** Beyond this, tensor parallelism of the default mesh would wait for its links more than it computes. */
const LARGEST_DEFAULT_TENSOR = 8;

/**
 * The mesh of a workload laid over the torus: every mesh axis gets whole torus axes, so that its
 * collectives run on rings of their own, and one of them the slices. Left to itself, training splits tensors
 * over the last torus axis that is short enough and divides the model, shards weights over the others, and
 * repeats all of that in every slice with data of its own: only gradients pass between slices then.
 */
export function mapMesh(workload: WorkloadSpec, slice: Slice): readonly MappedAxis[] {
  if (workload.kind === 'gemm') {
    if (slice.chips * slice.slices === 1) return [];
    const found = `${slice.slices === 1 ? '' : `${slice.slices} slices of `}${slice.shape.join('x')}`;
    throw new InputError('slice', `a plain GEMM runs on one chip, found ${found}`);
  }
  return workload.mesh === undefined ? defaultMesh(workload, slice) : assignAxes(workload.mesh, slice);
}

function defaultMesh(workload: DecoderTrainingSpec, slice: Slice): readonly MappedAxis[] {
  const tensorAxis = slice.shape.findLastIndex(
    (extent) => extent > 1 && extent <= LARGEST_DEFAULT_TENSOR && dividesModel(workload, extent),
  );
  const rest = slice.shape.flatMap((extent, axis) => (axis === tensorAxis || extent === 1 ? [] : [axis]));
  const fsdp: MappedAxis = {
    name: 'fsdp',
    size: product(rest.map((axis) => slice.shape[axis] ?? 1)),
    torusAxes: rest,
  };
  const data: readonly MappedAxis[] =
    slice.slices === 1 ? [] : [{ name: 'data', size: slice.slices, torusAxes: [], dcn: true }];
  if (tensorAxis < 0) return [...data, fsdp];
  return [...data, fsdp, { name: 'tensor', size: slice.shape[tensorAxis] ?? 1, torusAxes: [tensorAxis] }];
}

function dividesModel({ model, sequence }: DecoderTrainingSpec, ways: number): boolean {
  return [model.heads, model.kvHeads, model.feedForward, model.vocabulary, sequence].every(
    (n) => n % ways === 0,
  );
}

function assignAxes(mesh: MeshSpec, slice: Slice): readonly MappedAxis[] {
  const names = new Set(mesh.map((axis) => axis.name));
  if (names.size !== mesh.length) throw new InputError('mesh', 'an axis is given twice');
  const size = product(mesh.map((axis) => axis.size));
  const shape = slice.shape.join('x');
  const where = slice.slices === 1 ? shape : `${slice.slices} slices of ${shape}`;
  const sizes = (joint: string): string => mesh.map((axis) => `${axis.name} ${axis.size}`).join(joint);
  const chips = slice.chips * slice.slices;
  if (size !== chips) {
    throw new InputError('mesh', `${sizes(' x ')} = ${size} does not fill the ${chips} chips of ${where}`);
  }
  for (const spanning of spanningChoices(mesh, slice.slices)) {
    const inside = mesh.map((axis, index) =>
      index === spanning ? { ...axis, size: axis.size / slice.slices } : axis,
    );
    const owners = ownersOf(inside, slice.shape);
    if (owners === undefined) continue;
    return mesh.map((axis, index) => ({
      name: axis.name,
      size: axis.size,
      torusAxes: owners.flatMap((owner, torusAxis) => (owner === index ? [torusAxis] : [])),
      ...(index === spanning ? { dcn: true as const } : {}),
    }));
  }
  const offers = slice.shape.map((extent, axis) => `${axisName(axis)} ${extent}`).join(', ');
  const dcn = slice.slices === 1 ? '' : `, dcn ${slice.slices} for one of them`;
  throw new InputError('mesh', `${sizes(', ')} does not fit whole torus axes of ${where} (${offers}${dcn})`);
}

/** What gains least from fast links spans the slices first. */
const SPANNING_ORDER: readonly string[] = ['data', 'fsdp', 'tensor'];

/** Indices of the mesh axes that may span the slices, the best first; -1 where there is nothing to span. */
function spanningChoices(mesh: MeshSpec, slices: number): readonly number[] {
  const told = mesh.flatMap((axis, index) => (axis.torusAxes?.endsWith('dcn') ? [index] : []));
  if (told.length > 1) throw new InputError('mesh', 'only one axis can be along dcn');
  if (slices === 1) {
    if (told.length === 0) return [-1];
    throw new InputError('mesh', 'an axis along dcn needs several slices');
  }
  const choices = told.length > 0 ? told : mesh.flatMap((axis, index) => (axis.torusAxes ? [] : [index]));
  return [...choices]
    .filter((index) => (mesh[index]?.size ?? 0) % slices === 0)
    .sort(
      (a, b) => SPANNING_ORDER.indexOf(mesh[a]?.name ?? '') - SPANNING_ORDER.indexOf(mesh[b]?.name ?? ''),
    );
}

/** For each torus axis the mesh axis that owns it, -1 for an extent of 1; later axes serve later mesh axes. */
function ownersOf(mesh: MeshSpec, shape: readonly number[]): readonly number[] | undefined {
  const allowed = (meshAxis: number, torusAxis: number): boolean => {
    const wanted = mesh[meshAxis]?.torusAxes;
    return wanted === undefined || wanted.replace('dcn', '').includes(axisName(torusAxis));
  };
  const assign = (torusAxis: number, owners: readonly number[]): readonly number[] | undefined => {
    if (torusAxis < 0) {
      const sizes = mesh.map((_, index) => product(shape.filter((_, axis) => owners[axis] === index)));
      return mesh.every((axis, index) => axis.size === sizes[index]) ? owners : undefined;
    }
    if (shape[torusAxis] === 1) return assign(torusAxis - 1, [-1, ...owners]);
    for (let index = mesh.length - 1; index >= 0; index--) {
      if (!allowed(index, torusAxis)) continue;
      const found = assign(torusAxis - 1, [index, ...owners]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return assign(shape.length - 1, []);
}

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
}

/** Beyond this, tensor parallelism of the default mesh would wait for its links more than it computes. */
const LARGEST_DEFAULT_TENSOR = 8;

/**
 * The mesh of a workload laid over the torus: every mesh axis gets whole torus axes, so that its
 * collectives run on rings of their own. Left to itself, training splits tensors over the last torus axis
 * that is short enough and divides the model, and shards weights over the others.
 */
export function mapMesh(workload: WorkloadSpec, slice: Slice): readonly MappedAxis[] {
  if (workload.kind === 'gemm') {
    if (slice.chips === 1) return [];
    throw new InputError('slice', `a plain GEMM runs on one chip, found ${slice.shape.join('x')}`);
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
  if (tensorAxis < 0) return [fsdp];
  return [fsdp, { name: 'tensor', size: slice.shape[tensorAxis] ?? 1, torusAxes: [tensorAxis] }];
}

function dividesModel({ model, sequence }: DecoderTrainingSpec, ways: number): boolean {
  return [model.heads, model.kvHeads, model.feedForward, model.vocabulary, sequence].every(
    (n) => n % ways === 0,
  );
}

function assignAxes(mesh: MeshSpec, slice: Slice): readonly MappedAxis[] {
  const names = new Set(mesh.map((axis) => axis.name));
  if (names.size !== mesh.length) throw new InputError('mesh', 'an axis is given twice');
  const chips = product(mesh.map((axis) => axis.size));
  const shape = slice.shape.join('x');
  if (chips !== slice.chips) {
    const sizes = mesh.map((axis) => `${axis.name} ${axis.size}`).join(' x ');
    throw new InputError('mesh', `${sizes} = ${chips} does not fill the ${slice.chips} chips of ${shape}`);
  }
  const owners = ownersOf(mesh, slice.shape);
  if (owners === undefined) {
    const offers = slice.shape.map((extent, axis) => `${axisName(axis)} ${extent}`).join(', ');
    const sizes = mesh.map((axis) => `${axis.name} ${axis.size}`).join(', ');
    throw new InputError('mesh', `${sizes} does not fit whole torus axes of ${shape} (${offers})`);
  }
  return mesh.map((axis, index) => ({
    name: axis.name,
    size: axis.size,
    torusAxes: owners.flatMap((owner, torusAxis) => (owner === index ? [torusAxis] : [])),
  }));
}

/** For each torus axis the mesh axis that owns it, -1 for an extent of 1; later axes serve later mesh axes. */
function ownersOf(mesh: MeshSpec, shape: readonly number[]): readonly number[] | undefined {
  const allowed = (meshAxis: number, torusAxis: number): boolean => {
    const wanted = mesh[meshAxis]?.torusAxes;
    return wanted === undefined || wanted.includes(axisName(torusAxis));
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

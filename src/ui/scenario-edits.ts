import { product } from '../base/integers.ts';
import type { Chip } from '../hardware/chip.ts';
import { findChip } from '../hardware/presets.ts';
import { resolveSlice, type SliceRequest } from '../hardware/slice.ts';
import type { Scenario } from '../study/scenario.ts';
import type { MeshSpec } from '../workload/spec.ts';

/** A changed scenario, and what else had to change with it, for people. */
export interface Edit {
  readonly scenario: Scenario;
  readonly remark?: string;
}

/**
 * The scenario on another chip. A slice which that chip can't have becomes the one nearest in number of
 * chips; the sharding then follows.
 */
export function withChip(scenario: Scenario, id: string): Edit {
  const found = findChip(id);
  // An unknown chip is left for the engine to refuse: it says what it knows.
  if (!found.ok) return { scenario: { ...scenario, chip: id } };
  const { chip } = found.value;
  const moved: Scenario = { ...scenario, chip: chip.id };
  if (resolveSlice(chip, scenario.slice).ok) return { scenario: moved };
  const shape = nearestShape(chip, product(scenario.slice.shape));
  const remark = `${chip.name} has no slice of ${scenario.slice.shape.join('×')}: ${shape.join('×')} instead`;
  return { scenario: withSlice(moved, { shape, slices: scenario.slice.slices ?? 1 }), remark };
}

export function withSlice(scenario: Scenario, slice: SliceRequest): Scenario {
  const { slices = 1 } = slice;
  const next: Scenario = {
    ...scenario,
    slice: {
      shape: [...slice.shape],
      ...(slice.twisted ? { twisted: true } : {}),
      ...(slices === 1 ? {} : { slices }),
    },
  };
  const { workload } = next;
  if (workload.kind !== 'decoder-training' || workload.mesh === undefined) return next;
  return { ...next, workload: { ...workload, mesh: fitMesh(workload.mesh, product(slice.shape) * slices) } };
}

/** So many slices of the same shape, with the same cables cut in each. */
export function withSlices(scenario: Scenario, slices: number): Scenario {
  const { without } = scenario.slice;
  const next = withSlice(scenario, { ...scenario.slice, slices });
  return without === undefined ? next : { ...next, slice: { ...next.slice, without } };
}

/**
 * The mesh for another number of chips: the tensor axis keeps its size where it can, what is left goes to
 * the first other axis. Undefined leaves the choice to the compiler.
 */
export function fitMesh(mesh: MeshSpec, chips: number): MeshSpec | undefined {
  if (product(mesh.map((axis) => axis.size)) === chips) return mesh;
  const growing = mesh.findIndex((axis) => axis.name !== 'tensor');
  const others = product(mesh.filter((_, index) => index !== growing).map((axis) => axis.size));
  if (growing < 0 || chips % others !== 0) return undefined;
  return mesh.map((axis, index) => ({
    name: axis.name,
    size: index === growing ? chips / others : axis.size,
  }));
}

/**
 * Meshes that fit slice, model and batch: tensor parallelism over some whole axes, sharding over the rest, and
 * of several slices each with data of its own, or weights sharded over all of them.
 */
export function meshesFor({ slice, workload }: Scenario): readonly string[] {
  if (workload.kind !== 'decoder-training') return [];
  const chips = product(slice.shape);
  const { slices = 1 } = slice;
  const { heads, kvHeads, feedForward, vocabulary } = workload.model;
  const overAxes = slice.shape.reduce<readonly number[]>(
    (products, extent) => products.concat(products.map((each) => each * extent)),
    [1],
  );
  const tensors = [...new Set(overAxes)]
    .filter((tensor) => [heads, kvHeads, feedForward, vocabulary].every((extent) => extent % tensor === 0))
    .filter((tensor) => workload.batch % ((slices * chips) / tensor) === 0)
    .toSorted((a, b) => a - b);
  const textOf = (data: number, fsdp: number, tensor: number): string => {
    const axes = [`data ${data}`, `fsdp ${fsdp}`, `tensor ${tensor}`];
    return axes.filter((axis) => !axis.endsWith(' 1')).join(' · ') || 'fsdp 1';
  };
  const each = tensors.map((tensor) => textOf(slices, chips / tensor, tensor));
  if (slices === 1) return each;
  return [...new Set([...each, ...tensors.map((tensor) => textOf(1, (slices * chips) / tensor, tensor))])];
}

/** The chip's slice with the number of chips nearest to `chips`, the squarest of those. */
export function nearestShape(chip: Chip, chips: number): readonly number[] {
  const shapes = offeredShapes(chip);
  const ratio = (shape: readonly number[]): number => {
    const count = product(shape);
    return Math.max(count, chips) / Math.min(count, chips);
  };
  const longest = (shape: readonly number[]): number => Math.max(...shape);
  return shapes.reduce((best, shape) => {
    const closer = ratio(shape) - ratio(best);
    return closer < 0 || (closer === 0 && longest(shape) < longest(best)) ? shape : best;
  });
}

/** Slices that the chip's generation has, short axes first and small ones first. */
export function offeredShapes(chip: Chip): readonly (readonly number[])[] {
  const { topology } = chip.ici;
  if (topology.kind !== 'torus') return [[1]];
  const { maxShape, maxChips, wrap } = topology;
  const single = maxShape.map(() => 1);
  const listed = topology.shapes ?? [];
  const steps = wrap.kind === 'cube-multiple' ? wrap.cube : 1;
  // Where shapes are listed there are no others, but for multiples of a cube.
  const others =
    wrap.kind === 'cube-multiple' || topology.shapes === undefined ? ascendingShapes(maxShape, steps) : [];
  const known = new Set<string>();
  return [single, ...listed, ...others]
    .filter((shape) => product(shape) <= maxChips)
    .filter((shape) => !known.has(shape.join()) && known.add(shape.join()))
    .toSorted((a, b) => product(a) - product(b));
}

/** Every shape of multiples of `step` within `maxShape` whose axes do not become shorter. */
function ascendingShapes(maxShape: readonly number[], step: number): readonly (readonly number[])[] {
  return maxShape.reduce<readonly (readonly number[])[]>(
    (shapes, maximum) =>
      shapes.flatMap((shape) => {
        const first = shape.at(-1) ?? step;
        const count = Math.max(0, Math.floor((maximum - first) / step) + 1);
        return Array.from({ length: count }, (_, index) => [...shape, first + index * step]);
      }),
    [[]],
  );
}

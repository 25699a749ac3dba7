import { assertDefined } from '../base/assert.ts';

/** Names and sizes of the axes over which a workload is divided. */
export interface Mesh {
  readonly axes: readonly { readonly name: string; readonly size: number }[];
}

export function meshAxisSize(mesh: Mesh, name: string): number {
  return mesh.axes.find((axis) => axis.name === name)?.size ?? 1;
}

export function axesProduct(mesh: Mesh, names: readonly string[]): number {
  return names.reduce((size, name) => size * meshAxisSize(mesh, name), 1);
}

export function deviceCount(mesh: Mesh): number {
  return mesh.axes.reduce((count, axis) => count * axis.size, 1);
}

/** The axes of `names` that the mesh has and that really divide something, in mesh order. */
export function effectiveAxes(mesh: Mesh, names: readonly string[]): readonly string[] {
  return mesh.axes.filter((axis) => axis.size > 1 && names.includes(axis.name)).map((axis) => axis.name);
}

export function meshAxisIndex(mesh: Mesh, name: string): number {
  const index = mesh.axes.findIndex((axis) => axis.name === name);
  return assertDefined(index < 0 ? undefined : index, `mesh axis ${name}`);
}

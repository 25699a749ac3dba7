/** Names and sizes of the axes over which a workload is divided. */
export interface Mesh {
  readonly axes: readonly { readonly name: string; readonly size: number }[];
}

function meshAxisSize(mesh: Mesh, name: string): number {
  return mesh.axes.find((axis) => axis.name === name)?.size ?? 1;
}

export function axesProduct(mesh: Mesh, names: readonly string[]): number {
  return names.reduce((size, name) => size * meshAxisSize(mesh, name), 1);
}

/** The axes of `names` that the mesh has and that really divide something, in mesh order. */
export function effectiveAxes(mesh: Mesh, names: readonly string[]): readonly string[] {
  return mesh.axes.filter((axis) => axis.size > 1 && names.includes(axis.name)).map((axis) => axis.name);
}

import { formatCount } from '../base/format-quantity.ts';
import { err, InputError, ok, type Result } from '../base/result.ts';
import { parseSlice, type SliceRequest } from '../hardware/slice.ts';
import type { Scenario } from '../study/scenario.ts';
import type { MeshSpec, WorkloadSpec } from '../workload/spec.ts';

/** The words of a scenario that people read and type, and back. */

export function chipText(scenario: Scenario): string {
  const { chip } = scenario;
  if (typeof chip === 'string') return chip;
  return typeof chip.id === 'string' ? chip.id : 'own chip';
}

/** `4×4×8 twisted`, without saying how many slices there are. */
export function shapeText(slice: Scenario['slice']): string {
  return `${slice.shape.join('×')}${slice.twisted ? ' twisted' : ''}`;
}

/** The same with the slices that are joined, as in `4 slices of 4×4×8`. */
export function sliceText(slice: Scenario['slice']): string {
  return `${slicesText(slice)}${shapeText(slice)}`;
}

/** `4 slices of `, nothing for a single one. */
export function slicesText({ slices = 1 }: Scenario['slice']): string {
  return slices === 1 ? '' : `${slices} slices of `;
}

/** The shape with what is out of order, as in `4×4×4 without 1 cable`. */
export function sliceState(slice: Scenario['slice']): string {
  const cut = slice.without?.length ?? 0;
  return cut === 0
    ? shapeText(slice)
    : `${shapeText(slice)} without ${cut} ${cut === 1 ? 'cable' : 'cables'}`;
}

/** `4x4x8`, `4x4x8 twisted` or `4 slices of 4x4x8`. */
export function parseSliceText(text: string): Result<SliceRequest> {
  const several = /^\s*(\d{1,6})\s+slices?\s+(?:of\s+)?(.*)$/is.exec(text);
  if (several === null) return parseOneSlice(text);
  const [, count, rest = ''] = several;
  const one = parseOneSlice(rest);
  return !one.ok || Number(count) === 1 ? one : ok({ ...one.value, slices: Number(count) });
}

function parseOneSlice(text: string): Result<SliceRequest> {
  const [shape = '', ...words] = text.trim().split(/\s+/);
  const unknown = words.find((word) => word.toLowerCase() !== 'twisted');
  if (unknown !== undefined) {
    return err(new InputError('slice', `expected "twisted" or nothing after the shape, found "${unknown}"`));
  }
  const parsed = parseSlice(shape);
  if (!parsed.ok || words.length === 0) return parsed;
  return ok({ ...parsed.value, twisted: true });
}

/** The numbers that say how much work there is: `64 × 8,192` tokens, or M × K × N. */
export function sizeText(workload: WorkloadSpec): string {
  const sizes =
    workload.kind === 'gemm' ? [workload.m, workload.k, workload.n] : [workload.batch, workload.sequence];
  return sizes.map((size) => formatCount(size)).join(' × ');
}

/** The workload with the sizes that `text` names; the schema judges whether they make sense. */
export function withSizes(workload: WorkloadSpec, text: string): Result<WorkloadSpec> {
  const names = workload.kind === 'gemm' ? 'M × K × N' : 'sequences × tokens';
  const wanted = workload.kind === 'gemm' ? 3 : 2;
  const words = text.trim().split(/\s*[x×*]\s*/i);
  const sizes = words.map((word) => Number(word.replaceAll(/[,_]/g, '') || Number.NaN));
  if (sizes.length !== wanted || !sizes.every((size) => Number.isSafeInteger(size) && size >= 1)) {
    const problem = `expected ${names} as whole numbers from 1 up, found "${text.slice(0, 40)}"`;
    return err(new InputError('size', problem));
  }
  const [first = 1, second = 1, third = 1] = sizes;
  return ok(
    workload.kind === 'gemm'
      ? { ...workload, m: first, k: second, n: third }
      : { ...workload, batch: first, sequence: second },
  );
}

/** Of a mesh as asked for or as a report has it; pinned torus axes are said, chosen ones are not. */
export function meshText(
  mesh: readonly { readonly name: string; readonly size: number; readonly torusAxes?: unknown }[] | undefined,
): string {
  if (mesh === undefined || mesh.length === 0) return 'as it fits';
  const pinned = (axes: unknown): string => (typeof axes === 'string' && axes !== '' ? ` on ${axes}` : '');
  return mesh.map((axis) => `${axis.name} ${axis.size}${pinned(axis.torusAxes)}`).join(' · ');
}

const MESH_NAMES = ['data', 'fsdp', 'tensor'] as const;

/** `fsdp 16 · tensor 4`, also `fsdp 16 on yz, tensor 4 on x` and `data 4 on dcn`; `as it fits` leaves the choice open. */
export function parseMeshText(text: string): Result<MeshSpec | undefined> {
  if (/^(as it fits)?$/i.test(text.trim())) return ok(undefined);
  const mesh: MeshSpec = [];
  for (const part of text.split(/[·,;]/)) {
    const match = /^\s*(\w+)[\s=]+(\d{1,6})(?:\s+on\s+([xyz]{1,3}(?:\+dcn)?|dcn))?\s*$/i.exec(part);
    const name = MESH_NAMES.find((each) => each === match?.[1]?.toLowerCase());
    if (match === null || name === undefined) {
      const problem = `expected axes such as "fsdp 16 · tensor 4", found "${part.trim().slice(0, 40)}"`;
      return err(new InputError('sharding', problem));
    }
    const [, , size, torusAxes] = match;
    mesh.push({ name, size: Number(size), ...(torusAxes ? { torusAxes: torusAxes.toLowerCase() } : {}) });
  }
  return ok(mesh);
}

import { assertNever } from '../base/assert.ts';
import type { WrapRule } from '../hardware/chip.ts';
import { CHIPS } from '../hardware/presets.ts';
import { axisName, type Torus } from '../ici/topology.ts';

/** Why axes do not close into rings, as a sentence; undefined when all of them do. */
export function wrapNote(torus: Torus, chipId: string): string | undefined {
  const open = torus.shape.flatMap((extent, axis) => (extent > 1 && !torus.wraps[axis] ? [axis] : []));
  if (open.length === 0) return undefined;
  const chip = CHIPS.find((preset) => preset.chip.id === chipId)?.chip;
  const rule = chip?.ici.topology.kind === 'torus' ? chip.ici.topology.wrap : undefined;
  const axes = open.map(axisName).join(' and ');
  return `No wraparound on ${axes}: ${rule === undefined ? 'the slice is a mesh there' : reason(rule, chipId)}.`;
}

function reason(rule: WrapRule, chipId: string): string {
  switch (rule.kind) {
    case 'full-axis':
      return `${chipId} axes wrap only at ${[...new Set(rule.extents)].join(' or ')}`;
    case 'cube-multiple':
      return `${chipId} axes wrap only in slices of whole ${rule.cube}×${rule.cube}×${rule.cube} cubes`;
    case 'never':
      return `${chipId} slices are meshes`;
    default:
      return assertNever(rule);
  }
}

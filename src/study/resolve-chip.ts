import { ok, type Result } from '../base/result.ts';
import type { Chip } from '../hardware/chip.ts';
import { parseChip } from '../hardware/chip-schema.ts';
import { findChip } from '../hardware/presets.ts';
import { applySets } from '../hardware/variant.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's chip: a preset by id or a full description, with the changes that `set` makes to it. */
export function resolveChip(scenario: Pick<Scenario, 'chip' | 'set'>): Result<Chip> {
  const base = baseChip(scenario.chip);
  return base.ok && scenario.set !== undefined ? applySets(base.value, scenario.set) : base;
}

function baseChip(chip: Scenario['chip']): Result<Chip> {
  if (typeof chip !== 'string') return parseChip(chip, 'chip');
  const preset = findChip(chip);
  return preset.ok ? ok(preset.value.chip) : preset;
}

import { err, InputError, ok, type Result } from '../base/result.ts';
import type { Chip } from '../hardware/chip.ts';
import { parseChip } from '../hardware/chip-schema.ts';
import { findChip } from '../hardware/presets.ts';
import { applySet } from '../hardware/variant.ts';
import type { Scenario } from './scenario.ts';

/** The scenario's chip: a preset by id or a full description, with the changes that `set` makes to it. */
export function resolveChip(scenario: Pick<Scenario, 'chip' | 'set'>): Result<Chip> {
  const base = baseChip(scenario.chip);
  if (!base.ok) return base;
  let chip = base.value;
  for (const [index, assignment] of (scenario.set ?? []).entries()) {
    const changed = applySet(chip, assignment);
    if (!changed.ok) {
      return err(new InputError(`set.${index} (${assignment})`, changed.error.message));
    }
    chip = changed.value;
  }
  return ok(chip);
}

function baseChip(chip: Scenario['chip']): Result<Chip> {
  if (typeof chip !== 'string') return parseChip(chip, 'chip');
  const preset = findChip(chip);
  return preset.ok ? ok(preset.value.chip) : preset;
}

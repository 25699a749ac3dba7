import { err, InputError, ok, type Result } from '../base/result.ts';
import type { ChipPreset } from './chip.ts';
import { tpu7x } from './presets/7x.ts';
import { tpu8i } from './presets/8i.ts';
import { tpu8t } from './presets/8t.ts';
import { v1 } from './presets/v1.ts';
import { v2 } from './presets/v2.ts';
import { v3 } from './presets/v3.ts';
import { v4 } from './presets/v4.ts';
import { v4i } from './presets/v4i.ts';
import { v5e } from './presets/v5e.ts';
import { v5p } from './presets/v5p.ts';
import { v6e } from './presets/v6e.ts';

/** Every chip that comes with Systole, oldest first. */
export const CHIPS: readonly ChipPreset[] = [v1, v2, v3, v4i, v4, v5e, v5p, v6e, tpu7x, tpu8t, tpu8i];

/**
 * The preset called `id`, whatever its case; `tpu-v5p`, `TPU v5p` and `tpu7x` are understood too.
 * An unknown id is an `InputError` that lists the known ones.
 */
export function findChip(id: string): Result<ChipPreset> {
  const wanted = id
    .trim()
    .toLowerCase()
    .replace(/^tpu[-_ ]?/, '');
  const found = CHIPS.find((preset) => preset.chip.id === wanted);
  if (found !== undefined) return ok(found);
  const known = CHIPS.map((preset) => preset.chip.id).join(', ');
  return err(new InputError('chip', `unknown chip "${id.slice(0, 40)}", expected one of ${known}`));
}

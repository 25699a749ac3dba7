import * as v from 'valibot';
import type { TunedKernel } from '../worker/engine-api.ts';

const KEY = 'systole-tuning';
const MAX_ENTRIES = 200;

const text = v.pipe(v.string(), v.maxLength(400));
const SCHEMA = v.pipe(
  v.array(
    v.strictObject({
      key: text,
      choice: v.strictObject({
        adapter: text,
        shapeClass: text,
        kernel: text,
        measured: v.pipe(
          v.array(v.strictObject({ kernel: text, seconds: v.pipe(v.number(), v.finite(), v.minValue(0)) })),
          v.maxLength(100),
        ),
      }),
    }),
  ),
  v.maxLength(MAX_ENTRIES),
);

/** Choices of kernels from earlier visits; none where the store is forbidden or holds something else. */
export function loadTuned(storage: () => Storage = () => localStorage): readonly TunedKernel[] {
  try {
    const parsed = v.safeParse(SCHEMA, JSON.parse(storage().getItem(KEY) ?? '[]'));
    return parsed.success ? parsed.output : [];
  } catch {
    return [];
  }
}

export function saveTuned(tuned: readonly TunedKernel[], storage: () => Storage = () => localStorage): void {
  try {
    storage().setItem(KEY, JSON.stringify(tuned.slice(-MAX_ENTRIES)));
  } catch {
    // Storage is full or forbidden: the next visit tries again.
  }
}

/** `tuned` with one choice more, or with one replaced. */
export function withTuned(
  tuned: readonly TunedKernel[],
  { key, choice }: TunedKernel,
): readonly TunedKernel[] {
  return [...tuned.filter((each) => each.key !== key), { key, choice }];
}

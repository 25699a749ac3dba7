import { describe, expect, it } from 'vitest';
import { loadTuned, saveTuned, withTuned } from '../../src/ui/tuning-memory.ts';
import type { TunedKernel } from '../../src/worker/engine-api.ts';

function storageWith(text: string | null): () => Storage {
  const entries = new Map<string, string>(text === null ? [] : [['systole-tuning', text]]);
  const storage = {
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
  };
  return () => storage as Storage;
}

const tuned: TunedKernel = {
  key: 'a',
  choice: {
    adapter: 'x',
    shapeClass: '512 x 512 x 512',
    kernel: 'bf16 8x8',
    measured: [{ kernel: 'bf16 8x8', seconds: 0.1 }],
  },
};

describe('choices of kernels', () => {
  it('are kept between visits', () => {
    const storage = storageWith(null);
    saveTuned([tuned], storage);
    expect(loadTuned(storage)).toEqual([tuned]);
  });

  it.each([
    'not json',
    '{}',
    '[{"key":1}]',
    JSON.stringify([{ ...tuned, extra: 1 }]),
    JSON.stringify([{ ...tuned, choice: { ...tuned.choice, measured: [{ kernel: 'x', seconds: -1 }] } }]),
    JSON.stringify(Array.from({ length: 500 }, () => tuned)),
  ])('are forgotten where the store holds %s', (text) => {
    expect(loadTuned(storageWith(text))).toEqual([]);
  });

  it('are replaced by newer ones of the same key', () => {
    const newer = { ...tuned, choice: { ...tuned.choice, kernel: 'bf16 4x4' } };
    expect(withTuned([tuned, { ...tuned, key: 'b' }], newer)).toEqual([{ ...tuned, key: 'b' }, newer]);
  });

  it('do not stop a page whose store is forbidden', () => {
    const forbidden = (): Storage => {
      throw new Error('forbidden');
    };
    expect(loadTuned(forbidden)).toEqual([]);
    expect(() => saveTuned([tuned], forbidden)).not.toThrow();
  });
});

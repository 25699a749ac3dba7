import { describe, expect, it } from 'vitest';
import { clampLayout, loadSettings, type Settings, saveSettings } from '../../src/ui/settings.ts';

const defaults: Settings = {
  theme: 'system',
  layout: { arrayShare: 0.4, torusShare: 0.35 },
  aloneLayout: { arrayShare: 0.6, torusShare: 0.2 },
};

function storageWith(text: string | undefined): { storage: Storage; read: () => string | undefined } {
  let held = text;
  const storage = {
    getItem: () => held ?? null,
    setItem: (_: string, value: string) => {
      held = value;
    },
  };
  return { storage: storage as unknown as Storage, read: () => held };
}

describe('settings', () => {
  it('come back as they were saved', () => {
    const { storage } = storageWith(undefined);
    const chosen: Settings = {
      theme: 'dark',
      layout: { arrayShare: 0.5, torusShare: 0.3 },
      aloneLayout: { arrayShare: 0.55, torusShare: 0.25 },
    };
    saveSettings(chosen, () => storage);
    expect(loadSettings(defaults, () => storage)).toEqual(chosen);
  });

  it.each(['', 'not json', 'null', '[]', '{"theme":"pink","arrayShare":"wide","alone":7}'])(
    'survive a store that holds %s',
    (text) => {
      expect(loadSettings(defaults, () => storageWith(text).storage)).toEqual(defaults);
    },
  );

  it('survive a browser that forbids storage', () => {
    const forbidden = (): Storage => {
      throw new DOMException('denied', 'SecurityError');
    };
    expect(loadSettings(defaults, forbidden)).toEqual(defaults);
    expect(() => saveSettings(defaults, forbidden)).not.toThrow();
  });

  it('never leave a view without room', () => {
    for (const layout of [
      { arrayShare: 0, torusShare: 0 },
      { arrayShare: 5, torusShare: 5 },
      { arrayShare: -1, torusShare: 0.9 },
    ]) {
      const { arrayShare, torusShare } = clampLayout(layout);
      expect(arrayShare).toBeGreaterThanOrEqual(0.15);
      expect(torusShare).toBeGreaterThanOrEqual(0.15 - 1e-12);
      expect(1 - arrayShare - torusShare).toBeGreaterThanOrEqual(0.15 - 1e-12);
    }
  });
});

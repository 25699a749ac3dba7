import { clamp } from '../base/integers.ts';
import { type AppState, type Layout, THEMES, type ThemeChoice } from './state.ts';

/** What is remembered between visits. A browser may refuse to store: then nothing is. */
export interface Settings {
  readonly theme: ThemeChoice;
  readonly layout: Layout;
}

const KEY = 'systole-settings';
const MIN_SHARE = 0.15;
const MAX_SHARE = 0.7;

export function loadSettings(defaults: Settings, storage: () => Storage = () => localStorage): Settings {
  try {
    const stored: unknown = JSON.parse(storage().getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return defaults;
    const found = stored as { readonly [key: string]: unknown };
    return {
      theme: THEMES.find((theme) => theme === found.theme) ?? defaults.theme,
      layout: clampLayout({
        arrayShare: shareOr(found.arrayShare, defaults.layout.arrayShare),
        torusShare: shareOr(found.torusShare, defaults.layout.torusShare),
      }),
    };
  } catch {
    return defaults;
  }
}

export function saveSettings(
  state: Pick<AppState, 'theme' | 'layout'>,
  storage: () => Storage = () => localStorage,
): void {
  try {
    storage().setItem(KEY, JSON.stringify({ theme: state.theme, ...state.layout }));
  } catch {
    // Storage is full or forbidden: the page works without memory.
  }
}

/** No view becomes too narrow to use. */
export function clampLayout(layout: Layout): Layout {
  const arrayShare = clamp(layout.arrayShare, MIN_SHARE, MAX_SHARE);
  return { arrayShare, torusShare: clamp(layout.torusShare, MIN_SHARE, 1 - MIN_SHARE - arrayShare) };
}

function shareOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

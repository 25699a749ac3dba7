import { clamp } from '../base/integers.ts';
import { type AppState, type Layout, THEMES, type ThemeChoice } from './state.ts';

/** What is remembered between visits. A browser may refuse to store: then nothing is. */
export interface Settings {
  readonly theme: ThemeChoice;
  readonly layout: Layout;
  readonly aloneLayout: Layout;
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
      layout: layoutOr(found, defaults.layout),
      aloneLayout: layoutOr(found.alone, defaults.aloneLayout),
    };
  } catch {
    return defaults;
  }
}

export function saveSettings(
  state: Pick<AppState, 'theme' | 'layout' | 'aloneLayout'>,
  storage: () => Storage = () => localStorage,
): void {
  try {
    const { theme, layout, aloneLayout: alone } = state;
    storage().setItem(KEY, JSON.stringify({ theme, ...layout, alone }));
  } catch {
    // Storage is full or forbidden: the page works without memory.
  }
}

/** No view becomes too narrow to use. */
export function clampLayout(layout: Layout): Layout {
  const arrayShare = clamp(layout.arrayShare, MIN_SHARE, MAX_SHARE);
  return { arrayShare, torusShare: clamp(layout.torusShare, MIN_SHARE, 1 - MIN_SHARE - arrayShare) };
}

function layoutOr(stored: unknown, fallback: Layout): Layout {
  const found = typeof stored === 'object' && stored !== null ? (stored as Partial<Layout>) : {};
  return clampLayout({
    arrayShare: shareOr(found.arrayShare, fallback.arrayShare),
    torusShare: shareOr(found.torusShare, fallback.torusShare),
  });
}

function shareOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

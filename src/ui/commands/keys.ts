/**
 * A key by its physical place (`KeyboardEvent.code`), so that A and D stay side by side on every layout,
 * or, where the printed sign is the point, by what it types.
 */
export type KeyStroke =
  | { readonly code: string; readonly shift?: boolean; readonly command?: boolean }
  | { readonly types: string };

export function key(code: string): KeyStroke {
  return { code };
}

export function shiftKey(code: string): KeyStroke {
  return { code, shift: true };
}

/** Ctrl, or Cmd where there is one. */
export function commandKey(code: string, shift = false): KeyStroke {
  return { code, command: true, shift };
}

type KeyEvent = Pick<KeyboardEvent, 'code' | 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

export function matchesKey(stroke: KeyStroke, event: KeyEvent): boolean {
  if (event.altKey) return false;
  const command = event.ctrlKey || event.metaKey;
  if ('types' in stroke) return event.key === stroke.types && !command;
  return (
    event.code === stroke.code &&
    command === (stroke.command ?? false) &&
    event.shiftKey === (stroke.shift ?? false)
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  Space: 'Space',
  BracketLeft: '[',
  BracketRight: ']',
  Equal: '+',
  Minus: '−',
  Escape: 'Esc',
  Period: '.',
  Comma: ',',
  ArrowLeft: '←',
  ArrowRight: '→',
  Home: 'Home',
  End: 'End',
};

/** How a stroke is written for people, as in `Ctrl+K`. */
export function keyText(stroke: KeyStroke): string {
  if ('types' in stroke) return stroke.types;
  const sign = SIGNS[stroke.code] ?? stroke.code.replace(/^(Key|Digit)/, '');
  return `${stroke.command ? 'Ctrl+' : ''}${stroke.shift ? 'Shift+' : ''}${sign}`;
}

/** Whether the focus is where typing goes: then single keys are letters, not commands. */
export function isTyping(event: Event): boolean {
  const [target] = event.composedPath();
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

/**
 * Arrow keys, Home and End among the buttons of a list, of which only one is in the order of tabs. Returns
 * whether the key was one of these.
 */
export function moveAmong(buttons: readonly HTMLElement[], event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || buttons.length === 0) return false;
  const path = event.composedPath();
  const at = buttons.findIndex((button) => path.includes(button));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (to === undefined) return false;
  buttons.forEach((button) => {
    button.tabIndex = -1;
  });
  const next = buttons[Math.min(buttons.length - 1, Math.max(0, to))];
  next.tabIndex = 0;
  next.focus();
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** A list that has changed keeps one button in the order of tabs. */
export function keepTabStop(buttons: readonly HTMLElement[]): void {
  if (buttons.length > 0 && !buttons.some(({ tabIndex }) => tabIndex === 0)) buttons[0].tabIndex = 0;
}

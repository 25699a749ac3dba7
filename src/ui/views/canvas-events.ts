import type { TransferFocus } from '../transfer-focus.ts';

/** What the views ask of the page. All bubble out of shadow roots. */
export interface ViewEvents {
  /** The user points at an op: show it everywhere. */
  'select-op': { readonly op: number };
  /** The user moves the playhead from within a view. */
  seek: { readonly cursorPs: number };
  /** The user singles out a directed link of the torus, or none. */
  'select-link': { readonly link: number | undefined };
  /** The user singles out a transfer, a chain of them, or none. */
  'select-transfer': { readonly focus: TransferFocus | undefined };
  /** A button in a view does what a command does. */
  'invoke-command': { readonly id: string };
}

export function dispatchViewEvent<Name extends keyof ViewEvents>(
  from: EventTarget,
  name: Name,
  detail: ViewEvents[Name],
): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

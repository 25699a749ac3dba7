import { css } from 'lit';
import type { TransferFocus } from '../transfer-focus.ts';
import { dispatchViewEvent } from './canvas-events.ts';

export function tellTransfer(from: EventTarget, focus: TransferFocus | undefined): void {
  dispatchViewEvent(from, 'select-transfer', { focus });
}

/** What the panels of one transfer and of a chain share. */
export const transferPanelStyles = css`
  :host {
    display: block;
    block-size: auto;
    padding: 0;
    container-type: normal;
    overflow: auto;
    font-size: var(--size-12);
  }
  header h3 {
    font-size: var(--size-12);
    outline-offset: 2px;
  }
  header .facts {
    flex: 1;
  }
  .link {
    text-align: start;
  }
`;

import { html, type nothing, type TemplateResult } from 'lit';
import type { TorusPath } from '../../figure/torus-path.ts';
import type { Torus } from '../../ici/topology.ts';
import type { TransferFocus } from '../transfer-focus.ts';
import './chain-panel.ts';
import type { TaleAnswer } from './tales-source.ts';
import './transfer-panel.ts';

/** What is singled out and what is known of it. */
export interface ToldTransfer {
  readonly torus: Torus;
  readonly focus: TransferFocus;
  readonly told: TaleAnswer | undefined;
  /** How far the collective is at the playhead, in [0, 1]; undefined where that is elsewhere. */
  readonly progress: number | undefined;
}

/** The panel of a transfer or a chain, or why there is none. It tells `jump-to` with a share of the collective. */
export function renderTale({ torus, focus, told, progress }: ToldTransfer): TemplateResult | typeof nothing {
  if (told === undefined || told.kind === 'pending')
    return html`<p class="quiet" role="status">Looking …</p>`;
  if (told.kind === 'failed') return html`<p class="quiet">${told.message}</p>`;
  const { tale } = told;
  if (tale.kind === 'chain') {
    return html`<systole-chain-panel .tale=${tale} .op=${focus.op}></systole-chain-panel>`;
  }
  return html`<systole-transfer-panel
    .torus=${torus}
    .tale=${tale}
    .op=${focus.op}
    .now=${progress === undefined ? undefined : progress * tale.seconds}
  ></systole-transfer-panel>`;
}

/** The way of a transfer, or of all of a chain one after another. */
export function pathOf(told: TaleAnswer | undefined): TorusPath | undefined {
  if (told?.kind !== 'known') return undefined;
  const { tale } = told;
  if (tale.kind === 'transfer') {
    const { path, source, target } = tale;
    return source === undefined || target === undefined ? undefined : { links: path, source, target };
  }
  const { links, source, target } = tale;
  return source === undefined || target === undefined ? undefined : { links, source, target };
}

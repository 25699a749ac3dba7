import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatCount, formatSi } from '../../base/format-quantity.ts';
import { transferStrip } from '../../figure/transfer-strip.ts';
import type { Torus } from '../../ici/topology.ts';
import type { Stage } from '../../ici/transfer-story.ts';
import type { TransferTale } from '../../worker/transfer-tales.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { viewStyles } from './canvas-styles.ts';
import { tellTransfer, transferPanelStyles } from './transfer-panel-parts.ts';

/** Links that held it back and are listed. */
const MAX_HELD = 6;
const NEEDS = { data: 'the data of', turn: 'its turn behind' } as const;

/** The life of one transfer in order, its rate over time, and a way along who waits for whom. */
@customElement('systole-transfer-panel')
export class TransferPanel extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  @property({ attribute: false }) tale: TransferTale | undefined;
  @property({ attribute: false }) op = 0;
  /** Playhead within the collective, in its seconds; undefined where it is elsewhere. */
  @property({ attribute: false }) now: number | undefined;

  @state() private strip: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @query('h3') private heading: HTMLElement | null | undefined;

  override render(): TemplateResult | typeof nothing {
    const { tale, torus } = this;
    if (tale === undefined || torus === undefined) return nothing;
    const before = tale.waitedFor.at(-1)?.transfer;
    const after = (tale.waitedForBy.find(({ last }) => last) ?? tale.waitedForBy[0])?.transfer;
    return html`<div class="panel" @keydown=${(event: KeyboardEvent) => this.#keyPressed(event, before, after)}>
      <header>
        <h3 class="number" tabindex="-1">${tale.way}</h3>
        <span class="number quiet facts">${formatSi(tale.bytes, 'B')}</span>
        <span class="metrics" role="group" aria-label="Who waits for whom">
          ${this.#renderStep('‹ waited for', 'What it waited for last (left arrow)', before)}
          ${this.#renderStep('waits for it ›', 'Who waits for it (right arrow)', after)}
          <button
            class="small"
            title="From the start to the last arrival, who waited for whom (Shift+C)"
            @click=${() => tellTransfer(this, { op: this.op, kind: 'chain' })}
          >
            chain
          </button>
          <button class="small" aria-label="Let go of the transfer" title="Let go (Escape)" @click=${() => tellTransfer(this, undefined)}>
            ×
          </button>
        </span>
      </header>
      <p class="sentence">${tale.sentence}</p>
      <systole-figure
        class="strip"
        role="img"
        aria-label="Rate over time, up to ${formatSi(tale.linkBytesPerSecond, 'B/s')}; dashed where nothing is sent"
        .drawing=${
          this.strip.width === 0
            ? undefined
            : transferStrip(tale, this.strip.width, this.strip.height, this.now)
        }
        @figure-size=${(event: CustomEvent<FigureSize>) => {
          this.strip = event.detail;
        }}
      ></systole-figure>
      <p class="quiet">
        Height: rate, up to <span class="number">${formatSi(tale.linkBytesPerSecond, 'B/s')}</span>
      </p>
      <ol>
        ${this.#renderWaits(tale)} ${this.#renderMoves(tale, torus)}
      </ol>
      ${this.#renderFollowers(tale)}
    </div>`;
  }

  /** Who follows the chain by keys goes on there. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('tale') && this.#walked) {
      this.#walked = false;
      this.heading?.focus();
    }
  }

  #walked = false;

  override focus(): void {
    this.heading?.focus();
  }

  #renderStep(text: string, title: string, transfer: number | undefined): TemplateResult {
    return html`<button
      class="small"
      title=${title}
      ?disabled=${transfer === undefined}
      @click=${() => this.#walk(transfer)}
    >
      ${text}
    </button>`;
  }

  #walk(transfer: number | undefined): void {
    if (transfer === undefined) return;
    this.#walked = true;
    tellTransfer(this, { op: this.op, kind: 'transfer', transfer });
  }

  #keyPressed(event: KeyboardEvent, before: number | undefined, after: number | undefined): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === 'ArrowLeft') this.#walk(before);
    else if (event.key === 'ArrowRight') this.#walk(after);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #renderOther(transfer: number, way: string): TemplateResult {
    return html`<button class="link number" @click=${() => this.#walk(transfer)}>${way}</button>`;
  }

  #renderWaits(tale: TransferTale): TemplateResult {
    const waits = tale.stages.filter((stage) => stage.kind === 'waits');
    const shown = tale.waitedFor.slice(-3);
    const hidden = tale.waitedForCount - shown.length;
    const waited = new Map(waits.map((stage) => [stage.for?.transfer, stage]));
    const start = waited.get(undefined);
    return html`${hidden > 0 ? html`<li class="quiet">waited for ${formatCount(hidden)} others before</li>` : nothing}
      ${shown.map(({ transfer, way, needs, seconds }) => {
        const stage = waited.get(transfer);
        return html`<li>
          <span class="number when">${formatSi(seconds, 's')}</span>
          <span
            >had ${NEEDS[needs]} ${this.#renderOther(transfer, way)}${stage === undefined ? ', without waiting for it' : html`, after waiting <span class="number">${lasted(stage)}</span>`}</span
          >
        </li>`;
      })}
      ${
        start === undefined
          ? nothing
          : html`<li>
              <span class="number when">${formatSi(start.to, 's')}</span>
              <span>its start, after <span class="number">${lasted(start)}</span></span>
            </li>`
      }`;
  }

  #renderMoves(tale: TransferTale, torus: Torus): TemplateResult {
    const hidden = tale.heldBack.length - MAX_HELD;
    const held = [...tale.heldBack].sort((a, b) => b.lostSeconds - a.lostSeconds).slice(0, MAX_HELD);
    return html`<li>
        <span class="number when">${formatSi(tale.begun, 's')}</span>
        <span>began ${this.#renderJump(tale, tale.begun, 'beginning')}</span>
      </li>
      ${held.map(
        ({ link, seconds, lostSeconds, others }) => html`<li class="held">
          <span class="number when">${formatSi(seconds, 's')}</span>
          <span
            >held back on <span class="number">${torus.linkName(link)}</span>, shared with
            ${others === 1 ? 'one other' : `up to ${formatCount(others)} others`}:
            <span class="number">${formatSi(lostSeconds, 's')}</span> lost</span
          >
        </li>`,
      )}
      ${hidden > 0 ? html`<li class="quiet">and on ${formatCount(hidden)} more links</li>` : nothing}
      ${
        tale.heldBack.length === 0 && tale.path.length > 0
          ? html`<li><span class="when"></span><span>at full rate: no link held it back</span></li>`
          : nothing
      }
      <li>
        <span class="number when">${formatSi(tale.sent, 's')}</span><span>sent its last byte</span>
      </li>
      <li>
        <span class="number when">${formatSi(tale.arrived, 's')}</span>
        <span
          >arrived, over ${tale.path.length === 1 ? 'one link' : `${tale.path.length} links`}
          ${this.#renderJump(tale, tale.arrived, 'arrival')}</span
        >
      </li>`;
  }

  #renderJump(tale: TransferTale, seconds: number, name: string): TemplateResult {
    return html`<button
      class="small jump"
      title="Moves the playhead"
      @click=${() => this.dispatchEvent(new CustomEvent('jump-to', { detail: { share: seconds / tale.seconds }, bubbles: true, composed: true }))}
    >
      go to its ${name}
    </button>`;
  }

  #renderFollowers({ waitedForBy, waitedForByCount }: TransferTale): TemplateResult {
    if (waitedForByCount === 0) return html`<p class="quiet">Nobody waits for it.</p>`;
    const more = waitedForByCount - waitedForBy.length;
    return html`<p class="others">
      Waiting for it:
      ${waitedForBy.map(
        ({ transfer, way, needs, last }, position) =>
          html`${position > 0 ? ', ' : nothing}${this.#renderOther(transfer, way)} (${needs}${last ? ', last of all' : ''})`,
      )}${more > 0 ? html` and ${formatCount(more)} more` : nothing}.
    </p>`;
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    transferPanelStyles,
    css`
      .sentence {
        margin-block-end: 6px;
      }
      .strip {
        block-size: 44px;
      }
      ol {
        display: grid;
        gap: 2px;
        margin-block: 4px;
      }
      li {
        display: grid;
        grid-template-columns: 9ch minmax(0, 1fr);
        gap: 8px;
      }
      li.quiet {
        grid-template-columns: 1fr;
        padding-inline-start: calc(9ch + 8px);
      }
      .when {
        text-align: end;
        color: var(--ink-quiet);
      }
      .jump {
        padding: 0 6px;
      }
    `,
  ];
}

function lasted(stage: Stage): string {
  return formatSi(stage.to - stage.from, 's');
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-transfer-panel': TransferPanel;
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { CAUSE_PAINTS } from '../../figure/flit-figures.ts';
import type { ChannelMoment, ChannelStage, FlitReader, WaitChain, WaitRoot } from '../../ici/flit-reader.ts';
import { axisName } from '../../ici/topology.ts';
import { sharedStyles } from '../shared-styles.ts';
import { viewStyles } from './canvas-styles.ts';

/** What a channel does, in a word and in a sentence part. */
export const STAGE_WORDS: Readonly<Record<ChannelStage, { readonly word: string; readonly does: string }>> = {
  moved: { word: 'moves', does: 'moves' },
  route: { word: 'route', does: 'its way is being computed' },
  granted: { word: 'gets VC', does: 'it gets its virtual channel in this cycle' },
  channel: { word: 'VC', does: 'waits: a VC of' },
  switch: { word: 'switch', does: 'waits: the switch to' },
  credit: { word: 'credit', does: 'waits: credit of' },
  kept: { word: 'kept', does: 'empty, kept for a packet whose rest has yet to come' },
  empty: { word: '', does: 'empty' },
};

const ROOTS: Readonly<Record<WaitRoot, string>> = {
  moves: 'The root moves: the others follow in turn.',
  pipeline: 'The root is in the stages of its router: the others follow in turn.',
  link: 'The buffer waited for is empty: flits or credits are still on the link.',
  source: 'The root is a source that has yet to send the rest of its packet.',
  turn: 'Nobody got what is waited for in this cycle: the arbiters chose others.',
  circle: 'The chain closes on itself.',
};

/** `+x` for the output or input port on that side, `node` for the chip's own. */
export function portName(reader: FlitReader, port: number): string {
  const { ports, linkPorts } = reader.recording;
  if (port < linkPorts) return side(port);
  return ports === linkPorts + 1 ? 'node' : `node ${side(port - linkPorts)}`;
}

function side(port: number): string {
  return `${port % 2 === 0 ? '+' : '−'}${axisName(port >> 1)}`;
}

/** Input ports by virtual channels of one router in one cycle, and whom the chosen one waits for. */
@customElement('systole-flit-router')
export class FlitRouterPanel extends LitElement {
  @property({ attribute: false }) reader: FlitReader | undefined;
  @property({ attribute: false }) frame = 0;
  @property({ attribute: false }) node = 0;
  /** The chosen channel, and the chain of waiting from it. */
  @property({ attribute: false }) channel: number | undefined;
  @property({ attribute: false }) chain: WaitChain | undefined;

  override render(): TemplateResult | typeof nothing {
    const { reader, node, frame } = this;
    if (reader === undefined) return nothing;
    const { ports, virtualChannels, bufferFlits } = reader.recording;
    const moments = reader.router(frame, node);
    return html`<header>
        <h3>Router <span class="number">${chipText(reader, node)}</span></h3>
        <button class="plain small" aria-label="Close" @click=${() => this.#tell(undefined, undefined)}>×</button>
      </header>
      <table>
        <caption>
          Flits in each buffer of ${bufferFlits}; the head’s stage
        </caption>
        <thead>
          <tr>
            <th scope="col">From</th>
            ${Array.from({ length: virtualChannels }, (_, vc) => html`<th scope="col">VC ${vc}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${Array.from(
            { length: ports },
            (_, port) => html`<tr>
              <th scope="row" class="number">${portName(reader, port)}</th>
              ${moments
                .slice(port * virtualChannels, (port + 1) * virtualChannels)
                .map((moment) => html`<td>${this.#renderCell(reader, moment)}</td>`)}
            </tr>`,
          )}
        </tbody>
      </table>
      ${this.#renderChain(reader)}`;
  }

  #renderCell(reader: FlitReader, moment: ChannelMoment): TemplateResult {
    const { stage, held, channel } = moment;
    const paint = stage === 'empty' || stage === 'kept' ? 'line' : CAUSE_PAINTS[stage];
    const { bufferFlits } = reader.recording;
    return html`<button
      class="cell small"
      aria-pressed=${this.channel === channel ? 'true' : 'false'}
      title=${momentText(reader, moment)}
      @click=${() => this.#tell(moment.node, this.channel === channel ? undefined : channel)}
      .style=${`--paint:var(--${paint});--fill:${held / bufferFlits}`}
    >
      <span class="number">${held}</span> ${STAGE_WORDS[stage].word}
      <span class="visually-hidden">${momentText(reader, moment)}</span>
    </button>`;
  }

  #renderChain(reader: FlitReader): TemplateResult {
    const { chain } = this;
    if (chain === undefined)
      return html`<p class="quiet small">Choose a buffer to see whom its head waits for.</p>`;
    return html`<ol aria-label="Who waits for whom">
        ${chain.steps.map(
          (step) => html`<li>
            <button
              class="link small number"
              aria-current=${step.channel === this.channel ? 'true' : 'false'}
              @click=${() => this.#tell(step.node, step.channel)}
            >${chipText(reader, step.node)} ${portName(reader, step.port)} VC ${step.vc}</button>
            ${doesText(reader, step)}
            <span class="way quiet number">${wayText(reader, step)}</span>
          </li>`,
        )}
      </ol>
      <p class="small">${chain.steps[0]?.stage === 'empty' ? 'Nothing there.' : ROOTS[chain.root]}</p>`;
  }

  #tell(node: number | undefined, channel: number | undefined): void {
    this.dispatchEvent(new CustomEvent('flit-select', { detail: { node, channel } }));
  }

  static override styles = [
    sharedStyles,
    viewStyles,
    css`
      :host {
        display: block;
        block-size: auto;
        padding: 0 0 4px;
        overflow: auto;
        container-type: normal;
        font-size: var(--size-12);
      }
      header h3 {
        flex: 1;
        font-size: var(--size-12);
      }
      caption {
        text-align: start;
        color: var(--ink-quiet);
        white-space: normal;
      }
      th,
      td {
        padding: 1px 4px 1px 0;
        border: 0;
      }
      th {
        font-weight: 400;
        color: var(--ink-quiet);
      }
      .cell {
        inline-size: 100%;
        min-inline-size: 58px;
        text-align: start;
        padding: 1px 5px;
        border-radius: 3px;
        border-inline-start: 4px solid var(--paint);
        background: linear-gradient(
          to right,
          var(--raised) calc(var(--fill) * 100%),
          transparent calc(var(--fill) * 100%)
        );
      }
      .cell[aria-pressed='true'] {
        outline: 2px solid var(--accent);
        outline-offset: -1px;
      }
      ol {
        display: grid;
        gap: 3px;
        margin-block: 6px 4px;
        padding-inline-start: 18px;
        list-style: decimal;
      }
      .way {
        display: block;
      }
      ol [aria-current='true'] {
        font-weight: 650;
      }
    `,
  ];
}

function chipText(reader: FlitReader, node: number): string {
  return `(${reader.torus.coordinates(node).join(',')})`;
}

/** `3 flits, (1,2) → (4,2)`: how many, and the packet at the head. */
function wayText(reader: FlitReader, { held, source, target }: ChannelMoment): string {
  if (source === undefined) return '';
  const to = target === undefined ? '…' : chipText(reader, target);
  return `${held} ${held === 1 ? 'flit' : 'flits'}, ${chipText(reader, source)} → ${to}`;
}

function doesText(reader: FlitReader, { stage, outPort, outVc }: ChannelMoment): string {
  const { does } = STAGE_WORDS[stage];
  if (outPort === undefined) return does;
  const out = portName(reader, outPort);
  switch (stage) {
    case 'channel':
    case 'switch':
      return `${does} ${out}`;
    case 'credit':
      return `${does} ${out} VC ${outVc}`;
    case 'moved':
      return `${does} to ${out}`;
    default:
      return does;
  }
}

function momentText(reader: FlitReader, moment: ChannelMoment): string {
  const place = `from ${portName(reader, moment.port)}, VC ${moment.vc}`;
  if (moment.stage === 'empty') return `${place}: empty`;
  return `${place}: ${wayText(reader, moment)}: ${doesText(reader, moment)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-router': FlitRouterPanel;
  }
}

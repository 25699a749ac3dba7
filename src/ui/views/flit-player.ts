import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import { clamp } from '../../base/integers.ts';
import { type ColorScale, utilizationScale, waitingScale } from '../../figure/color-scales.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { CAUSE_PAINTS, causesFigure, mostOccupied } from '../../figure/flit-figures.ts';
import { linkLabel } from '../../figure/torus-figure.ts';
import type { FlitReader, FrameRange, WaitChain } from '../../ici/flit-reader.ts';
import { isWait } from '../../ici/flit-reader.ts';
import { flitSentence } from '../../ici/flit-sentence.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { rampStyle } from './canvas-legend.ts';
import { PaletteController } from './canvas-palette.ts';
import { viewStyles } from './canvas-styles.ts';
import { flitPlayerStyles } from './flit-player-styles.ts';
import './flit-list.ts';
import { portName } from './flit-router.ts';
import './flit-torus.ts';

export type FlitMetric = 'used' | 'waiting' | 'list';

/** Frames that the colours are means of; 0 is all. */
const SPANS = [1, 16, 64, 0] as const;
const FRAMES_PER_SECOND = 12;

const LEGEND = [
  { paint: CAUSE_PAINTS.moved, name: 'move' },
  { paint: CAUSE_PAINTS.route, name: 'in stages' },
  { paint: CAUSE_PAINTS.switch, name: 'wait: switch' },
  { paint: CAUSE_PAINTS.channel, name: 'VC' },
  { paint: CAUSE_PAINTS.credit, name: 'credit' },
] as const;

/** A recording of flits, to be scrubbed: links coloured, routers opened, waiting followed to its root. */
@customElement('systole-flit-player')
export class FlitPlayer extends LitElement {
  @property({ attribute: false }) reader: FlitReader | undefined;
  @property({ attribute: false }) metric: FlitMetric = 'waiting';

  @state() private frame = 0;
  @state() private span: number = 16;
  @state() private node: number | undefined;
  @state() private channel: number | undefined;
  @state() private playing = false;
  /** Under the pointer. */
  @state() private link: number | undefined;
  @state() private stripSize: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  readonly #theme = new PaletteController(this);
  #range: FrameRange = { from: 0, to: 0 };
  #shares: Float32Array | undefined;
  #fill: Float32Array | undefined;
  #mostWaiting = 1;
  #chain: WaitChain | undefined;
  #strip: Drawing | undefined;
  #mostOccupied = 0;
  #sentence = '';
  #root: TemplateResult | typeof nothing = nothing;
  #playedMs = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.playing = false;
  }

  override render(): TemplateResult | typeof nothing {
    const { reader } = this;
    if (reader === undefined) return nothing;
    return html`<div class="body" @keydown=${this.#keyPressed}>
        ${
          this.metric === 'list'
            ? html`<systole-flit-list
                .reader=${reader}
                .range=${this.#range}
                @flit-open=${(event: CustomEvent<number>) => this.#openRouter(event.detail)}
              ></systole-flit-list>`
            : this.#renderTorus(reader)
        }
        ${
          this.node === undefined || this.metric === 'list'
            ? nothing
            : html`<systole-flit-router
                .reader=${reader}
                .frame=${this.frame}
                .node=${this.node}
                .channel=${this.channel}
                .chain=${this.#chain}
                @flit-select=${this.#selected}
              ></systole-flit-router>`
        }
      </div>
      ${this.#renderTime(reader)} ${this.#renderFoot(reader)}`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const has = (...names: readonly string[]): boolean => names.some((name) => changed.has(name));
    const { reader } = this;
    if (reader === undefined) return;
    if (has('reader')) {
      this.link = undefined;
      this.frame = Math.floor(reader.recording.frames / 2);
      this.playing = false;
      if (this.node !== undefined && this.node >= reader.torus.nodes) this.node = undefined;
      this.channel = undefined;
      this.#mostWaiting = mostWaiting(reader);
    }
    if (has('reader', 'frame', 'span', 'metric')) {
      this.#range = reader.window(this.frame, this.span === 0 ? reader.recording.frames : this.span);
      this.#shares =
        this.metric === 'used'
          ? reader.utilization(this.#range)
          : reader.waiting(this.#range).map((packets) => (packets < 0 ? -1 : packets / this.#mostWaiting));
      this.#fill = reader.fill(this.frame);
    }
    if (has('reader', 'frame', 'channel')) {
      this.#chain = this.channel === undefined ? undefined : reader.chain(this.frame, this.channel);
    }
    const { width, height } = this.stripSize;
    if (has('reader', 'stripSize') && width > 0) {
      this.#strip = causesFigure(reader, width, height);
      this.#mostOccupied = mostOccupied(reader, width);
    }
    if (has('reader', 'frame', 'span')) this.#sentence = flitSentence(reader, this.#range);
    if (has('reader', 'frame', 'playing')) this.#root = this.playing ? nothing : this.#renderRoot(reader);
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('playing') && this.playing) requestAnimationFrame((ms) => this.#tick(ms));
  }

  #scale(): ColorScale {
    const { scheme } = this.#theme.palette;
    return this.metric === 'used' ? utilizationScale(scheme) : waitingScale(scheme);
  }

  #renderTorus(reader: FlitReader): TemplateResult {
    return html`<systole-flit-torus
      .reader=${reader}
      .shares=${this.#shares}
      .fill=${this.#fill}
      .scale=${this.#scale()}
      .palette=${this.#theme.palette}
      .node=${this.node}
      .chain=${this.#chain}
      @flit-select=${this.#selected}
      @flit-link=${(event: CustomEvent<number | undefined>) => {
        this.link = event.detail;
      }}
    ></systole-flit-torus>`;
  }

  #renderTime(reader: FlitReader): TemplateResult {
    const { frames, stride, firstCycle, cycles } = reader.recording;
    const cycle = reader.cycleOf(this.frame);
    const share = frames < 2 ? 0 : this.frame / (frames - 1);
    return html`<div class="time">
      <div class="strip" @pointerdown=${this.#scrubbed} @pointermove=${this.#scrubbed}>
        <systole-figure
          .drawing=${this.#strip}
          @figure-size=${(event: CustomEvent<FigureSize>) => {
            this.stripSize = event.detail;
          }}
        ></systole-figure>
        <div class="playhead" .style=${`left:${share * 100}%`}></div>
      </div>
      <div class="controls">
        <button class="small" aria-label="One step back" title="One step back (,)" @click=${() => this.#step(-1)}>‹</button>
        <button class="small play" aria-pressed=${this.playing ? 'true' : 'false'} title="Play (space)" @click=${this.#toggle}>
          ${this.playing ? 'Pause' : 'Play'}
        </button>
        <button class="small" aria-label="One step forward" title="One step forward (.)" @click=${() => this.#step(1)}>›</button>
        <input
          type="range"
          min="0"
          max=${frames - 1}
          .value=${String(this.frame)}
          aria-label="Cycle"
          aria-valuetext="cycle ${cycle}"
          @input=${(event: Event) => {
            if (event.target instanceof HTMLInputElement) this.#go(event.target.valueAsNumber);
          }}
          @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
        />
        <span class="cycle">cycle <span class="number">${formatCount(cycle)}</span></span>
        <label>
          mean of
          <select
            @change=${(event: Event) => {
              if (event.target instanceof HTMLSelectElement) this.span = Number(event.target.value);
            }}
          >
            ${SPANS.map(
              (span) =>
                html`<option value=${span} .selected=${span === this.span}>
                  ${span === 0 ? 'all' : formatCount(span * stride)}
                </option>`,
            )}
          </select>
          cycles
        </label>
      </div>
      ${
        stride > 1
          ? html`<p class="quiet small">
              ${formatCount(cycles)} cycles from ${formatCount(firstCycle)} on: the routers’ state is kept of one in
              ${stride}, sums are of all.
              <button class="link small" @click=${() => this.#tellCloser(cycle)}>Every cycle from here</button>
            </p>`
          : nothing
      }
    </div>`;
  }

  #renderFoot(reader: FlitReader): TemplateResult {
    const top = this.metric === 'used' ? '1 flit a cycle' : `${formatCount(this.#mostWaiting)} packets`;
    const what = this.metric === 'used' ? 'on each link' : 'waiting for each link';
    return html`<footer>
      <span class="legend" title="Each line is one direction of a link. Chips fill with the flits in their buffers.">
        <span class="number">0</span>
        <span class="ramp" role="img" aria-label="Colour scale: 0 to ${top} ${what}" .style=${rampStyle(this.#scale())}></span>
        <span class="number">${top}</span> ${what}
      </span>
      ${this.link === undefined || this.metric === 'list' ? nothing : html`<span class="under number">${linkText(reader, this.#range, this.link)}</span>`}
      <ul class="causes" title="Virtual channels that hold flits, by what their head does" aria-label="Colours of the strip: virtual channels that hold flits, by what their head does">
        <li>strip: 0 to <span class="number">${formatCount(Math.ceil(this.#mostOccupied))}</span> buffers</li>
        ${LEGEND.map(
          ({ paint, name }) =>
            html`<li><span class="swatch" .style=${`background:var(--${paint})`}></span>${name}</li>`,
        )}
      </ul>
      <span class="sentence">${this.#sentence} ${this.#root}</span>
    </footer>
    <p class="visually-hidden" aria-live="polite">${this.#spoken(reader)}</p>`;
  }

  /** The buffer at which most chains of waiting end in this cycle. */
  #renderRoot(reader: FlitReader): TemplateResult | typeof nothing {
    const roots = reader.roots(this.frame);
    const [root] = roots;
    if (root === undefined) return nothing;
    const { node, port, vc, channel } = reader.at(this.frame, root.channel);
    const all = roots.reduce((total, { count }) => total + count, 0);
    return html`<button
        class="link small"
        @click=${() => {
          this.node = node;
          this.channel = channel;
          if (this.metric === 'list') this.#openRouter(node, channel);
        }}
      >${formatCount(root.count)} of ${formatCount(all)} waits</button>
      in cycle ${formatCount(reader.cycleOf(this.frame))} end at one buffer, (${reader.torus.coordinates(node).join(',')}) from
      ${portName(reader, port)}, VC ${vc}.`;
  }

  #spoken(reader: FlitReader): string {
    if (this.node === undefined || this.playing) return '';
    const moments = reader.router(this.frame, this.node);
    const occupied = moments.filter(({ held }) => held > 0).length;
    const waiting = moments.filter(({ stage }) => isWait(stage)).length;
    return `Router ${reader.torus.coordinates(this.node).join(', ')}: ${occupied} of ${moments.length} buffers hold flits, ${waiting} wait.`;
  }

  #openRouter(node: number, channel?: number): void {
    this.node = node;
    this.channel = channel;
    this.dispatchEvent(new CustomEvent('flit-metric', { detail: 'waiting' }));
  }

  /** Where most wait now: its router, and the one of its heads whose chain is longest. */
  #selectWorst(reader: FlitReader): void {
    const [worst] = reader.worstOutputs(this.#range, 1);
    if (worst === undefined) return;
    this.node = Math.floor(worst.output / reader.recording.ports);
    const outPort = worst.output % reader.recording.ports;
    const chains = reader
      .router(this.frame, this.node)
      .filter((moment) => isWait(moment.stage) && moment.outPort === outPort)
      .map(({ channel }) => ({ channel, length: reader.chain(this.frame, channel).steps.length }));
    this.channel = chains.sort((a, b) => b.length - a.length)[0]?.channel;
  }

  #selected(
    event: CustomEvent<{ readonly node: number | undefined; readonly channel: number | undefined }>,
  ): void {
    this.node = event.detail.node;
    this.channel = event.detail.channel;
  }

  #keyPressed(event: KeyboardEvent): void {
    const { reader } = this;
    if (reader === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const onButton = event.composedPath()[0] instanceof HTMLButtonElement;
    if (event.key === ',') this.#step(-1);
    else if (event.key === '.') this.#step(1);
    else if (event.key === ' ' && !onButton) this.#toggle();
    else if (event.key === 'w' || event.key === 'W') this.#selectWorst(reader);
    else if (event.key === 'Escape' && this.node !== undefined) {
      this.node = undefined;
      this.channel = undefined;
    } else if (event.key !== 'x' && event.key !== 'X') return;
    event.preventDefault();
    event.stopPropagation();
  }

  #go(frame: number): void {
    this.frame = clamp(Math.round(frame), 0, (this.reader?.recording.frames ?? 1) - 1);
  }

  #step(by: number): void {
    this.playing = false;
    this.#go(this.frame + by);
  }

  #toggle(): void {
    const last = (this.reader?.recording.frames ?? 1) - 1;
    if (!this.playing && this.frame >= last) this.frame = 0;
    this.#playedMs = 0;
    this.playing = !this.playing;
  }

  #tick(ms: number): void {
    if (this.clientWidth === 0) this.playing = false;
    if (!this.playing) return;
    if (ms - this.#playedMs >= 1000 / FRAMES_PER_SECOND) {
      this.#playedMs = ms;
      const last = (this.reader?.recording.frames ?? 1) - 1;
      if (this.frame >= last) {
        this.playing = false;
        return;
      }
      this.#go(this.frame + 1);
    }
    requestAnimationFrame((next) => this.#tick(next));
  }

  #scrubbed(event: PointerEvent): void {
    const target = event.currentTarget;
    if (event.buttons !== 1 || !(target instanceof HTMLElement)) return;
    if (event.type === 'pointerdown') target.setPointerCapture(event.pointerId);
    const box = target.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    this.#go(share * ((this.reader?.recording.frames ?? 1) - 1));
  }

  #tellCloser(cycle: number): void {
    this.dispatchEvent(new CustomEvent('flit-closer', { detail: { cycle } }));
  }

  static override styles = [sharedStyles, viewStyles, flitPlayerStyles];
}

/** What a link did over a range: use, and who waited for what. */
function linkText(reader: FlitReader, range: FrameRange, link: number): string {
  const { sent, waits, waiting } = reader.outputWaits(range, reader.outputOfLink(link));
  return `${linkLabel(reader.torus, link)}: ${formatPercent(sent, 2)} used, ${waiting.toFixed(1)} wait: VC ${waits.channel.toFixed(1)}, switch ${waits.switch.toFixed(1)}, credit ${waits.credit.toFixed(1)}`;
}

/** Most packets that wait for one link over any sixteen frames: the top of the colour scale. */
function mostWaiting(reader: FlitReader): number {
  const { frames } = reader.recording;
  let most = 1;
  for (let from = 0; from < frames; from += 16) {
    const waiting = reader.waiting({ from, to: Math.min(frames, from + 16) });
    most = waiting.reduce((high, packets) => Math.max(high, packets), most);
  }
  return Math.ceil(most);
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-player': FlitPlayer;
  }
}

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Palette } from '../../figure/color-palette.ts';
import type { ColorScale } from '../../figure/color-scales.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { routerFillMarks, waitChainMarks } from '../../figure/flit-figures.ts';
import { hasMarks, linkNear, torusFigure } from '../../figure/torus-figure.ts';
import { torusPixels } from '../../figure/torus-pixels.ts';
import { type TorusPlan, unrolledPlan } from '../../figure/torus-plan.ts';
import type { FlitReader, WaitChain } from '../../ici/flit-reader.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { chipAfterKey } from './torus-walk.ts';

/** The routers and links of a recording over some of its cycles; click one, or walk by keys. */
@customElement('systole-flit-torus')
export class FlitTorus extends LitElement {
  @property({ attribute: false }) reader: FlitReader | undefined;
  /** Of each link, as shares of the colour scale; -1 where there is none. */
  @property({ attribute: false }) shares: Float32Array | undefined;
  @property({ attribute: false }) fill: Float32Array | undefined;
  @property({ attribute: false }) scale: ColorScale | undefined;
  @property({ attribute: false }) palette: Palette | undefined;
  @property({ attribute: false }) node: number | undefined;
  @property({ attribute: false }) chain: WaitChain | undefined;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @query('.surface') private surface: HTMLElement | null | undefined;
  #plan: TorusPlan | undefined;
  #drawing: Drawing | undefined;

  override render(): TemplateResult | typeof nothing {
    const { reader } = this;
    if (reader === undefined) return nothing;
    const overlay = this.#plan && waitChainMarks(this.#plan, reader, this.node, this.chain);
    return html`<div
        class="surface"
        role="application"
        aria-roledescription="torus of routers"
        aria-label="Routers of ${reader.torus.shape.join(' by ')} chips"
        aria-describedby="keys"
        tabindex="0"
        @keydown=${this.#keyPressed}
        @click=${this.#clicked}
        @pointermove=${this.#pointed}
        @pointerleave=${() => this.#tellLink(undefined)}
      >
        <systole-figure
          .drawing=${this.#drawing}
          .overlay=${overlay}
          @figure-size=${(event: CustomEvent<FigureSize>) => {
            this.size = event.detail;
          }}
        ></systole-figure>
      </div>
      <p id="keys" class="visually-hidden">
        Arrow keys move between routers, page up and page down between planes. W finds where most wait. Comma
        and full stop step in time, the space bar plays.
      </p>`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const has = (...names: readonly string[]): boolean => names.some((name) => changed.has(name));
    if (has('reader', 'size')) {
      const { width, height } = this.size;
      this.#plan = this.reader && width > 0 ? unrolledPlan(this.reader.torus, width, height) : undefined;
    }
    if (has('reader', 'size', 'shares', 'fill', 'scale', 'palette')) this.#drawing = this.#draw();
  }

  #draw(): Drawing | undefined {
    const { shares, scale, palette, fill } = this;
    const plan = this.#plan;
    if (plan === undefined || !shares || !scale || !palette || !fill) return undefined;
    if (!hasMarks(plan)) {
      const { width, height } = plan;
      const pixels = torusPixels(plan, shares, scale, palette, this.size.pixelRatio);
      return { width, height, marks: [{ kind: 'image', x: 0, y: 0, width, height, pixels }] };
    }
    const figure = torusFigure(plan, shares, scale);
    return { ...figure, marks: [...figure.marks, ...routerFillMarks(plan, fill)] };
  }

  #keyPressed(event: KeyboardEvent): void {
    const torus = this.reader?.torus;
    if (torus === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const node = chipAfterKey(torus, this.#plan, this.node, event.key);
    if (node === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#tell(node);
  }

  #pointed(event: PointerEvent): void {
    if (this.#plan !== undefined) this.#tellLink(linkNear(this.#plan, ...this.#pointOf(event)));
  }

  #pointOf(event: MouseEvent): readonly [x: number, y: number] {
    const box = this.surface?.getBoundingClientRect();
    return [event.clientX - (box?.left ?? 0), event.clientY - (box?.top ?? 0)];
  }

  #tellLink(link: number | undefined): void {
    this.dispatchEvent(new CustomEvent('flit-link', { detail: link }));
  }

  /** The router nearest to where one clicks, within half the way to the next. */
  #clicked(event: MouseEvent): void {
    const plan = this.#plan;
    if (plan === undefined) return;
    const [x, y] = this.#pointOf(event);
    const away = (node: number): number => {
      const [nx, ny] = plan.nodePosition(node);
      return Math.hypot(nx - x, ny - y);
    };
    const [nearest] = [...plan.nodesNear(x, y)].sort((a, b) => away(a) - away(b));
    this.#tell(nearest !== undefined && away(nearest) <= plan.pitch * 0.7 ? nearest : undefined);
  }

  /** Keys repeat faster than the view answers. */
  #tell(node: number | undefined): void {
    this.node = node;
    this.dispatchEvent(new CustomEvent('flit-select', { detail: { node, channel: undefined } }));
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: relative;
        min-block-size: 0;
        min-inline-size: 0;
      }
      .surface,
      systole-figure {
        position: absolute;
        inset: 0;
      }
      .surface {
        outline-offset: -2px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-flit-torus': FlitTorus;
  }
}

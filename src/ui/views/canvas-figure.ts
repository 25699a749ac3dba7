import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Drawing } from '../../figure/drawing.ts';
import { drawMarks } from './canvas-draw.ts';
import { pageFonts } from './canvas-fonts.ts';
import { PaletteController } from './canvas-palette.ts';

/** Room that a figure has, in CSS pixels, and device pixels a CSS pixel. */
export interface FigureSize {
  readonly width: number;
  readonly height: number;
  readonly pixelRatio: number;
}

/**
 * Two drawings on top of each other, sharp on any screen: `drawing`, which is costly and changes with time,
 * and `overlay`, which follows the pointer. Tells its size with `figure-size`; whoever uses it answers with
 * drawings of that size and describes them to those who do not see.
 */
@customElement('systole-figure')
export class CanvasFigure extends LitElement {
  @property({ attribute: false }) drawing: Drawing | undefined;
  @property({ attribute: false }) overlay: Drawing | undefined;
  @query('canvas.base') private base: HTMLCanvasElement | undefined;
  @query('canvas.over') private over: HTMLCanvasElement | undefined;
  readonly #theme = new PaletteController(this);
  #palettePainted: unknown;
  #size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  readonly #resizes = new ResizeObserver(() => this.#measure());
  #pixelRatioQuery: MediaQueryList | undefined;
  readonly #pixelRatioChanged = (): void => {
    this.#watchPixelRatio();
    this.#measure();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resizes.observe(this);
    this.#watchPixelRatio();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resizes.disconnect();
    this.#pixelRatioQuery?.removeEventListener('change', this.#pixelRatioChanged);
  }

  override render(): TemplateResult {
    return html`<canvas class="base" aria-hidden="true"></canvas><canvas class="over" aria-hidden="true"></canvas>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const isNewTheme = this.#palettePainted !== this.#theme.palette;
    this.#palettePainted = this.#theme.palette;
    if (isNewTheme || changed.has('drawing')) this.#paint(this.base, this.drawing);
    if (isNewTheme || changed.has('overlay')) this.#paint(this.over, this.overlay);
  }

  #paint(canvas: HTMLCanvasElement | undefined, drawing: Drawing | undefined): void {
    const context = canvas?.getContext('2d');
    if (canvas === undefined || !context) return;
    const { width, height, pixelRatio } = this.#size;
    const columns = Math.max(1, Math.round(width * pixelRatio));
    const rows = Math.max(1, Math.round(height * pixelRatio));
    if (canvas.width !== columns || canvas.height !== rows) {
      canvas.width = columns;
      canvas.height = rows;
    } else {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, columns, rows);
    }
    if (drawing === undefined) return;
    context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
    drawMarks(context, drawing, this.#theme.palette, pageFonts());
  }

  #measure(): void {
    const size = { width: this.clientWidth, height: this.clientHeight, pixelRatio: window.devicePixelRatio };
    const { width, height, pixelRatio } = this.#size;
    if (size.width === width && size.height === height && size.pixelRatio === pixelRatio) return;
    this.#size = size;
    this.dispatchEvent(new CustomEvent<FigureSize>('figure-size', { detail: size }));
    // Whoever has no drawing of the new size keeps the old one, at the new sharpness.
    this.#paint(this.base, this.drawing);
    this.#paint(this.over, this.overlay);
  }

  #watchPixelRatio(): void {
    this.#pixelRatioQuery?.removeEventListener('change', this.#pixelRatioChanged);
    this.#pixelRatioQuery = matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`);
    this.#pixelRatioQuery.addEventListener('change', this.#pixelRatioChanged);
  }

  static override styles = css`
    :host {
      display: block;
      position: relative;
      overflow: hidden;
    }
    canvas {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
    }
    .over {
      pointer-events: none;
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-figure': CanvasFigure;
  }
}

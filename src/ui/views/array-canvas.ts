import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import type { ArrayColouring } from '../../figure/array-colouring.ts';
import type { ArrayLayout } from '../../figure/array-layout.ts';
import type { ArrayPlacement } from '../../gpu/array-draw.ts';
import { messageOf } from '../../gpu/device.ts';
import type { ReadyDrawing } from './array-painter.ts';
import { blendsCells } from './canvas-draw.ts';
import type { FigureSize } from './canvas-figure.ts';

/** All that the GPU needs to draw the array once. */
export interface GpuFrame {
  readonly drawing: ReadyDrawing;
  readonly schedule: ArraySchedule;
  readonly cycle: number;
  readonly colouring: ArrayColouring;
  readonly layout: ArrayLayout;
  readonly size: FigureSize;
}

export interface DrawRefusal {
  readonly schedule: ArraySchedule;
  readonly reason: string;
}

/**
 * The field of the array, drawn by the GPU from the state that it has computed itself; nothing comes back. Lies
 * exactly below the figure's canvas, which carries the rest. Tells with `draw-refused` what it cannot draw.
 */
@customElement('systole-array-canvas')
export class ArrayCanvas extends LitElement {
  /** Drawn once when it changes; without one the canvas is hidden. */
  @property({ attribute: false }) frame: GpuFrame | undefined;
  @query('canvas') private canvas: HTMLCanvasElement | undefined;
  #context: GPUCanvasContext | undefined;
  /** That the context is configured for. */
  #device: GPUDevice | undefined;

  override render(): TemplateResult {
    return html`<canvas aria-hidden="true" ?hidden=${this.frame === undefined}></canvas>`;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.requestUpdate('frame');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#context?.unconfigure();
    this.#device = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { canvas, frame } = this;
    if (!changed.has('frame') || frame === undefined || canvas === undefined) return;
    try {
      this.#draw(canvas, frame);
    } catch (error) {
      const detail: DrawRefusal = { schedule: frame.schedule, reason: messageOf(error) };
      this.dispatchEvent(new CustomEvent('draw-refused', { detail, bubbles: true, composed: true }));
    }
  }

  #draw(canvas: HTMLCanvasElement, { drawing, schedule, cycle, colouring, layout, size }: GpuFrame): void {
    const { device, drawer } = drawing;
    const columns = Math.max(1, Math.round(size.width * size.pixelRatio));
    const rows = Math.max(1, Math.round(size.height * size.pixelRatio));
    if (canvas.width !== columns) canvas.width = columns;
    if (canvas.height !== rows) canvas.height = rows;
    this.#context ??= canvas.getContext('webgpu') ?? undefined;
    if (this.#context === undefined) throw new Error('the browser gave no WebGPU canvas');
    if (this.#device !== device) {
      this.#context.configure({ device, format: drawer.format, alphaMode: 'premultiplied' });
      this.#device = device;
    }
    const target = this.#context.getCurrentTexture().createView();
    drawer.draw(target, schedule, cycle, colouring, placementOf(layout, size.pixelRatio));
  }

  static override styles = css`
    :host {
      display: block;
      overflow: hidden;
    }
    canvas {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
    }
    canvas[hidden] {
      display: none;
    }
  `;
}

/** The layout in device pixels. */
function placementOf({ field, cell, crop }: ArrayLayout, pixelRatio: number): ArrayPlacement {
  const x = field.x * pixelRatio;
  const y = field.y * pixelRatio;
  const pixels = cell * pixelRatio;
  const isWhole = [x, y, pixels, crop.x, crop.y].every(Number.isInteger);
  return {
    x,
    y,
    firstColumn: crop.x,
    firstRow: crop.y,
    columns: crop.width,
    rows: crop.height,
    cell: pixels,
    // Where no PEs share a pixel there is nothing to mix.
    blended: !isWhole && blendsCells(pixels),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-canvas': ArrayCanvas;
  }
}

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ArraySchedule } from '../../array/schedule.ts';
import { clamp } from '../../base/integers.ts';
import { type ArrayEdges, arrayEdges } from '../../figure/array-edges.ts';
import { arrayFigure, arrayHighlight } from '../../figure/array-figure.ts';
import {
  type ArrayLayout,
  type ArrayZoom,
  layoutArray,
  type PePlace,
  peAt,
  rectOfPe,
  revealPe,
  VALUE_CELL,
  WHOLE_ARRAY,
  zoomArray,
} from '../../figure/array-layout.ts';
import { valueMarks } from '../../figure/array-values.ts';
import { pixelOf } from '../../figure/color.ts';
import type { Palette } from '../../figure/color-palette.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { sharedStyles } from '../shared-styles.ts';
import './array-canvas.ts';
import type { GpuFrame } from './array-canvas.ts';
import type { ReadyDrawing } from './array-painter.ts';
import type { ArrayPicture } from './array-picture.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';

const ZOOM_STEP = 1.5;
const ZOOM_PER_WHEEL_UNIT = 0.002;
/** A pointer that moved less than this has clicked. */
const CLICK_SLACK_PX = 4;
const FAST_STEPS = 8;
const ARROWS: Readonly<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** What happens on the stage, told to the view. */
export interface PeEvents {
  /** The pointer is on a PE, or on none. */
  'pe-hover': { readonly place: PePlace | undefined };
  /** The keyboard is at a PE, or at none. */
  'pe-focus': { readonly place: PePlace | undefined };
  /** A PE is kept, or no longer. */
  'pe-pin': { readonly place: PePlace };
}

interface Drag {
  readonly x: number;
  readonly y: number;
  readonly zoom: ArrayZoom;
  moved: boolean;
}

/** The array as a picture that one can zoom, move, point into and walk through by keys. */
@customElement('systole-array-stage')
export class ArrayStage extends LitElement {
  @property({ attribute: false }) schedule: ArraySchedule | undefined;
  /** Undefined while nothing runs: the array is shown idle. */
  @property({ attribute: false }) picture: ArrayPicture | undefined;
  /** Changes whenever the picture did. */
  @property({ attribute: false }) version = 0;
  /** With it the GPU draws the PEs; without it the picture's pixels are shown. */
  @property({ attribute: false }) gpu: ReadyDrawing | undefined;
  /** Whether the numbers in the registers are known, so that they can be written into large PEs. */
  @property({ attribute: false }) valued = true;
  @property({ attribute: false }) palette: Palette | undefined;
  @property({ attribute: false }) hovered: PePlace | undefined;
  @property({ attribute: false }) focused: PePlace | undefined;
  @property({ attribute: false }) pins: readonly PePlace[] = [];

  @state() private zoom: ArrayZoom = WHOLE_ARRAY;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @query('.surface') private surface: HTMLElement | undefined;
  #layout: ArrayLayout | undefined;
  #drawing: Drawing | undefined;
  #frame: GpuFrame | undefined;
  #edges: ArrayEdges | undefined;
  #drag: Drag | undefined;

  /** Whether PEs are large enough to carry their numbers. */
  get showsValues(): boolean {
    return this.valued && this.#layout !== undefined && this.#layout.cell >= VALUE_CELL;
  }

  override render(): TemplateResult {
    const { schedule } = this;
    const { width, height } = this.size;
    const overlay =
      this.#layout && arrayHighlight(this.#layout, this.hovered ?? this.focused, this.pins, width, height);
    const label =
      schedule === undefined
        ? 'Systolic array'
        : `Systolic array, ${schedule.config.rows} rows by ${schedule.config.columns} columns`;
    return html`<div
        class="surface"
        role="application"
        aria-roledescription="systolic array"
        aria-label=${label}
        aria-describedby="keys"
        tabindex="0"
        @keydown=${this.#keyPressed}
        @wheel=${this.#wheelTurned}
        @pointerdown=${this.#pointerPressed}
        @pointermove=${this.#pointerMoved}
        @pointerup=${this.#pointerReleased}
        @pointerleave=${() => this.#tell('pe-hover', undefined)}
        @dblclick=${() => {
          this.zoom = WHOLE_ARRAY;
        }}
      >
        <systole-array-canvas .frame=${this.#frame}></systole-array-canvas>
        <systole-figure
          .drawing=${this.#drawing}
          .overlay=${overlay}
          @figure-size=${(event: CustomEvent<FigureSize>) => {
            this.size = event.detail;
          }}
        ></systole-figure>
        ${this.#renderEdgeNames()}
      </div>
      <p id="keys" class="visually-hidden">
        Arrow keys move between processing elements, Enter keeps one, plus and minus zoom, 0 shows all.
      </p>`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const isOnlyPointer = [...changed.keys()].every((key) => POINTER_PROPERTIES.includes(String(key)));
    if (!isOnlyPointer || this.#drawing === undefined) this.#drawing = this.#draw();
  }

  #draw(): Drawing | undefined {
    const { schedule, palette, picture } = this;
    const { width, height } = this.size;
    this.#frame = undefined;
    if (schedule === undefined || palette === undefined || width === 0 || height === 0) return undefined;
    const { rows, columns } = schedule.config;
    const layout = this.#layOut(schedule);
    this.#layout = layout;
    this.#frame = this.#gpuFrame(layout);
    if (picture === undefined) {
      const words = new Uint32Array(rows * columns).fill(pixelOf(palette.colors['state-idle']));
      return arrayFigure(layout, { rows, columns, words }, undefined, width, height);
    }
    this.#edges = arrayEdges(schedule, picture.cycle, layout.edgeCycles, picture.inks);
    const pixels = this.#frame === undefined ? picture.pixels : undefined;
    const drawing = arrayFigure(layout, pixels, this.#edges, width, height);
    if (!this.showsValues) return drawing;
    // The numbers' ink follows from the colours below them, whoever paints those.
    const { y, height: down } = layout.crop;
    if (pixels === undefined) picture.paintRows(Math.floor(y), Math.min(layout.rows, Math.ceil(y + down)));
    const values = valueMarks(layout, schedule, picture.state, picture.operands, picture.pixels, palette);
    return { ...drawing, marks: [...drawing.marks, ...values] };
  }

  #gpuFrame(layout: ArrayLayout): GpuFrame | undefined {
    const { picture, gpu: drawing, size } = this;
    const colouring = picture?.colouring;
    if (picture === undefined || colouring === undefined || drawing === undefined) return undefined;
    return { drawing, schedule: picture.schedule, cycle: picture.cycle, colouring, layout, size };
  }

  /** Where everything is at the present zoom, which may be newer than the drawing. */
  #layOut({ config }: ArraySchedule): ArrayLayout {
    const { width, height, pixelRatio } = this.size;
    return layoutArray(config.rows, config.columns, width, height, this.zoom, pixelRatio);
  }

  #renderEdgeNames(): TemplateResult | typeof nothing {
    if (this.#layout === undefined || this.picture === undefined || this.schedule === undefined)
      return nothing;
    const { dataflow } = this.schedule.config;
    const [left, top] = dataflow === 'is' ? ['B', 'A'] : ['A', 'B'];
    const { bottom, left: strip } = this.#layout;
    const corner = `inline-size:${strip.width}px`;
    return html`<span class="edge" title="What loads or streams in from the top" .style=${`${corner};top:0`}>${top} ↓</span>
      <span
        class="edge"
        title="What streams in from the left"
        .style=${`${corner};top:${strip.y - 17}px;text-align:start`}
        >${left} →</span
      >
      <span class="edge" title="What leaves below" .style=${`${corner};top:${bottom.y}px`}>C ↓</span>`;
  }

  #tell<Name extends keyof PeEvents>(name: Name, place: PeEvents[Name]['place']): void {
    this.dispatchEvent(new CustomEvent(name, { detail: { place } }));
  }

  #keyPressed(event: KeyboardEvent): void {
    const layout = this.schedule && this.#layOut(this.schedule);
    if (layout === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) this.#moveFocus(layout, arrow, event.shiftKey ? FAST_STEPS : 1);
    else if (event.key === 'Enter' && this.focused !== undefined) this.#tell('pe-pin', this.focused);
    else if (event.key === 'Escape' && this.focused !== undefined) this.#tell('pe-focus', undefined);
    else if (event.key === '+' || event.key === '=') this.#zoomBy(layout, ZOOM_STEP);
    else if (event.key === '-') this.#zoomBy(layout, 1 / ZOOM_STEP);
    else if (event.key === '0') this.zoom = WHOLE_ARRAY;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #moveFocus(layout: ArrayLayout, [down, right]: readonly [number, number], steps: number): void {
    const from = this.focused;
    const place =
      from === undefined
        ? { row: 0, column: 0 }
        : {
            row: clamp(from.row + down * steps, 0, layout.rows - 1),
            column: clamp(from.column + right * steps, 0, layout.columns - 1),
          };
    // Keys repeat faster than the view answers.
    this.focused = place;
    this.zoom = revealPe(layout, this.zoom, place.row, place.column);
    this.#tell('pe-focus', place);
  }

  /** Around the PE that the keyboard is at, else around the middle. */
  #zoomBy(layout: ArrayLayout, factor: number): void {
    const around = this.focused === undefined ? layout.field : rectOfPe(layout, this.focused);
    const x = around.x + around.width / 2;
    const y = around.y + around.height / 2;
    this.zoom = zoomArray(layout, this.zoom, factor, x, y);
  }

  #wheelTurned(event: WheelEvent): void {
    if (this.schedule === undefined) return;
    event.preventDefault();
    const { x, y } = this.#pointOf(event);
    this.zoom = zoomArray(
      this.#layOut(this.schedule),
      this.zoom,
      Math.exp(-event.deltaY * ZOOM_PER_WHEEL_UNIT),
      x,
      y,
    );
  }

  #pointerPressed(event: PointerEvent): void {
    if (event.button !== 0 || this.#layout === undefined) return;
    const { crop } = this.#layout;
    this.#drag = {
      ...this.#pointOf(event),
      zoom: { scale: this.zoom.scale, row: crop.y, column: crop.x },
      moved: false,
    };
    this.surface?.setPointerCapture(event.pointerId);
  }

  #pointerMoved(event: PointerEvent): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { x, y } = this.#pointOf(event);
    const drag = this.#drag;
    if (drag !== undefined && Math.hypot(x - drag.x, y - drag.y) >= CLICK_SLACK_PX) drag.moved = true;
    if (drag?.moved) {
      this.zoom = {
        scale: drag.zoom.scale,
        row: Math.max(0, drag.zoom.row - (y - drag.y) / layout.cell),
        column: Math.max(0, drag.zoom.column - (x - drag.x) / layout.cell),
      };
      this.#tell('pe-hover', undefined);
      return;
    }
    this.#tell('pe-hover', peAt(layout, x, y));
  }

  #pointerReleased(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === undefined || drag.moved || this.#layout === undefined) return;
    const { x, y } = this.#pointOf(event);
    const place = peAt(this.#layout, x, y);
    if (place === undefined) return;
    this.#tell('pe-focus', place);
    this.#tell('pe-pin', place);
  }

  #pointOf(event: MouseEvent): { x: number; y: number } {
    const box = this.surface?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
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
      .surface {
        position: absolute;
        inset: 0;
        cursor: crosshair;
        touch-action: none;
        outline-offset: 2px;
      }
      systole-array-canvas,
      systole-figure {
        position: absolute;
        inset: 0;
      }
      .edge {
        position: absolute;
        font-size: var(--size-12);
        color: var(--ink-quiet);
        white-space: nowrap;
        text-align: end;
      }
    `,
  ];
}

/** What moves with the pointer alone: the costly drawing below stays. */
const POINTER_PROPERTIES: readonly string[] = ['hovered', 'focused', 'pins'];

declare global {
  interface HTMLElementTagNameMap {
    'systole-array-stage': ArrayStage;
  }
}

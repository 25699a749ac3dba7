import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { clamp } from '../../base/integers.ts';
import type { Palette } from '../../figure/color-palette.ts';
import type { ColorScale } from '../../figure/color-scales.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { cutMarks, farEnd } from '../../figure/torus-cuts.ts';
import { hasMarks, linkNear, torusFigure, torusHighlight } from '../../figure/torus-figure.ts';
import { pathMarks, type TorusPath } from '../../figure/torus-path.ts';
import { torusPixels } from '../../figure/torus-pixels.ts';
import { type TorusPlan, unrolledPlan } from '../../figure/torus-plan.ts';
import { DEFAULT_ORIENTATION, type Orientation, solidPlan } from '../../figure/torus-solid.ts';
import type { Torus } from '../../ici/topology.ts';
import { sharedStyles } from '../shared-styles.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { chipAfterKey } from './torus-walk.ts';

const TURN_PER_KEY = 0.12;
const TURN_PER_PX = 0.008;
/** A pointer that moved less than this has clicked. */
const CLICK_SLACK_PX = 4;
/** What happens on the stage, told to the view. */
export interface LinkEvents {
  /** The pointer is on a link, or on none. */
  'link-hover': { readonly link: number | undefined };
  'link-select': { readonly link: number | undefined };
  /** The keyboard is at a chip. */
  'chip-focus': { readonly node: number };
}

/** The torus as a picture that one can point into, turn, and walk through by keys. */
@customElement('systole-torus-stage')
export class TorusStage extends LitElement {
  @property({ attribute: false }) torus: Torus | undefined;
  /** What is coloured, by link, -1 where there is none. */
  @property({ attribute: false }) shares: Float32Array | undefined;
  @property({ attribute: false }) scale: ColorScale | undefined;
  @property({ attribute: false }) worstLink: number | undefined;
  @property({ attribute: false }) palette: Palette | undefined;
  @property({ attribute: false }) solid = false;
  /** Axis along which the torus is cut into planes. */
  @property({ attribute: false }) out = 2;
  @property({ attribute: false }) hoveredLink: number | undefined;
  @property({ attribute: false }) selectedLink: number | undefined;
  @property({ attribute: false }) focusedNode: number | undefined;
  /** The way of a transfer that is singled out. */
  @property({ attribute: false }) path: TorusPath | undefined;

  @state() private orientation: Orientation = DEFAULT_ORIENTATION;
  @state() private size: FigureSize = { width: 0, height: 0, pixelRatio: 1 };
  @query('.surface') private surface: HTMLElement | undefined;
  #plan: TorusPlan | undefined;
  #drawing: Drawing | undefined;
  #turning: Orientation | undefined;
  #drag: { readonly x: number; readonly y: number; readonly from: Orientation; moved: boolean } | undefined;

  /** Whether a link starts in the lower right quarter, where details would cover it. */
  isLowerRight(link: number): boolean {
    if (this.#plan === undefined || this.torus === undefined) return false;
    const [x, y] = this.#plan.nodePosition(this.torus.linkSource(link));
    return x > this.size.width / 2 && y > this.size.height / 2;
  }

  override render(): TemplateResult | typeof nothing {
    const { torus, selectedLink, hoveredLink } = this;
    if (torus === undefined) return nothing;
    const marked = [
      ...(selectedLink === undefined ? [] : [{ link: selectedLink, paint: 'accent' as const }]),
      ...(hoveredLink === undefined || hoveredLink === selectedLink
        ? []
        : [{ link: hoveredLink, paint: 'ink' as const }]),
    ];
    const overlay = this.#overlay(marked);
    return html`<div
        class="surface"
        role="application"
        aria-roledescription="torus of chips"
        aria-label="Slice of ${torus.shape.join(' by ')} chips"
        aria-describedby="keys"
        tabindex="0"
        @keydown=${(event: KeyboardEvent) => this.#keyPressed(event, torus)}
        @pointerdown=${this.#pointerPressed}
        @pointermove=${this.#pointerMoved}
        @pointerup=${this.#pointerReleased}
        @pointerleave=${() => this.#tell('link-hover', { link: undefined })}
      >
        <systole-figure
          .drawing=${this.#drawing}
          .overlay=${overlay}
          @figure-size=${(event: CustomEvent<FigureSize>) => {
            this.size = event.detail;
          }}
        ></systole-figure>
        ${
          torus.linkCount === 0
            ? html`<p class="alone">A single chip: no links. Its collectives cost nothing.</p>`
            : nothing
        }
      </div>
      <p id="keys" class="visually-hidden">
        Arrow keys move between chips, page up and page down between planes, Enter goes through the links of a
        chip, W finds the busiest link, X cuts the cable of the selected one or repairs it. In 3-D, shift and arrow keys turn the slice.
      </p>`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const has = (...names: readonly string[]): boolean => names.some((name) => changed.has(name));
    const isNewPlan = has('torus', 'solid', 'out', 'orientation', 'size') || this.#plan === undefined;
    if (isNewPlan) this.#plan = this.#layout();
    if (isNewPlan || has('shares', 'scale', 'palette')) this.#drawing = this.#draw();
  }

  #layout(): TorusPlan | undefined {
    const { torus, solid, out, orientation } = this;
    const { width, height } = this.size;
    if (torus === undefined || width === 0 || height === 0) return undefined;
    return solid ? solidPlan(torus, width, height, orientation) : unrolledPlan(torus, width, height, out);
  }

  #draw(): Drawing | undefined {
    const plan = this.#plan;
    const { shares, scale, palette } = this;
    if (plan === undefined || shares === undefined || scale === undefined || palette === undefined) {
      return undefined;
    }
    if (hasMarks(plan)) return torusFigure(plan, shares, scale);
    const { width, height, labels } = plan;
    const pixels = torusPixels(plan, shares, scale, palette, this.size.pixelRatio);
    const names = labels.map(
      ({ text, x, y }) =>
        ({ kind: 'text', text, x, y, fill: 'ink-quiet', size: 12, font: 'numbers' }) as const,
    );
    return {
      width,
      height,
      marks: [{ kind: 'image', x: 0, y: 0, width, height, pixels }, ...names, ...cutMarks(plan)],
    };
  }

  #overlay(marked: Parameters<typeof torusHighlight>[1]): Drawing | undefined {
    if (this.#plan === undefined) return undefined;
    const highlight = torusHighlight(this.#plan, marked, this.focusedNode);
    const way = this.path === undefined ? [] : pathMarks(this.#plan, this.path);
    return { ...highlight, marks: [...way, ...highlight.marks] };
  }

  #tell<Name extends keyof LinkEvents>(name: Name, detail: LinkEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  #keyPressed(event: KeyboardEvent, torus: Torus): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    if (key === 'w' || key === 'W') {
      if (this.worstLink !== undefined) this.#tell('link-select', { link: this.worstLink });
    } else if (key === 'Escape' && this.selectedLink !== undefined)
      this.#tell('link-select', { link: undefined });
    else if (key === 'Enter') this.#nextLink(torus);
    else if (this.solid && event.shiftKey && key.startsWith('Arrow')) this.#turn(key);
    else if (!this.#moveFocus(torus, key)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #turn(key: string): void {
    const { turn, tilt } = this.orientation;
    const across = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
    const up = key === 'ArrowUp' ? 1 : key === 'ArrowDown' ? -1 : 0;
    this.orientation = turned(turn + across * TURN_PER_KEY, tilt + up * TURN_PER_KEY);
  }

  #moveFocus(torus: Torus, key: string): boolean {
    const node = chipAfterKey(torus, this.#plan, this.focusedNode, key);
    if (node !== undefined) this.#focus(node);
    return node !== undefined;
  }

  /** Keys repeat faster than the view answers. */
  #focus(node: number): void {
    this.focusedNode = node;
    this.#tell('chip-focus', { node });
  }

  /** Selects the chip's first link, then its next one, and so on. */
  #nextLink(torus: Torus): void {
    const node = this.focusedNode;
    if (node === undefined) return;
    const slots = torus.axes * 2;
    const own = Array.from({ length: slots }, (_, slot) => node * slots + slot).filter(
      (link) => farEnd(torus, link) >= 0,
    );
    const at = this.selectedLink === undefined ? -1 : own.indexOf(this.selectedLink);
    if (own.length === 0) return;
    this.selectedLink = own[(at + 1) % own.length];
    this.#tell('link-select', { link: this.selectedLink });
  }

  #pointerPressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#drag = { x: event.clientX, y: event.clientY, from: this.orientation, moved: false };
    this.surface?.setPointerCapture(event.pointerId);
  }

  #pointerMoved(event: PointerEvent): void {
    const drag = this.#drag;
    if (drag === undefined) {
      this.#tell('link-hover', { link: this.#linkUnder(event) });
      return;
    }
    const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
    if (Math.hypot(dx, dy) >= CLICK_SLACK_PX) drag.moved = true;
    if (!drag.moved || !this.solid) return;
    this.#turnTo(turned(drag.from.turn + dx * TURN_PER_PX, drag.from.tilt + dy * TURN_PER_PX));
    if (this.hoveredLink !== undefined) this.#tell('link-hover', { link: undefined });
  }

  /** With the next frame: the pointer may move several times a frame, and a large slice takes most of one to draw. */
  #turnTo(orientation: Orientation): void {
    if (this.#turning === undefined) {
      requestAnimationFrame(() => {
        this.orientation = this.#turning ?? this.orientation;
        this.#turning = undefined;
      });
    }
    this.#turning = orientation;
  }

  #pointerReleased(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag === undefined || drag.moved) return;
    const link = this.#linkUnder(event);
    this.#tell('link-select', { link });
    if (link !== undefined && this.torus !== undefined)
      this.#tell('chip-focus', { node: this.torus.linkSource(link) });
  }

  #linkUnder(event: MouseEvent): number | undefined {
    const box = this.surface?.getBoundingClientRect();
    if (this.#plan === undefined || box === undefined) return undefined;
    return linkNear(this.#plan, event.clientX - box.left, event.clientY - box.top);
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: block;
        position: absolute;
        inset: 0;
      }
      .surface {
        position: absolute;
        inset: 0;
        touch-action: none;
        outline-offset: 2px;
      }
      systole-figure {
        position: absolute;
        inset: 0;
      }
      .alone {
        position: absolute;
        inset-inline: 0;
        inset-block-start: 60%;
        text-align: center;
        color: var(--ink-quiet);
      }
    `,
  ];
}

function turned(turn: number, tilt: number): Orientation {
  return { turn, tilt: clamp(tilt, 0, Math.PI / 2) };
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-torus-stage': TorusStage;
  }
}

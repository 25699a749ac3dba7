import { html, type TemplateResult } from 'lit';
import type { Painter, PainterChoice } from './array-painter.ts';

/** Says who paints the array and why; a click lets the other one do it. */
export function renderPainter(painter: Painter, choose: (choice: PainterChoice) => void): TemplateResult {
  const isGpu = painter.kind === 'gpu';
  const who = isGpu ? 'drawn on GPU' : 'drawn on CPU';
  const why = isGpu
    ? `By ${painter.drawing.adapter}, from the state that it computes itself. Click to draw on the CPU.`
    : `On the CPU: ${painter.reason}. Click to draw on the GPU where it can.`;
  return html`<button class="link painter" title=${why} @click=${() => choose(isGpu ? 'cpu' : 'gpu')}>
    ${who}
  </button>`;
}

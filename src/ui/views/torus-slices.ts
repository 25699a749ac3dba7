import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { utilizationScale } from '../../figure/color-scales.ts';
import { dcnAt, SLICES_HEIGHT_PX, slicesFigure } from '../../figure/slices-figure.ts';
import type { TimelineIndex } from '../../figure/timeline-index.ts';
import { sharedStyles } from '../shared-styles.ts';
import { dispatchViewEvent } from './canvas-events.ts';
import './canvas-figure.ts';
import type { FigureSize } from './canvas-figure.ts';
import { PaletteController } from './canvas-palette.ts';

/** The slices that the data-centre network joins, and how busy it is at the cursor. Nothing for a single one. */
@customElement('systole-torus-slices')
export class TorusSlices extends LitElement {
  @property({ attribute: false }) index: TimelineIndex | undefined;
  @property({ attribute: false }) cursorPs = 0;
  @state() private width = 0;
  readonly #theme = new PaletteController(this);

  override render(): TemplateResult | typeof nothing {
    const report = this.index?.report;
    const { slices } = report?.slice ?? {};
    if (this.index === undefined || report?.dcn === undefined || slices === undefined) return nothing;
    const now = dcnAt(this.index, this.cursorPs);
    const scale = utilizationScale(this.#theme.palette.scheme);
    const drawing =
      this.width === 0 ? undefined : slicesFigure(report.slice, now?.utilization ?? 0, scale, this.width);
    const rate = formatSi(report.dcn.portBytesPerSecond, 'B/s');
    const limit = report.dcn.limitedBy === 'pcie' ? ', the rate of its PCIe' : '';
    return html`<systole-figure
        .drawing=${drawing}
        @figure-size=${(event: CustomEvent<FigureSize>) => {
          this.width = event.detail.width;
        }}
      ></systole-figure>
      <p title="Coloured like the links: the end of the scale is ${rate} each way through the port of every chip${limit}">
        Slice 1 of <span class="number">${formatCount(slices)}</span>, all do the same.
        ${
          now === undefined
            ? 'Nothing between the slices now.'
            : html`Between them
                <button class="link" @click=${() => dispatchViewEvent(this, 'select-op', { op: now.op })}>
                  ${report.ops[now.op]?.name}</button
                >, <span class="number">${formatPercent(now.utilization)}</span> of ${rate} a chip each way.`
        }
      </p>`;
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        flex-basis: 100%;
        min-inline-size: 0;
        font-size: var(--size-12);
        color: var(--ink-quiet);
      }
      systole-figure {
        block-size: ${SLICES_HEIGHT_PX}px;
      }
      .link {
        border: 0;
        padding: 0;
        border-radius: 2px;
        text-decoration: underline;
        text-underline-offset: 3px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-torus-slices': TorusSlices;
  }
}

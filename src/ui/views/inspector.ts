import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import type { GemmShape } from '../../array/config.ts';
import { assertNever } from '../../base/assert.ts';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { secondsFromPicoseconds } from '../../base/time.ts';
import { axisName } from '../../ici/topology.ts';
import type { OpReport, RunReport } from '../../machine/report.ts';
import type { App } from '../app.ts';
import { AppElement } from '../app-element.ts';
import { invoke } from '../commands/all-commands.ts';
import { sharedStyles } from '../shared-styles.ts';
import { formatDuration } from '../span-text.ts';
import type { AppState } from '../state.ts';

interface Row {
  readonly label: string;
  readonly value: string;
  readonly formula?: string;
}

/** Everything known of the selected op. */
@customElement('systole-inspector')
export class Inspector extends AppElement {
  protected override watched(state: AppState): readonly unknown[] {
    return [state.run, state.selectedOp];
  }

  protected override renderState(app: App, state: AppState): TemplateResult | typeof nothing {
    const report = state.run?.report;
    const op = state.selectedOp === undefined ? undefined : report?.ops[state.selectedOp];
    if (report === undefined || op === undefined) return nothing;
    return html`<section aria-label="Inspector">
      <header>
        <h3>${op.name}</h3>
        <button class="plain" aria-label="Close the inspector" title="Close (Esc)" @click=${() => app.select(undefined)}>×</button>
      </header>
      <p class="quiet">
        ${op.section}${op.repeat > 1 ? ` × ${op.repeat}` : ''} · ${op.detail.kind}
        ${
          op.detail.kind === 'matmul'
            ? html`·
                <button
                  class="link"
                  title="Formats and sums against fp64 (N)"
                  @click=${() => void invoke(app, app.command('numerics.open'))}
                >
                  numerics
                </button>`
            : nothing
        }
      </p>
      <dl>
        ${rowsOf(report, op).map(
          (row) =>
            html`<dt>${row.label}</dt>
              <dd title=${row.formula ?? nothing}>${row.value}</dd>`,
        )}
      </dl>
    </section>`;
  }

  static override styles = [
    sharedStyles,
    css`
      section {
        padding: 10px 14px;
        font-size: var(--size-12);
        animation: slide var(--ease-panel) ease-out;
      }
      @keyframes slide {
        from {
          transform: translateX(60px);
        }
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 3px 14px;
        margin-block-start: 8px;
      }
      dt {
        color: var(--ink-quiet);
      }
      dd {
        font-family: var(--font-numbers);
        font-variant-numeric: tabular-nums;
        text-align: end;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

function rowsOf(report: RunReport, op: OpReport): readonly Row[] {
  const exact = (ps: number): string => `${formatCount(ps)} ps`;
  const rows: Row[] = [
    {
      label: 'Alone',
      value: formatDuration(op.alonePs),
      formula: `nothing else running: ${exact(op.alonePs)}`,
    },
    {
      label: 'Never below',
      value: `${formatDuration(op.lowerBoundPs)} · ${formatPercent(op.lowerBoundPs / op.alonePs)} of alone`,
      formula: exact(op.lowerBoundPs),
    },
    { label: 'HBM in and out', value: formatSi(op.hbmBytes, 'B'), formula: `${formatCount(op.hbmBytes)} B` },
  ];
  if (op.flops > 0) {
    const rate = op.flops / secondsFromPicoseconds(op.alonePs);
    rows.push(
      {
        label: 'Work',
        value: formatSi(op.flops, 'FLOP'),
        formula: `${formatCount(op.flops)} FLOP, whole chip`,
      },
      {
        label: 'Alone it reaches',
        value: `${formatSi(rate, 'FLOP/s')} · ${formatPercent(rate / report.roofs.peakFlops)} of ${formatSi(report.roofs.peakFlops, 'FLOP/s')}`,
        formula: 'FLOPs / time alone, of the peak of the whole chip',
      },
    );
  }
  return [...rows, ...detailRows(op)];
}

function detailRows(op: OpReport): readonly Row[] {
  const { detail } = op;
  switch (detail.kind) {
    case 'matmul':
      return [
        { label: 'M × K × N', value: gemmText(detail.gemm), formula: 'on this chip, per batch element' },
        { label: 'Batch', value: formatCount(detail.batch) },
        { label: 'Block in VMEM', value: gemmText(detail.block) },
        {
          label: 'Each MXU',
          value: detail.arrays
            .map(({ gemm, repeats }) => `${gemmText(gemm)} × ${formatCount(repeats)}`)
            .join(', then '),
          formula: `${detail.arrays[0].config.rows} × ${detail.arrays[0].config.columns}, ${detail.units} units`,
        },
        {
          label: 'Array cycles',
          value: formatCount(detail.arrayCycles),
          formula: 'cycles in which the arrays stream operands, one repetition',
        },
        {
          label: 'Slots used',
          value: formatPercent(detail.mappingEfficiency),
          formula: 'share of multiply slots used while streaming: 100 % without padding',
        },
        { label: 'Format', value: detail.dtype },
      ];
    case 'vector':
      return [{ label: 'Vector operations', value: formatSi(detail.vpuOperations, 'op') }];
    case 'collective':
      return [
        { label: 'Collective', value: detail.collective },
        { label: 'Over', value: detail.meshAxes.join(', ') },
        ...(detail.torusAxes.length === 0
          ? []
          : [{ label: 'Torus axes', value: detail.torusAxes.map(axisName).join(', ') }]),
        ...(detail.dcn === undefined
          ? []
          : [
              {
                label: 'Between slices',
                value: `${formatSi(detail.dcn.portBytes, 'B')} each way, ${detail.dcn.bottleneck === 'dcn' ? 'the DCN' : 'ICI'} sets the pace`,
                formula: `${formatCount(detail.dcn.portBytes)} B through the port of each chip; the pace is set by the network that would take longer by itself`,
              },
            ]),
        { label: 'Payload', value: formatSi(detail.bytes, 'B'), formula: `${formatCount(detail.bytes)} B` },
        { label: 'Algorithm', value: detail.algorithm },
      ];
    default:
      return assertNever(detail);
  }
}

function gemmText(gemm: GemmShape): string {
  return `${formatCount(gemm.m)} × ${formatCount(gemm.k)} × ${formatCount(gemm.n)}`;
}

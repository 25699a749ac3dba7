import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount, formatPercent } from '../../base/format-quantity.ts';
import type { Drawing } from '../../figure/drawing.ts';
import { type ErrorBar, errorBars, powerText } from '../../figure/numerics-bars.ts';
import { growthFigure } from '../../figure/numerics-growth.ts';
import { histogramFigure } from '../../figure/numerics-histogram.ts';
import type { OperandStatistics } from '../../numerics/operand-statistics.ts';
import type { NumericsReport } from '../../worker/numerics-service.ts';
import type { NumericsOutcome } from '../../worker/numerics-trial.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { FigureSize } from './canvas-figure.ts';
import { pickName } from './numerics-choices.ts';
import { numericsStyles } from './numerics-styles.ts';
import './canvas-figure.ts';

interface Row {
  readonly label: string;
  readonly note?: string;
  readonly text: (outcome: NumericsOutcome) => string;
  readonly exact: (outcome: NumericsOutcome) => string;
}

type Plot = 'histogram' | 'growth';

/** What came of both choices: numbers, histogram and growth of the errors, each also as a table. */
@customElement('systole-numerics-results')
export class NumericsResults extends LitElement {
  @property({ attribute: false }) report: NumericsReport | undefined;
  @state() private sizes: Readonly<Partial<Record<Plot, FigureSize>>> = {};

  override render(): TemplateResult | typeof nothing {
    const { report } = this;
    if (report === undefined) return nothing;
    const [first, second] = report.outcomes;
    const bars = errorBars(first.error, second.error);
    return html`${renderNumbers(report)}
      <div class="plots">
        <figure>
          <figcaption>
            <h3>How large the errors are</h3>
            ${renderLegend('bars')}
          </figcaption>
          ${this.#renderPlot(
            'histogram',
            'Share of results by size of their error; the table below has the same numbers',
            (width, height) => histogramFigure(bars, width, height),
          )}
          ${renderBarTable(bars)}
        </figure>
        <figure>
          <figcaption>
            <h3>How the error grows with k</h3>
            ${renderLegend('lines')}
          </figcaption>
          ${this.#renderPlot(
            'growth',
            'Rms error over the rms of C against k; the table below has the same numbers',
            (width, height) => growthFigure(first.growth, second.growth, width, height),
          )}
          ${renderGrowthTable(report)}
        </figure>
      </div>`;
  }

  #renderPlot(plot: Plot, label: string, draw: (width: number, height: number) => Drawing): TemplateResult {
    const size = this.sizes[plot];
    return html`<systole-figure
      role="img"
      aria-label=${label}
      .drawing=${size === undefined || size.width === 0 ? undefined : draw(size.width, size.height)}
      @figure-size=${(event: CustomEvent<FigureSize>) => {
        this.sizes = { ...this.sizes, [plot]: event.detail };
      }}
    ></systole-figure>`;
  }

  static override styles = [sharedStyles, numericsStyles];
}

const ERROR_ROWS: readonly Row[] = [
  errorRow('Rms error over rms of C', 'relativeRms'),
  errorRow('Rms error', 'rms'),
  errorRow('Largest error', 'largest'),
  errorRow('Mean error', 'mean', 'signed: rounding toward zero shows here'),
  {
    label: 'Results without error',
    text: (outcome) => formatPercent(outcome.error.exact / resultsIn(outcome)),
    exact: (outcome) => `${formatCount(outcome.error.exact)} of ${formatCount(resultsIn(outcome))} results`,
  },
];

const NOT_FINITE: Row = {
  label: 'Infinite or NaN',
  note: 'left out of everything above',
  text: ({ error }) => formatCount(error.notFinite),
  exact: ({ error }) => `${formatCount(error.notFinite)} results`,
};

const OPERAND_ROWS: readonly Row[] = (['a', 'b'] as const).flatMap((operand): Row[] => {
  const of = (outcome: NumericsOutcome): OperandStatistics => outcome.operands[operand];
  const name = operand.toUpperCase();
  return [
    {
      label: `Zeros in ${name}`,
      text: (outcome) => formatPercent(of(outcome).zeros / of(outcome).elements),
      exact: (outcome) =>
        `${formatCount(of(outcome).zeros)} of ${formatCount(of(outcome).elements)} elements`,
    },
    {
      label: `Bits that toggle in ${name}`,
      note: 'of the bits that could, from one element to the next in the same row or column of the array',
      text: (outcome) => formatPercent(of(outcome).toggleRate),
      exact: (outcome) => `${formatCount(of(outcome).toggles)} bits change`,
    },
  ];
});

function errorRow(label: string, field: 'relativeRms' | 'rms' | 'largest' | 'mean', note?: string): Row {
  return {
    label,
    ...(note === undefined ? {} : { note }),
    text: ({ error }) => formatError(error[field]),
    exact: ({ error }) => String(error[field]),
  };
}

function renderNumbers({ outcomes, bitEqualShare, request }: NumericsReport): TemplateResult {
  const rowsOf = (rows: readonly Row[]): TemplateResult[] =>
    rows.map(
      ({ label, note, text, exact }) =>
        html`<tr>
          <th scope="row" title=${note ?? nothing}>${label}</th>
          ${outcomes.map((outcome) => html`<td class="number" title=${exact(outcome)}>${text(outcome)}</td>`)}
        </tr>`,
    );
  const anyInfinite = outcomes.some(({ error }) => error.notFinite > 0);
  return html`<table class="numbers">
    <caption class="visually-hidden">
      Errors and operands of both choices
    </caption>
    <thead>
      <tr>
        <td></td>
        ${outcomes.map(
          ({ pick }, index) =>
            html`<th scope="col"><span class="swatch" data-choice=${index}></span>${pickName(pick)}</th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${rowsOf(anyInfinite ? [...ERROR_ROWS, NOT_FINITE] : ERROR_ROWS)}
      <tr>
        <th scope="row">Bit-equal in both</th>
        <td class="number" colspan="2">
          ${formatPercent(bitEqualShare)} of ${formatCount(request.shape.m * request.shape.n)} results
        </td>
      </tr>
    </tbody>
    <tbody>
      ${rowsOf(OPERAND_ROWS)}
    </tbody>
  </table>`;
}

function renderLegend(kind: 'bars' | 'lines'): TemplateResult {
  const marks =
    kind === 'bars'
      ? [
          svg`<rect class="first" width="20" height="10" y="1"/>`,
          svg`<path class="second" d="M1 11V2H19V11"/>`,
        ]
      : [
          svg`<path class="first line" d="M0 6H20"/><circle class="first" cx="10" cy="6" r="4"/>`,
          svg`<path class="second dashed" d="M0 6H20"/><circle class="second ring" cx="10" cy="6" r="3.5"/>`,
        ];
  return html`<ul class="legend small">
    ${marks.map(
      (mark, index) =>
        html`<li><svg width="20" height="12" aria-hidden="true">${mark}</svg>${index === 0 ? 'first' : 'second'}</li>`,
    )}
  </ul>`;
}

function renderBarTable(bars: readonly ErrorBar[]): TemplateResult {
  const occurring = bars.filter(({ shares }) => shares[0] + shares[1] > 0);
  return renderTable(
    'Histogram as a table',
    'Error over rms of C',
    occurring.map(({ exponent, shares }) => [
      exponent === undefined ? 'none' : `${powerText(2, exponent)} to ${powerText(2, exponent + 1)}`,
      ...shares.map((share) => formatPercent(share)),
    ]),
  );
}

function renderGrowthTable({ outcomes: [first, second] }: NumericsReport): TemplateResult {
  return renderTable(
    'Growth as a table',
    'k',
    first.growth.map(({ k, relativeRms }, index) => [
      formatCount(k),
      formatError(relativeRms),
      formatError(second.growth[index]?.relativeRms ?? 0),
    ]),
  );
}

function renderTable(summary: string, head: string, rows: readonly (readonly string[])[]): TemplateResult {
  return html`<details class="small">
    <summary>${summary}</summary>
    <table>
      <thead>
        <tr>
          <th scope="col">${head}</th>
          <th scope="col" class="number">First</th>
          <th scope="col" class="number">Second</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([label, ...values]) =>
            html`<tr>
              <th scope="row" class="number">${label}</th>
              ${values.map((value) => html`<td class="number">${value}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </details>`;
}

function resultsIn({ error: { exact, notFinite, histogram } }: NumericsOutcome): number {
  return histogram.reduce((total, bin) => total + bin.count, exact + notFinite);
}

/** Three significant figures: 0.149, and 0.00235 -> `2.35 × 10⁻³`. */
function formatError(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 0.1 && size < 100) return `${value < 0 ? '−' : ''}${size.toPrecision(3)}`;
  const [mantissa = '', exponent = '0'] = size.toExponential(2).split('e');
  return `${value < 0 ? '−' : ''}${mantissa} × ${powerText(10, Number(exponent))}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-numerics-results': NumericsResults;
  }
}

import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, formatPercent, formatSi } from '../../base/format-quantity.ts';
import { SOURCES } from '../../hardware/sources.ts';
import {
  TEXTBOOK_CHAPTERS,
  TEXTBOOK_TOLERANCE,
  type TextbookCase,
  textbookDeviation,
} from '../../ici/textbook.ts';
import type { TwistedGain } from '../../study/validate-twisted.ts';

/** Twisted tori on silicon and in the model. */
export function renderTwisted(gains: readonly TwistedGain[]): TemplateResult {
  const error = ({ measured, modelled }: TwistedGain): number => modelled / measured - 1;
  const largest = Math.max(...gains.map((gain) => Math.abs(error(gain))));
  const { title, url } = SOURCES['tpu-v4-2023'];
  return html`<h2>Twisted tori: within ${formatPercent(largest, 2)} of the gain on silicon</h2>
    <p class="quiet">
      Throughput of an all-to-all of large transfers on TPU v4, twisted over regular torus. The model knows only which
      links there are: nothing is fitted. Measured: ${link(url, title)}, figure 6.
    </p>
    <div class="scroll">
      <table id="twisted">
        <thead>
          <tr>
            <th>Slice</th>
            <th class="number">Measured</th>
            <th class="number">Modelled</th>
            <th class="number">Error, of the measured gain</th>
          </tr>
        </thead>
        <tbody>
          ${gains.map(
            (gain) =>
              html`<tr>
                <th scope="row">${gain.shape.join('×')}</th>
                <td class="number">${gain.measured.toFixed(2)}×</td>
                <td class="number">${gain.modelled.toFixed(2)}×</td>
                <td class="number">${signed(error(gain))}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

/** The scaling book's worked answers, by its own formulas and by the model. */
export function renderTextbook(cases: readonly TextbookCase[]): TemplateResult {
  const near = cases.filter((each) => Math.abs(textbookDeviation(each)) <= TEXTBOOK_TOLERANCE);
  return html`<h2>
      Textbook answers: ${near.length} of ${cases.length} reproduced within ${formatPercent(TEXTBOOK_TOLERANCE, 1)}
    </h2>
    <p class="quiet">
      Worked questions of <i>How to Scale Your Model</i>. The book’s formulas take the two-way rate of each axis and a
      microsecond a hop; the model takes every hop and every link. Off = (formula − print) / print.
    </p>
    <div class="scroll">
      <table id="textbook">
        <thead>
          <tr>
            <th><span class="visually-hidden">Number</span></th>
            <th>Question</th>
            <th class="number">In print</th>
            <th class="number">By formula</th>
            <th class="number">Off</th>
            <th class="number">Modelled</th>
            <th>Why the model differs</th>
            <th>Source</th>
          </tr>
        </thead>
        <tbody>
          ${cases.map(renderCase)}
        </tbody>
      </table>
    </div>`;
}

function renderCase(each: TextbookCase): TemplateResult {
  const { id, question, printed, corrected, textbook, modelled, difference, chapter } = each;
  return html`<tr>
    <th scope="row">${id}</th>
    <td class="words">${question}</td>
    <td class="number">
      ${amountText(each, printed)}${
        corrected === undefined
          ? nothing
          : html`<br /><span class="quiet">rightly ${amountText(each, corrected)}</span>`
      }
    </td>
    <td class="number">${amountText(each, textbook)}</td>
    <td class="number">${signed(textbookDeviation(each))}</td>
    <td class="number">${amountText(each, modelled)}</td>
    <td class="words">${difference}</td>
    <td>${link(TEXTBOOK_CHAPTERS[chapter].url, CHAPTER_NAMES[chapter])}</td>
  </tr>`;
}

const CHAPTER_NAMES = { sharding: 'Sharded matrices', tpus: 'TPUs', training: 'Training' } as const;

function amountText({ unit }: TextbookCase, amount: number): string {
  return unit === 's' ? formatSi(amount, 's') : formatCount(Math.round(amount));
}

function signed(fraction: number): string {
  return `${fraction > 0 ? '+' : ''}${formatPercent(fraction, 2).replace('-', '−')}`;
}

function link(url: string, words: string): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer">${words}</a>`;
}

import type { Json } from '../../base/canonical-json.ts';
import { formatPercent, formatSi } from '../../base/format-quantity.ts';
import {
  TEXTBOOK_CHAPTERS,
  TEXTBOOK_TOLERANCE,
  type TextbookCase,
  textbookCases,
  textbookDeviation,
} from '../../ici/textbook.ts';
import type { Command } from '../command.ts';
import { parseOptions } from '../options.ts';

/** Worked answers of the scaling book beside the model. */
export const textbookCommand: Command = {
  name: 'textbook',
  summary: 'worked answers of the scaling book, by its formulas and by the model',
  usage: 'textbook [--json]',
  run: async (args) => {
    parseOptions(args, {}, { minimum: 0, maximum: 0, names: '' });
    const cases = textbookCases();
    const off = cases.filter((each) => Math.abs(textbookDeviation(each)) > TEXTBOOK_TOLERANCE);
    const verdict =
      off.length === 0
        ? `all ${cases.length} within ${formatPercent(TEXTBOOK_TOLERANCE, 1)} of the book's answers, by its own formulas`
        : `more than ${formatPercent(TEXTBOOK_TOLERANCE, 1)} off: ${off.map(({ id }) => id).join(', ')}`;
    return {
      json: cases.map(document),
      text: [...cases.map(paragraph), verdict].join('\n\n'),
      checkFailed: off.length > 0,
    };
  },
};

function document(each: TextbookCase): Json {
  const { id, question, unit, printed, corrected, textbook, modelled, difference, chapter } = each;
  return {
    id,
    question,
    unit,
    printed,
    ...(corrected === undefined ? {} : { corrected }),
    textbook,
    deviation: textbookDeviation(each),
    modelled,
    difference,
    source: TEXTBOOK_CHAPTERS[chapter].url,
  };
}

function paragraph(each: TextbookCase): string {
  const { id, question, unit, printed, corrected, textbook, modelled, difference } = each;
  const value = (amount: number): string =>
    unit === 's' ? formatSi(amount, 's') : amount.toLocaleString('en-US', { maximumFractionDigits: 0 });
  const answer = corrected === undefined ? value(printed) : `${value(printed)}, rightly ${value(corrected)}`;
  return [
    `${id.padEnd(5)}${question}`,
    `     in print ${answer}; by the book's formula ${value(textbook)} (${formatPercent(textbookDeviation(each), 2)} off); modelled ${value(modelled)}`,
    `     ${difference}`,
  ].join('\n');
}

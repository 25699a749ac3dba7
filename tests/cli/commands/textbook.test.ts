import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/base/result.ts';
import { textbookCommand } from '../../../src/cli/commands/textbook.ts';

const context = { note: () => undefined };

interface Answer {
  readonly id: string;
  readonly question: string;
  readonly unit: string;
  readonly printed: number;
  readonly corrected?: number;
  readonly textbook: number;
  readonly modelled: number;
  readonly difference: string;
  readonly source: string;
}

describe('systole textbook', () => {
  it('gives every answer by the book and by the model, and passes', async () => {
    const { json, text, checkFailed } = await textbookCommand.run([], context);
    expect(checkFailed).toBe(false);
    const answers: readonly Answer[] = JSON.parse(JSON.stringify(json));
    expect(answers.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['S1', 'S2', 'S3a', 'S3b', 'S3c', 'S4', 'S5', 'S6a', 'S6b', 'S6c', 'T5', 'P4']),
    );
    for (const { textbook, printed, corrected, modelled, source } of answers) {
      expect(Math.abs(textbook / (corrected ?? printed) - 1)).toBeLessThanOrEqual(0.02);
      expect(modelled).toBeGreaterThan(0);
      expect(source).toMatch(/^https:\/\/jax-ml\.github\.io\/scaling-book\//);
    }
    const [s3c] = answers.filter(({ id }) => id === 'S3c');
    expect(s3c).toMatchObject({ printed: 190e-6, corrected: 11.7e-6, unit: 's' });
    expect(text).toContain('in print 190\u2009us, rightly 11.7\u2009us');
    expect(text).toMatch(/all 13 within 2\u2009% of the book's answers/);
  });

  it('takes no arguments', async () => {
    await expect(textbookCommand.run(['S1'], context)).rejects.toThrow(InputError);
  });
});

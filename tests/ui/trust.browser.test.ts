import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { page as browserPage } from 'vitest/browser';
import { textbookCases } from '../../src/ici/textbook.ts';
import { mountPage, type Page } from './mount-page.ts';

let page: Page;

beforeAll(async () => {
  page = await mountPage();
  page.app.goTo('trust');
  await page.app.validate();
  await page.settled();
});

afterAll(() => page.close());

const rows = (table: string): readonly string[] =>
  page
    .findAll<HTMLTableRowElement>(`systole-trust-place >>> #${table} tbody tr`)
    .map((row) => [...row.cells].map((cell) => cell.textContent.trim().replace(/\s+/g, ' ')).join(' '));

describe('the Trust place', () => {
  it('shows twisted tori beside silicon, with the error', () => {
    const [first = '', second = ''] = rows('twisted');
    expect(first).toMatch(/4×4×8 1\.63× 1\.75× \+7\.1 %/);
    expect(second).toMatch(/4×8×8 1\.31× 1\.39× \+6\.2 %/);
  });

  it('shows every answer of the textbook with unit, difference and source', () => {
    const shown = rows('textbook');
    expect(shown).toHaveLength(textbookCases().length);
    textbookCases().forEach(({ id, question, difference }, index) => {
      expect(shown[index]).toContain(`${id} ${question}`);
      expect(shown[index]).toContain(difference);
    });
    expect(shown.find((row) => row.startsWith('S3c'))).toMatch(/190 us ?rightly 11\.7 us 11\.7 us/);
    expect(shown.find((row) => row.startsWith('S5'))).toMatch(/5,100 5,100 0 % 4,781/);
    const links = page.findAll<HTMLAnchorElement>('systole-trust-place >>> #textbook a');
    expect(new Set(links.map((link) => link.href))).toEqual(
      new Set([
        'https://jax-ml.github.io/scaling-book/sharding/',
        'https://jax-ml.github.io/scaling-book/tpus/',
        'https://jax-ml.github.io/scaling-book/training/',
      ]),
    );
  });

  it('scrolls wide tables by themselves in a narrow window', async () => {
    await browserPage.viewport(390, 844);
    await page.settled();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(390);
    await browserPage.viewport(1440, 900);
  });
});

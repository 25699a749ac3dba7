import { readFileSync } from 'node:fs';

/** Rows of a CSV file under tests/cases, by column name. No field of these files holds a comma or a quote. */
export function readCases(file: string): Record<string, string>[] {
  const text = readFileSync(new URL(`../cases/${file}`, import.meta.url), 'utf8');
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? '']));
  });
}

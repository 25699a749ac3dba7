import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/base/result.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import { createEvaluator } from '../../src/study/evaluate.ts';
import {
  createRecording,
  formatRecording,
  parseDocument,
  parseRecording,
  replayRecording,
} from '../../src/study/recording.ts';
import { decodeScenario, encodeScenario } from '../../src/study/share-link.ts';

const report = createEvaluator().evaluate(EMBEDDED_SCENARIO);
const recording = createRecording(EMBEDDED_SCENARIO, report, [{ text: 'here', timePs: 5, place: 'mxu' }]);

describe('recording', () => {
  it('reads back as it was written, and reproduces', () => {
    const again = unwrap(parseRecording(formatRecording(recording), 'r'));
    expect(again).toEqual(recording);
    expect(replayRecording(again)).toEqual({ reproduced: true, differences: [] });
  });

  it('of several slices reads back, reproduces and travels in a link', async () => {
    const scenario = { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], slices: 4 } };
    const several = createRecording(scenario, createEvaluator().evaluate(scenario));
    const again = unwrap(parseRecording(formatRecording(several), 'r'));
    expect(again).toEqual(several);
    expect(replayRecording(again).reproduced).toBe(true);
    expect(unwrap(await decodeScenario(await encodeScenario(scenario)))).toEqual(scenario);
  });

  it('notices any changed figure', () => {
    const text = formatRecording(recording);
    const figures = [...text.matchAll(/"(\w+)": "[\d.e-]+\d"/g)];
    expect(figures.length).toBeGreaterThanOrEqual(10);
    for (const figure of figures) {
      const at = figure.index + figure[0].length - 2;
      const digit = text[at] === '1' ? '2' : '1';
      const changed = unwrap(parseRecording(text.slice(0, at) + digit + text.slice(at + 1), 'r'));
      const { reproduced, differences } = replayRecording(changed);
      expect(reproduced).toBe(false);
      expect(differences.map((difference) => difference.path).join()).toContain(figure[1]);
    }
  });

  it('notices a changed scenario, digest or engine', () => {
    const paths = (change: object): string =>
      replayRecording({ ...recording, ...change })
        .differences.map((difference) => difference.path)
        .join();
    expect(paths({ digest: `sha256:${'0'.repeat(64)}` })).toBe('digest');
    expect(paths({ engine: '0.0.0' })).toBe('engine');
    expect(paths({ scenario: { ...EMBEDDED_SCENARIO, set: ['clockHz=1.74e9'] } })).toContain(
      'summary.figures.stepSeconds',
    );
  });

  it('refuses what is not one, in one line that names the file', () => {
    const refusal = (text: string): string => {
      const parsed = parseDocument(text, 'paper.systole.json');
      return parsed.ok ? 'accepted' : parsed.error.message;
    };
    expect(refusal('')).toMatch(/^paper\.systole\.json: expected JSON, found nothing$/);
    expect(refusal('{"a": 1,\n "b": nope}')).toMatch(/^paper\.systole\.json: expected JSON/);
    expect(refusal('[]')).toMatch(/^paper\.systole\.json: /);
    expect(refusal(JSON.stringify({ ...recording, digest: 1 }))).toMatch(/digest: expected string, found 1/);
    expect(refusal(JSON.stringify({ ...recording, extra: 1 }))).toMatch(/extra: is not a known field/);
    expect(refusal(' '.repeat(5 * 2 ** 20))).toMatch(/expected at most 4 MiB, found 5\.0 MiB/);
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(refusal(text)).not.toMatch(/\n/);
      }),
    );
  });
});

describe('share link', () => {
  it('carries a scenario there and back', async () => {
    const fragment = await encodeScenario(EMBEDDED_SCENARIO);
    expect(fragment).toMatch(/^s1\.[\w-]+$/);
    expect(fragment.length).toBeLessThan(600);
    expect(unwrap(await decodeScenario(`#${fragment}`))).toEqual(EMBEDDED_SCENARIO);
  });

  it('refuses damage in one line, whatever it is', async () => {
    const fragment = await encodeScenario(EMBEDDED_SCENARIO);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(fragment.length - 4),
        fc.constantFrom('A', 'z', '-', '%', ''),
        async (at, replacement) => {
          const damaged = `s1.${fragment.slice(3, at + 3)}${replacement}${fragment.slice(at + 4)}`;
          const decoded = await decodeScenario(damaged);
          if (!decoded.ok) expect(decoded.error.message).toMatch(/^link/);
        },
      ),
    );
    for (const text of ['', '#', 's2.abc', 's1.!!', `s1.${'A'.repeat(100_000)}`]) {
      expect((await decodeScenario(text)).ok).toBe(false);
    }
  });

  it('refuses a bomb before it has inflated', async () => {
    const zeros = new Blob([new Uint8Array(20 * 2 ** 20)])
      .stream()
      .pipeThrough(new CompressionStream('deflate-raw'));
    const packed = new Uint8Array(await new Response(zeros).arrayBuffer());
    const fragment = `s1.${Buffer.from(packed).toString('base64url')}`;
    const decoded = await decodeScenario(fragment);
    expect(decoded.ok ? 'accepted' : decoded.error.message).toMatch(/inflates to more than|at most/);
  });
});

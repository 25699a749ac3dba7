import { describe, expect, it } from 'vitest';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import {
  byteChoices,
  DEFAULT_FLIT_TEXTS,
  type FlitTexts,
  loadFlitTexts,
  parseFlits,
  saveFlitTexts,
  smallerCollective,
  trafficCommandText,
  trafficText,
} from '../../src/ui/views/flit-choices.ts';

const errorsOf = (change: Partial<FlitTexts>): Readonly<Record<string, string>> => {
  const parsed = parseFlits({ ...DEFAULT_FLIT_TEXTS, ...change });
  return parsed.ok ? {} : parsed.errors;
};

/** A storage that holds one text. */
function storageOf(text: string | null): () => Storage {
  let held = text;
  const storage: Pick<Storage, 'getItem' | 'setItem'> = {
    getItem: () => held,
    setItem: (_, value) => {
      held = value;
    },
  };
  return () => storage as Storage;
}

describe('the fields of synthetic traffic', () => {
  it('give a request, twisted where they say so', () => {
    const parsed = parseFlits({ ...DEFAULT_FLIT_TEXTS, shape: '4x8 twisted', rate: ' 0.25 ' });
    expect(parsed).toMatchObject({
      ok: true,
      wanted: { shape: [4, 8], twisted: true, rate: 0.25, pattern: 'tornado', virtualChannels: 2 },
      range: { firstCycle: 1000, cycles: 512 },
    });
    if (!parsed.ok) return;
    expect(trafficText(parsed.wanted)).toBe(
      'tornado, 0.25 flits/node/cycle in packets of 8 flits, 4×8 twisted, 2 VCs of 8',
    );
    expect(trafficCommandText(parsed.wanted)).toContain(
      '--torus 4x8 --twisted --pattern tornado --rate 0.25',
    );
  });

  it.each([
    ['shape', { shape: '8y8' }, /as in 4x4x8/],
    ['shape', { shape: '64x64' }, /at most 1024 chips/],
    ['shape', { shape: '4x7 twisted' }, /./],
    ['pattern', { pattern: 'transpose', shape: '3x4' }, /two equal axes/],
    ['pattern', { pattern: 'nonsense' }, /expected one of/],
    ['rate', { rate: '1.5' }, /to 1, found 1.5/],
    ['rate', { rate: '<b>' }, /expected a number, found “<b>”/],
    ['rate', { rate: '' }, /expected a number/],
    ['packetFlits', { packetFlits: '2.5' }, /whole number/],
    ['packetFlits', { packetFlits: '0' }, /1 to 4096, found 0/],
    ['virtualChannels', { virtualChannels: '3' }, /even number/],
    ['virtualChannels', { routing: 'adaptive' }, /4 or more/],
    ['bufferFlits', { bufferFlits: '9999' }, /1 to 1024/],
    ['seed', { seed: 'x' }, /whole number/],
    ['firstCycle', { firstCycle: '-1' }, /expected 0 to/],
    ['cycles', { cycles: '1e9' }, /expected 1 to 2048/],
  ] as const)('refuse %s in one line beside it: %o', (field, change, message) => {
    const errors = errorsOf(change);
    expect(Object.keys(errors)).toEqual([field]);
    expect(errors[field]).toMatch(message);
    expect(errors[field]).not.toContain('\n');
  });

  it('name all that is wrong at once', () => {
    expect(Object.keys(errorsOf({ rate: '7', bufferFlits: 'a', shape: '' }))).toEqual([
      'shape',
      'rate',
      'bufferFlits',
    ]);
  });

  it('are remembered, and what is broken is not read', () => {
    const storage = storageOf(null);
    const texts = { ...DEFAULT_FLIT_TEXTS, rate: '0.3' };
    saveFlitTexts(texts, storage);
    expect(loadFlitTexts(storage)).toEqual(texts);
    for (const broken of [
      '{',
      '[]',
      'null',
      '{"rate":"-1"}',
      '{"rate":5,"shape":{}}',
      `{"seed":"${'9'.repeat(99)}"}`,
    ]) {
      expect(loadFlitTexts(storageOf(broken))).toEqual(DEFAULT_FLIT_TEXTS);
    }
    const forbidden = (): Storage => {
      throw new Error('forbidden');
    };
    expect(loadFlitTexts(forbidden)).toEqual(DEFAULT_FLIT_TEXTS);
    saveFlitTexts(texts, forbidden);
  });
});

describe('amounts of data', () => {
  it('are the collective’s own and smaller ones', () => {
    expect(byteChoices(268e6).map(({ bytes }) => bytes)).toEqual([268e6, 16e6, 1e6, 64_000]);
    expect(byteChoices(1000).map(({ bytes }) => bytes)).toEqual([1000]);
  });
});

describe('a collective that is refused', () => {
  const over = (...torusAxes: number[]): { readonly torusAxes: readonly number[] } => ({ torusAxes });

  it('is offered on a whole slice, on a smaller one, or with less data', () => {
    const cut = { ...EMBEDDED_SCENARIO, slice: { shape: [4, 4, 4], without: ['0,0,0+z'] } };
    expect(smallerCollective(cut, [4, 4, 4], over(0), 1e9)).toMatchObject({
      name: 'with every cable in order',
      scenario: { slice: { shape: [4, 4, 4] } },
      bytes: 1e9,
    });
    expect(smallerCollective(cut, [4, 4, 4], over(0), 1e9)?.scenario.slice.without).toBeUndefined();
    const large = { ...EMBEDDED_SCENARIO, slice: { shape: [16, 16, 24] } };
    const offered = smallerCollective(large, [16, 16, 24], over(0, 1, 2), 1e9);
    expect(offered).toMatchObject({ scenario: { slice: { shape: [4, 4, 4] } }, bytes: 16e6 });
    expect(offered?.name).toMatch(/^on 4×4×4 chips, 16/);
    expect(smallerCollective(large, [16, 16, 24], over(2), 1e9)).toMatchObject({
      scenario: large,
      bytes: 16e6,
    });
    expect(smallerCollective(large, [16, 16, 24], over(2), 64_000)).toBeUndefined();
  });
});

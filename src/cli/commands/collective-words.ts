import { InputError } from '../../base/result.ts';
import { chipNamed } from '../../ici/cables.ts';
import { COLLECTIVE_KINDS, type CollectiveKind } from '../../ici/request.ts';
import { axisName, type Torus } from '../../ici/topology.ts';

export function parseKind(word: string, place: string): CollectiveKind {
  const kind = COLLECTIVE_KINDS.find((each) => each === word);
  if (kind === undefined) {
    throw new InputError(place, `expected one of ${COLLECTIVE_KINDS.join(', ')}, found "${word}"`);
  }
  return kind;
}

/** Axes as letters, as in `xz`; all of them where nothing is said. */
export function parseAxes(text: string | undefined, torus: Torus, place: string): readonly number[] {
  const all = torus.shape.map((_, axis) => axis);
  if (text === undefined) return all;
  const letters = all.map(axisName).join('');
  const axes = [...text.toLowerCase()].map((letter) => letters.indexOf(letter));
  if (axes.length === 0 || axes.includes(-1) || new Set(axes).size !== axes.length) {
    throw new InputError(place, `expected letters of ${letters}, each at most once, found "${text}"`);
  }
  return axes;
}

/** Who sends to whom, each as in `0,0,0:3,3,3`; `undefined` where nothing is said. */
export function parsePairs(
  texts: readonly string[],
  torus: Torus,
  place: string,
): readonly (readonly [source: number, target: number])[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.map((text) => {
    const [source, target, ...rest] = text.split(':');
    if (target === undefined || rest.length > 0) {
      throw new InputError(place, `expected two chips as in 0,0,0:3,3,3, found "${text}"`);
    }
    return [chipNamed(torus, source, place), chipNamed(torus, target, place)];
  });
}

/** Chips that belong together, each group as in `0,0,0:1,0,0:2,0,0`; `undefined` where nothing is said. */
export function parseGroups(
  texts: readonly string[],
  torus: Torus,
  place: string,
): readonly (readonly number[])[] | undefined {
  if (texts.length === 0) return undefined;
  return texts.map((text) => text.split(':').map((chip) => chipNamed(torus, chip, place)));
}

/** Axes inside a slice, and whether the slices are spanned too. */
export interface NetworkAxes {
  readonly axes: readonly number[];
  readonly dcn: boolean;
}

/**
 * `xyz+dcn`, `xy` or `dcn`; where nothing is said all there are, but that a permute over slices has `dcn`
 * alone.
 */
export function parseNetworkAxes(
  text: string | undefined,
  torus: Torus,
  kind: CollectiveKind,
  slices: number,
  place: string,
): NetworkAxes {
  const all = torus.shape.map((_, axis) => axis);
  if (text === undefined) {
    return slices === 1
      ? { axes: all, dcn: false }
      : { axes: kind === 'collective-permute' ? [] : all, dcn: true };
  }
  const dcn = /^(?:(.+)\+)?dcn$/i.exec(text);
  if (dcn === null) return { axes: parseAxes(text, torus, place), dcn: false };
  if (slices === 1) throw new InputError(place, 'dcn needs several slices, as in --slices 4');
  return { axes: dcn[1] === undefined ? [] : parseAxes(dcn[1], torus, place), dcn: true };
}

import { InputError } from '../../base/result.ts';
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

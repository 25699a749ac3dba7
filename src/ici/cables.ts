import { InputError } from '../base/result.ts';
import { axisName, type Torus } from './topology.ts';

/** A chip and a direction, as in `0,1,3+y`: the cable that leaves the chip upwards along y. */
export const CABLE_PATTERN = /^(\d{1,5}(?:,\d{1,5}){0,2})([+-])([xyz])$/;

const CHIP_PATTERN = /^\d{1,5}(?:,\d{1,5}){0,2}$/;

/** `torus` without some of its cables, both directions of each. Throws `InputError` for one it does not have. */
export function withoutCablesNamed(torus: Torus, cables: readonly string[], place: string): Torus {
  return cables.length === 0
    ? torus
    : torus.withoutCables(cables.map((text) => linkNamed(torus, text, place)));
}

/** `torus` without cables, as above, and whole chips, as in `0,1,3`. */
export function withoutNamed(torus: Torus, names: readonly string[], place: string): Torus {
  const isChip = (text: string): boolean => CHIP_PATTERN.test(text);
  const whole = withoutCablesNamed(
    torus,
    names.filter((text) => !isChip(text)),
    place,
  );
  const chips = names.filter(isChip).map((text) => chipNamed(torus, text, place));
  return chips.length === 0 ? whole : whole.withoutChips(chips);
}

/** A chip as in `0,1,3`, by node. Throws `InputError` for one that the torus does not have. */
export function chipNamed(torus: Torus, text: string, place: string): number {
  const coordinates = text.split(',').map(Number);
  const within = coordinates.every((each, axis) => each < (torus.shape[axis] ?? 0));
  if (!CHIP_PATTERN.test(text) || coordinates.length !== torus.axes || !within) {
    throw new InputError(place, `expected a chip of ${torus.shape.join('x')} as in 0,1,3, found "${text}"`);
  }
  return torus.nodeAt(coordinates);
}

function linkNamed(torus: Torus, text: string, place: string): number {
  const match = CABLE_PATTERN.exec(text);
  const coordinates = (match?.[1] ?? '').split(',').map(Number);
  const axis = 'xyz'.indexOf(match?.[3] ?? ' ');
  const within = coordinates.every((each, index) => each < (torus.shape[index] ?? 0));
  if (match === null || coordinates.length !== torus.axes || !within || axis < 0 || axis >= torus.axes) {
    throw new InputError(place, `expected a chip and a direction as in 0,1,3+y, found "${text}"`);
  }
  const link = torus.link(torus.nodeAt(coordinates), axis, match[2] === '+' ? 0 : 1);
  if (torus.targets[link] < 0) throw new InputError(place, `there is no link ${text}`);
  return link;
}

/** The same name for a link, the other way round. */
export function cableName(torus: Torus, link: number): string {
  const sign = torus.linkDirection(link) === 0 ? '+' : '-';
  return `${torus.coordinates(torus.linkSource(link)).join(',')}${sign}${axisName(torus.linkAxis(link))}`;
}

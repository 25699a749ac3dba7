import { InputError } from '../base/result.ts';
import type { Torus } from './topology.ts';

/** A chip and a direction, as in `0,1,3+y`: the cable that leaves the chip upwards along y. */
export const CABLE_PATTERN = /^(\d{1,5}(?:,\d{1,5}){0,2})([+-])([xyz])$/;

/** `torus` without some of its cables, both directions of each. Throws `InputError` for one it does not have. */
export function withoutCablesNamed(torus: Torus, cables: readonly string[], place: string): Torus {
  return cables.length === 0
    ? torus
    : torus.withoutCables(cables.map((text) => linkNamed(torus, text, place)));
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
  return `${torus.coordinates(torus.linkSource(link)).join(',')}${sign}${'xyz'[torus.linkAxis(link)]}`;
}

import { err, InputError, ok, type Result } from '../base/result.ts';
import { type Chip, DTYPES } from './chip.ts';
import { parseChip } from './chip-schema.ts';
import { parseQuantity, unitOfField } from './quantity.ts';

type Leaf = number | boolean | string;
type Tree = Leaf | readonly Tree[] | { readonly [key: string]: Tree };

/** Fields that a description may leave out: a variant may add them, or take them away with `none`. */
const OPTIONAL_FIELDS: Tree = {
  mxu: { loadRowsPerCycle: 1, formatRates: Object.fromEntries(DTYPES.map((dtype) => [dtype, 1])) },
  vmem: { windowBytesPerCore: 1 },
  host: { dcnLatencySeconds: 1 },
  blockOverheadSeconds: 1,
  cmem: { bytes: 1, readBytesPerSecond: 1, writeBytesPerSecond: 1 },
};
const REMOVABLE: ReadonlySet<string> = new Set([
  'cmem',
  'vmem.windowBytesPerCore',
  ...DTYPES.map((dtype) => `mxu.formatRates.${dtype}`),
]);

const MAX_ASSIGNMENT_CHARACTERS = 200;
const PLACE = 'set';

/**
 * `chip` with one field changed by `path=value`, as in `mxu.rows=256`, `vmem.bytesPerCore=128MiB`,
 * `clockHz=1.75GHz` or `ici.topology.maxShape.0=32`. The outcome is checked as a file would be.
 */
export function applySet(chip: Chip, assignment: string): Result<Chip> {
  return applySets(chip, [assignment]);
}

/** As `applySet`, with all changes made before the outcome is checked: some fields only change together. */
export function applySets(chip: Chip, assignments: readonly string[]): Result<Chip> {
  let tree = chip as unknown as Tree;
  for (const assignment of assignments) {
    const changed = applyOne(tree, assignment);
    if (!changed.ok) return changed;
    tree = changed.value;
  }
  const parsed = parseChip(tree, '');
  return parsed.ok ? parsed : refuse(parsed.error.message);
}

/** Every field that `applySet` can change, by its dotted path, with its present value. */
export function settableFields(chip: Chip): ReadonlyMap<string, Leaf> {
  return new Map(leavesOf(chip as unknown as Tree, ''));
}

function applyOne(tree: Tree, assignment: string): Result<Tree> {
  const equals = assignment.indexOf('=');
  if (equals < 1 || assignment.length > MAX_ASSIGNMENT_CHARACTERS) {
    return refuse(`expected path=value, as in mxu.rows=256, found "${assignment.slice(0, 60)}"`);
  }
  const path = assignment.slice(0, equals).trim();
  const text = assignment.slice(equals + 1).trim();
  const segments = path.split('.');
  if (text === 'none' && REMOVABLE.has(path)) return ok(without(tree, segments));
  const present = at(tree, segments) ?? at(OPTIONAL_FIELDS, segments);
  if (present === undefined) return refuse(unknownPath(tree, path));
  if (typeof present === 'object') {
    return refuse(`${path} is a group, set one of ${childrenOf(present).join(', ')}`);
  }
  const value = parseLeaf(present, path, text);
  return value.ok ? ok(withValue(tree, segments, value.value)) : value;
}

function parseLeaf(present: Leaf, path: string, text: string): Result<Leaf> {
  switch (typeof present) {
    case 'string':
      return ok(text);
    case 'boolean':
      if (text === 'true' || text === 'false') return ok(text === 'true');
      return refuse(`${path}: expected true or false, found "${text}"`);
    default: {
      const unit = unitOfField(path.slice(path.lastIndexOf('.') + 1));
      const value = parseQuantity(text, unit);
      if (value !== undefined) return ok(value);
      return refuse(`${path}: expected a number${unit === '' ? '' : ` of ${unit}`}, found "${text}"`);
    }
  }
}

/** Own members only: a path cannot reach what every object inherits. */
function child(tree: Tree, key: string): Tree | undefined {
  if (!childrenOf(tree).includes(key)) return undefined;
  return (tree as { readonly [key: string]: Tree | undefined })[key];
}

function at(tree: Tree, segments: readonly string[]): Tree | undefined {
  let node: Tree | undefined = tree;
  for (const segment of segments) node = node === undefined ? undefined : child(node, segment);
  return node;
}

function childrenOf(tree: Tree): readonly string[] {
  if (typeof tree !== 'object') return [];
  return Object.entries(tree)
    .filter(([, value]) => value !== undefined)
    .map(([key]) => key);
}

function withValue(tree: Tree | undefined, segments: readonly string[], value: Leaf): Tree {
  const [key, ...rest] = segments;
  if (key === undefined) return value;
  if (Array.isArray(tree)) {
    return tree.map((item: Tree, index) => (String(index) === key ? withValue(item, rest, value) : item));
  }
  const members = typeof tree === 'object' ? (tree as { readonly [key: string]: Tree }) : {};
  return { ...members, [key]: withValue(members[key], rest, value) };
}

function without(tree: Tree, segments: readonly string[]): Tree {
  const [key = '', ...rest] = segments;
  const below = child(tree, key);
  if (below === undefined) return tree;
  const { [key]: _removed, ...others } = tree as { readonly [key: string]: Tree };
  return rest.length === 0 ? others : { ...others, [key]: without(below, rest) };
}

function leavesOf(tree: Tree, path: string): readonly (readonly [string, Leaf])[] {
  if (typeof tree !== 'object') return [[path, tree]];
  return childrenOf(tree).flatMap((key) => {
    const below = child(tree, key);
    return below === undefined ? [] : leavesOf(below, path === '' ? key : `${path}.${key}`);
  });
}

const MAX_SUGGESTIONS = 4;

/** The fields whose name the path gets nearly right, else what there is where it leaves the description. */
function unknownPath(tree: Tree, path: string): string {
  const segments = path.split('.');
  const last = (segments.at(-1) ?? '').toLowerCase();
  const similar = leavesOf(tree, '')
    .map(([leafPath]) => leafPath)
    .filter((leafPath) => last.length > 1 && leafPath.toLowerCase().includes(last))
    .slice(0, MAX_SUGGESTIONS);
  if (similar.length > 0) return `${path} is not a field, did you mean ${similar.join(', ')}?`;
  let known = 0;
  while (known < segments.length && at(tree, segments.slice(0, known + 1)) !== undefined) known += 1;
  const parent = segments.slice(0, known);
  const choices = childrenOf(at(tree, parent) ?? {}).join(', ');
  const where = known === 0 ? 'a chip' : parent.join('.');
  return `${path} is not a field, ${where} has ${choices === '' ? 'no fields' : choices}`;
}

function refuse(problem: string): Result<never> {
  return err(new InputError(PLACE, problem));
}

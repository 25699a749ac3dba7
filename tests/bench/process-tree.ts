import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the CPU time of processes in ticks of this many a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that `root` and all processes below it have used so far. Linux only. */
export function treeCpuSeconds(root: number): number {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    const id = Number(entry);
    if (!Number.isInteger(id)) continue;
    const fields = statFields(id);
    if (fields === undefined) continue;
    // proc(5): fields 4, 14 and 15, counted after the name in parentheses, which may hold spaces.
    parents.set(id, Number(fields[1]));
    ticks.set(id, Number(fields[11]) + Number(fields[12]));
  }
  let total = 0;
  for (const [id, own] of ticks) if (isBelow(id, root, parents)) total += own;
  return total / TICKS_PER_SECOND;
}

function statFields(id: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${id}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // It ended while we looked.
  }
}

function isBelow(id: number, root: number, parents: ReadonlyMap<number, number>): boolean {
  for (let at: number | undefined = id; at !== undefined && at > 1; at = parents.get(at)) {
    if (at === root) return true;
  }
  return false;
}

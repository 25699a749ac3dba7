/**
 * Finish times of equal flows from a common start by the textbook's algorithm, written to be obvious: at every
 * finish all rates are filled again, link by link, looking at every link. For comparison only.
 */
export function finishesByFilling(
  capacity: number,
  linkCount: number,
  paths: readonly (readonly number[])[],
  bytes: number,
): Float64Array {
  const finishes = new Float64Array(paths.length);
  const remaining = new Float64Array(paths.length).fill(bytes);
  let active = paths.map((_, flow) => flow);
  let now = 0;
  while (active.length > 0) {
    const rates = fill(capacity, linkCount, paths, active);
    let span = Number.POSITIVE_INFINITY;
    for (const flow of active) span = Math.min(span, remaining[flow] / rates[flow]);
    now += span;
    const left: number[] = [];
    for (const flow of active) {
      remaining[flow] -= rates[flow] * span;
      if (remaining[flow] <= bytes * 1e-9) finishes[flow] = now;
      else left.push(flow);
    }
    active = left;
  }
  return finishes;
}

function fill(
  capacity: number,
  linkCount: number,
  paths: readonly (readonly number[])[],
  active: readonly number[],
): Float64Array {
  const rates = new Float64Array(paths.length);
  const free = new Float64Array(linkCount).fill(capacity);
  const open = new Int32Array(linkCount);
  for (const flow of active) for (const link of paths[flow]) open[link] += 1;
  let rest = active;
  while (rest.length > 0) {
    let narrowest = -1;
    let share = Number.POSITIVE_INFINITY;
    for (let link = 0; link < linkCount; link++) {
      if (open[link] === 0 || free[link] / open[link] >= share) continue;
      narrowest = link;
      share = free[link] / open[link];
    }
    const left: number[] = [];
    for (const flow of rest) {
      if (!paths[flow].includes(narrowest)) {
        left.push(flow);
        continue;
      }
      rates[flow] = share;
      for (const link of paths[flow]) {
        free[link] -= share;
        open[link] -= 1;
      }
    }
    rest = left;
  }
  return rates;
}

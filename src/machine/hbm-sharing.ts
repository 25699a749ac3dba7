/** Something in progress that moves bytes through HBM at an even pace. */
export interface Demand {
  /** Time of the whole piece if memory were free. */
  readonly alonePs: number;
  /** Bytes of the whole piece. */
  readonly bytes: number;
}

/**
 * Time of each whole piece while all of them run together, in picoseconds: bandwidth is shared max-min
 * fairly (Bertsekas and Gallager, Data Networks, section 6.5.2), so a piece that asks for less than an
 * equal share gets what it asks for, and the others divide the rest equally.
 */
export function sharedDurations(demands: readonly Demand[], bytesPerPs: number): readonly number[] {
  if (bytesPerPs === Number.POSITIVE_INFINITY) return demands.map(({ alonePs }) => alonePs);
  const wanted = demands.map(({ alonePs, bytes }) =>
    bytes === 0 ? 0 : alonePs === 0 ? Number.POSITIVE_INFINITY : bytes / alonePs,
  );
  const modestFirst = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b] || a - b);
  const durations = new Array<number>(demands.length).fill(0);
  let left = bytesPerPs;
  modestFirst.forEach((index, rank) => {
    const share = Math.min(wanted[index], left / (modestFirst.length - rank));
    left -= share;
    const { alonePs, bytes } = demands[index];
    durations[index] = share === wanted[index] || bytes === 0 ? alonePs : Math.max(alonePs, bytes / share);
  });
  return durations;
}

/** C `[m, n]` = A `[m, k]` B `[k, n]`. */
export interface Shape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** In ascending order of work. */
export const SHAPES: readonly Shape[] = [
  { m: 256, k: 256, n: 256 },
  { m: 8, k: 4096, n: 4096 },
  { m: 512, k: 512, n: 512 },
  { m: 4096, k: 256, n: 256 },
  { m: 1024, k: 1024, n: 1024 },
  { m: 2048, k: 2048, n: 2048 },
  { m: 4096, k: 4096, n: 4096 },
];

/** M x K x N */
export function nameOf({ m, k, n }: Shape): string {
  return `${m}x${k}x${n}`;
}

/** A multiplication and an addition to each product. */
export function flopsOf({ m, k, n }: Shape): number {
  return 2 * m * k * n;
}

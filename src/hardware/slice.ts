/** Chips of one generation joined by ICI, as asked for. Axes are x, y, z in this order. */
export interface SliceRequest {
  /** Chips along each axis, as in [4, 4, 8]. */
  readonly shape: readonly number[];
  readonly twisted?: boolean;
}

/** A slice that its generation can have, with what follows from the generation's rules. */
export interface Slice {
  readonly shape: readonly number[];
  /**
   * For each axis, whether a link joins its last chip to its first. An extent of 1 has no links at all;
   * where an axis of extent 2 wraps, its two chips are joined by two parallel links, one of each port.
   */
  readonly wraps: readonly boolean[];
  /** Wrap links of the short axes also shift along the long ones (k x k x 2k, k x 2k x 2k). */
  readonly twisted: boolean;
  readonly chips: number;
  /** Remarks for the user: inferred wrap rules, a slice larger than the pod ever built. */
  readonly notes: readonly string[];
}

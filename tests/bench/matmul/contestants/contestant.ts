/** C `[m, n]` = A `[m, k]` B `[k, n]`. */
export interface Shape {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** One implementation of the matmul, its operands on the device while it is timed. */
export interface Contestant {
  /** Puts the operands where they are multiplied; fp32 that bf16 holds exactly. */
  place(shape: Shape, a: Float32Array, b: Float32Array): Promise<Placed>;
}

export interface Placed {
  /** What computes, in a few words. */
  readonly kernel: string;
  /** Multiplies so often; resolves when the device has finished. */
  run(repetitions: number): Promise<void>;
  /** C of the last multiplication. */
  result(): Promise<Float32Array>;
  /** Whether C must equal the exact kernel's reference bit for bit. */
  readonly bitExact: boolean;
  release(): Promise<void>;
}

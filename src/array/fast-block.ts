/** Operands of one number format, laid out as `Operands`: int8, or fp32 that holds bf16 or fp8 values. */
export type FastOperands =
  | { readonly a: Int8Array; readonly b: Int8Array }
  | { readonly a: Float32Array; readonly b: Float32Array };

/** The PEs of an array with their streams; `fast-stepper` drives it span by span. */
export interface FastBlock {
  /** Longest span that the streams hold. */
  readonly maxSpanCycles: number;
  /** Runs cycles [cycle, cycle + span). */
  run(cycle: number, span: number): void;
  /** Operand register of a PE after `cycle` cycles. */
  operand(row: number, column: number, lane: number): number;
  /** Sum register of a PE; for `os` the sum that forms or has formed there, shifted or not. */
  sum(row: number, column: number, lane: number): number;
}

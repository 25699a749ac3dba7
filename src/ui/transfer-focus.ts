import type { TaleWanted } from '../worker/transfer-tales.ts';

/** A transfer of the collective `report.ops[op]` that is singled out, or its critical chain. */
export type TransferFocus = TaleWanted & { readonly op: number };

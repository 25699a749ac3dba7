/** How far a long computation is, and whether anybody still wants it. */
export interface Progress {
  /** Tells how much is done, a fraction in [0, 1], and what is being done. */
  report(fraction: number, what: string): void;
  /** Throws `CancelledError` once the user has given up; call it between pieces of at most 16 ms. */
  throwIfCancelled(): void;
}

export class CancelledError extends Error {
  override readonly name = 'CancelledError';
  constructor() {
    super('cancelled');
  }
}

/** For callers who neither watch nor cancel. */
export const silentProgress: Progress = { report: () => undefined, throwIfCancelled: () => undefined };

/** Lets messages in, such as a request to cancel. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

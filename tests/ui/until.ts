import { vi } from 'vitest';

/** Engines start in workers, which a busy machine keeps waiting: the runner's own second is too short. */
const PATIENCE_MS = 60_000;

/** Resolves once the check passes; @throws what it threw last when that takes too long. */
export async function until(check: () => unknown): Promise<void> {
  await vi.waitFor(check, { timeout: PATIENCE_MS });
}

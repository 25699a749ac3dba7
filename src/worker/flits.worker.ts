import { expose, releaseProxy, transfer } from 'comlink';
import { type FlitRecording, recordedBuffers } from '../ici/flit-recording.ts';
import { createFlitService } from './flit-service.ts';
import type { Outcome } from './outcome.ts';

const service = createFlitService();

/** Steps flits. Ended and started anew when the user gives up. */
expose({
  recordTraffic: async (...args: Parameters<typeof service.recordTraffic>) =>
    handedOver(await releasing(args[2], service.recordTraffic(...args))),
  recordCollective: async (...args: Parameters<typeof service.recordCollective>) =>
    handedOver(await releasing(args[3], service.recordCollective(...args))),
  sweep: (...args: Parameters<typeof service.sweep>) => releasing(args[1], service.sweep(...args)),
});

/** The listener lives on the page: every request would leave a message port open. */
async function releasing<T>(listener: object, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    (listener as { [releaseProxy]?: () => void })[releaseProxy]?.();
  }
}

/** Some megabytes: handed over, not copied. */
function handedOver<T extends { readonly recording: FlitRecording }>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.kind !== 'done') return outcome;
  return transfer(outcome, recordedBuffers(outcome.value.recording) as ArrayBuffer[]);
}

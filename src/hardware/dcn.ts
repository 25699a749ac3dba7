import type { HostLink } from './chip.ts';

/** One way, software of both hosts included, for descriptions that say nothing of it. */
export const DCN_LATENCY_SECONDS = 10e-6;

/** The port that each chip has into the data-centre network, each way at once. */
export interface DcnPort {
  /** The lesser of the network's rate and PCIe's: what a chip sends passes through its host. */
  readonly bytesPerSecond: number;
  readonly latencySeconds: number;
  /** Which of the two is the lesser. */
  readonly limitedBy: 'dcn' | 'pcie';
}

export function dcnPort({ pcieBytesPerSecond, dcnBytesPerSecond, dcnLatencySeconds }: HostLink): DcnPort {
  return {
    bytesPerSecond: Math.min(pcieBytesPerSecond, dcnBytesPerSecond),
    latencySeconds: dcnLatencySeconds ?? DCN_LATENCY_SECONDS,
    limitedBy: pcieBytesPerSecond < dcnBytesPerSecond ? 'pcie' : 'dcn',
  };
}

import { describeVerdict, type SelfTestVerdict } from '../gpu/self-test.ts';
import type { GpuState } from './state.ts';

/** What the self-test of the GPU comes to, in a few words and in a sentence. */
export interface GpuBadge {
  readonly label: string;
  readonly detail: string;
  readonly state: 'good' | 'bad' | 'unknown';
}

export function gpuBadge(gpu: GpuState): GpuBadge {
  switch (gpu.kind) {
    case 'checking':
      return {
        label: 'checking the GPU',
        detail: 'Matrix products are compared bit by bit.',
        state: 'unknown',
      };
    case 'failed':
      return { label: 'GPU check failed', detail: `The check broke off: ${gpu.reason}`, state: 'bad' };
    case 'checked':
      return verdictBadge(gpu.verdict);
  }
}

function verdictBadge(verdict: SelfTestVerdict): GpuBadge {
  const detail = describeVerdict(verdict);
  switch (verdict.status) {
    case 'bit-exact':
      return { label: 'bit-exact on this GPU', detail, state: 'good' };
    case 'differs':
      return { label: 'GPU differs, exact path used', detail, state: 'bad' };
    case 'no-adapter':
      return { label: 'no WebGPU: CPU computes', detail, state: 'unknown' };
  }
}

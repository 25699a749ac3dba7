import { describeVerdict, type SelfTestVerdict } from '../gpu/self-test.ts';

/** What the self-test of the GPU comes to, in a few words and in a sentence. */
export interface GpuBadge {
  readonly label: string;
  readonly detail: string;
  readonly state: 'good' | 'bad' | 'unknown';
}

export function gpuBadge(verdict: SelfTestVerdict | 'checking'): GpuBadge {
  if (verdict === 'checking') {
    return {
      label: 'checking the GPU',
      detail: 'Matrix products are compared bit by bit.',
      state: 'unknown',
    };
  }
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

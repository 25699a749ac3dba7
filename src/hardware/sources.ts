/** Something published that chip values are taken from. */
export interface Source {
  readonly title: string;
  readonly year: number;
  readonly url?: string;
  /**
   * - `primary`: the maker's own words, read.
   * - `secondary`: the maker's own words, read through somebody's notes or tables.
   * - `measured`: device times of a real chip.
   * - `own`: chosen here, because nothing is published.
   */
  readonly trust: 'primary' | 'secondary' | 'measured' | 'own';
}

const CLOUD_DOCS = 'https://docs.cloud.google.com/tpu/docs';

/** Every source that a `Citation` may name. */
export const SOURCES = {
  'isca-2017': {
    title: 'Jouppi et al., In-Datacenter Performance Analysis of a Tensor Processing Unit (ISCA)',
    year: 2017,
    url: 'https://arxiv.org/abs/1704.04760',
    trust: 'primary',
  },
  'cacm-2020': {
    title: 'Jouppi et al., A Domain-Specific Supercomputer for Training Deep Neural Networks (CACM 63(7))',
    year: 2020,
    url: 'https://doi.org/10.1145/3360307',
    trust: 'secondary',
  },
  'ten-lessons-2021': {
    title: "Jouppi et al., Ten Lessons from Three Generations Shaped Google's TPUv4i (ISCA)",
    year: 2021,
    trust: 'secondary',
  },
  'tpu-v4-2023': {
    title: 'Jouppi et al., TPU v4: An Optically Reconfigurable Supercomputer for Machine Learning (ISCA)',
    year: 2023,
    url: 'https://arxiv.org/abs/2304.01433',
    trust: 'secondary',
  },
  'five-generations-2026': {
    title: "Jouppi et al., Google's Training Supercomputers from TPU v2 to Ironwood (IEEE Micro)",
    year: 2026,
    url: 'https://arxiv.org/abs/2606.15870',
    trust: 'secondary',
  },
  'jax-tpu-info': {
    title: 'JAX, jax/_src/tpu_info.py and the Pallas documentation, commit cec06d1',
    year: 2026,
    url: 'https://github.com/jax-ml/jax/blob/cec06d1/jax/_src/tpu_info.py',
    trust: 'primary',
  },
  'scaling-book': {
    title: 'Austin et al., How to Scale Your Model',
    year: 2025,
    url: 'https://jax-ml.github.io/scaling-book/tpus/',
    trust: 'primary',
  },
  'cloud-v4': { title: 'Google Cloud, TPU v4', year: 2026, url: `${CLOUD_DOCS}/v4`, trust: 'primary' },
  'cloud-v5e': { title: 'Google Cloud, TPU v5e', year: 2026, url: `${CLOUD_DOCS}/v5e`, trust: 'primary' },
  'cloud-v5p': { title: 'Google Cloud, TPU v5p', year: 2026, url: `${CLOUD_DOCS}/v5p`, trust: 'primary' },
  'cloud-v6e': { title: 'Google Cloud, TPU v6e', year: 2026, url: `${CLOUD_DOCS}/v6e`, trust: 'primary' },
  'cloud-7x': {
    title: 'Google Cloud, TPU7x (Ironwood)',
    year: 2026,
    url: `${CLOUD_DOCS}/tpu7x`,
    trust: 'primary',
  },
  'cloud-announcement-2026': {
    title: 'Google Cloud, announcement of the eighth generation (TPU 8t and 8i)',
    year: 2026,
    trust: 'secondary',
  },
  'hot-chips-2025': { title: 'Google, Ironwood (Hot Chips 37)', year: 2025, trust: 'secondary' },
  'life-cycle-2025': {
    title: 'Schneider et al., Life-Cycle Emissions of AI Hardware',
    year: 2025,
    trust: 'secondary',
  },
  'astra-sim-docs': {
    title: 'ASTRA-sim documentation, TPU validation',
    year: 2025,
    url: 'https://astra-sim.github.io/astra-sim-docs/validation/hardware/tpu-validation.html',
    trust: 'secondary',
  },
  'swift-2020': {
    title:
      'Kumar et al., Swift: Delay is Simple and Effective for Congestion Control in the Datacenter (SIGCOMM)',
    year: 2020,
    url: 'https://research.google/pubs/pub49448/',
    trust: 'secondary',
  },
  'v6e-gemm-measurements': {
    title: 'PyTorchSim, timing_mode_validation/ref_v6e.csv: 133 matrix products on a TPU v6e',
    year: 2025,
    url: 'https://github.com/PSAL-POSTECH/PyTorchSim',
    trust: 'measured',
  },
  'tpu-inference': {
    title: 'vLLM project, tpu-inference: block sizes and VMEM limits of its kernels',
    year: 2026,
    url: 'https://github.com/vllm-project/tpu-inference',
    trust: 'measured',
  },
  'pytorch-xla-6611': {
    title: 'PyTorch/XLA, issue 6611: the compiler names its limit on v5e',
    year: 2024,
    url: 'https://github.com/pytorch/xla/issues/6611',
    trust: 'secondary',
  },
  'low-latency-mxu-patents': {
    title: 'Phelps and Jouppi, Low latency matrix multiply unit (US 10,635,740 and US 11,989,259)',
    year: 2020,
    url: 'https://patents.google.com/patent/US10635740B2/en',
    trust: 'primary',
  },
  'pcie-specification': {
    title: 'PCI-SIG, PCI Express 3.0 and 5.0 line rates and encoding',
    year: 2019,
    trust: 'primary',
  },
  systole: { title: 'Chosen for Systole: nothing is published', year: 2026, trust: 'own' },
} as const satisfies Readonly<Record<string, Source>>;

export type SourceKey = keyof typeof SOURCES;

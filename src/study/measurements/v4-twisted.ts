/**
 * All-to-all of large transfers on TPU v4 slices: throughput of the twisted torus over the regular one. Jouppi
 * et al., TPU v4 (ISCA 2023, arXiv 2304.01433), figure 6, as several notes on the paper agree.
 */
export const V4_TWISTED_GAINS = [
  { shape: [4, 4, 8], measured: 1.63 },
  { shape: [4, 8, 8], measured: 1.31 },
] as const;

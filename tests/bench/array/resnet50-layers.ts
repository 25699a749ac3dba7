import type { GemmShape } from '../../../src/array/config.ts';

/** Convolutions and the classifier of ResNet-50 at 224x224, batch 1, as GEMMs (He et al., CVPR 2016, table 1). */
export const RESNET50_LAYERS: readonly GemmShape[] = [
  { m: 112 * 112, k: 7 * 7 * 3, n: 64 },
  ...stage(56, 64, 64, 3),
  ...stage(28, 256, 128, 4),
  ...stage(14, 512, 256, 6),
  ...stage(7, 1024, 512, 3),
  { m: 1, k: 2048, n: 1000 },
];

/** Bottleneck blocks 1x1, 3x3, 1x1 and, in the first, the projection of the shortcut. */
function stage(pixels: number, input: number, width: number, blocks: number): readonly GemmShape[] {
  const m = pixels * pixels;
  const output = 4 * width;
  return Array.from({ length: blocks }, (_, block) => [
    { m, k: block === 0 ? input : output, n: width },
    { m, k: 9 * width, n: width },
    { m, k: width, n: output },
    ...(block === 0 ? [{ m, k: input, n: output }] : []),
  ]).flat();
}

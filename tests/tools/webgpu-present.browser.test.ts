import { expect, it } from 'vitest';

it('has a WebGPU adapter, without which no browser test says anything about the shaders', async () => {
  expect(navigator.gpu, 'navigator.gpu').toBeDefined();
  const adapter = await navigator.gpu.requestAdapter();
  expect(adapter, 'requestAdapter()').not.toBeNull();
  const device = await adapter?.requestDevice();
  expect(device?.limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
  device?.destroy();
});

/** A device on which kernels run, or the reason why there is none. */
export type Acquired =
  | { readonly kind: 'ready'; readonly device: GPUDevice; readonly description: string }
  | {
      readonly kind: 'absent';
      readonly reason: string;
      /** There is an adapter, but one in software where that was not wanted. */
      readonly isSoftware?: boolean;
    };

export interface DeviceWishes {
  /** Without it, an adapter that computes on the CPU counts as none. */
  readonly acceptsSoftware?: boolean;
  /** Had where the adapter has them. */
  readonly features?: readonly GPUFeatureName[];
}

/** More than this in one buffer helps nobody, and some drivers promise sizes that they cannot give. */
const LARGEST_BUFFER_BYTES = 2 ** 30;

/** Asks for an adapter and a device. Whatever goes wrong, the answer is `absent` with a sentence. */
export async function acquireDevice(
  gpu: GPU | undefined,
  { acceptsSoftware = true, features = [] }: DeviceWishes = {},
): Promise<Acquired> {
  if (gpu === undefined) return { kind: 'absent', reason: 'this environment has no WebGPU' };
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
    if (adapter === null) return { kind: 'absent', reason: 'WebGPU found no adapter' };
    const description = describeAdapter(adapter.info);
    if (!acceptsSoftware && isSoftware(adapter.info)) {
      return { kind: 'absent', reason: `WebGPU runs in software here (${description})`, isSoftware: true };
    }
    const device = await adapter.requestDevice({
      requiredFeatures: features.filter((feature) => adapter.features.has(feature)),
      requiredLimits: {
        maxBufferSize: Math.min(adapter.limits.maxBufferSize, LARGEST_BUFFER_BYTES),
        maxStorageBufferBindingSize: Math.min(
          adapter.limits.maxStorageBufferBindingSize,
          LARGEST_BUFFER_BYTES,
        ),
        maxComputeInvocationsPerWorkgroup: adapter.limits.maxComputeInvocationsPerWorkgroup,
        maxComputeWorkgroupSizeX: adapter.limits.maxComputeWorkgroupSizeX,
        maxComputeWorkgroupSizeY: adapter.limits.maxComputeWorkgroupSizeY,
      },
    });
    return { kind: 'ready', device, description };
  } catch (error) {
    return { kind: 'absent', reason: `WebGPU gave no device: ${messageOf(error)}` };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Browsers mark SwiftShader and its like as fallback adapters; some only name them. */
function isSoftware({ isFallbackAdapter, architecture, description }: GPUAdapterInfo): boolean {
  return (
    isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${description}`)
  );
}

/** Browsers fill these four fields to taste, often with empty text. */
function describeAdapter(info: GPUAdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.description || info.device].filter(
    (part) => part !== '',
  );
  return parts.length > 0 ? parts.join(' ') : 'unnamed adapter';
}

/** The device or a kernel failed; the input is not to blame. */
export class GpuError extends Error {
  override readonly name: string = 'GpuError';
}

/** The device is gone: another may take over. */
export class DeviceLostError extends GpuError {
  override readonly name = 'DeviceLostError';
}

/** The adapter has less memory than it promised: smaller blocks may fit. */
export class OutOfMemoryError extends GpuError {
  override readonly name = 'OutOfMemoryError';
}

import { type ArrayDrawer, type ArrayDrawSources, createArrayDrawer } from './array-draw.ts';
import { acquireDevice, messageOf } from './device.ts';

export type DrawingStatus =
  /** Nobody has asked for it yet. */
  | { readonly kind: 'asleep' }
  | { readonly kind: 'starting' }
  | {
      readonly kind: 'ready';
      readonly device: GPUDevice;
      readonly drawer: ArrayDrawer;
      /** Name of the adapter. */
      readonly adapter: string;
    }
  | { readonly kind: 'absent'; readonly reason: string; readonly isSoftware: boolean };

/** Devices opened one after the other, each because the one before was lost. */
const MAX_DEVICES = 3;
const RETRY_MS = 1000;

/**
 * The one device on which a page draws arrays, for all its views: opened when first asked for, replaced a few
 * times when it is lost. Never throws; `status` says what there is, and listeners hear when that changes.
 */
export class ArrayDrawing {
  status: DrawingStatus = { kind: 'asleep' };
  readonly #gpu: GPU | undefined;
  readonly #sources: ArrayDrawSources;
  readonly #listeners = new Set<() => void>();
  #devices = 0;

  /** @param gpu where WebGPU is, if there is any */
  constructor(gpu: GPU | undefined, sources: ArrayDrawSources) {
    this.#gpu = gpu;
    this.#sources = sources;
  }

  /** Opens the device, unless there is one, there was one too often, or none can be had. */
  start(acceptsSoftware: boolean): void {
    const { status } = this;
    const isNews =
      status.kind === 'asleep' || (status.kind === 'absent' && status.isSoftware && acceptsSoftware);
    if (isNews) void this.#open(acceptsSoftware);
  }

  /** @returns ends the subscription */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives the device up for good. */
  giveUp(reason: string): void {
    const { status } = this;
    this.#devices = MAX_DEVICES;
    this.#change({ kind: 'absent', reason, isSoftware: false });
    if (status.kind === 'ready') {
      status.drawer.dispose();
      status.device.destroy();
    }
  }

  async #open(acceptsSoftware: boolean): Promise<void> {
    this.#change({ kind: 'starting' });
    const acquired = await acquireDevice(this.#gpu, { acceptsSoftware });
    if (acquired.kind === 'absent') {
      this.#change({ kind: 'absent', reason: acquired.reason, isSoftware: acquired.isSoftware ?? false });
      return;
    }
    const { device, description } = acquired;
    this.#devices += 1;
    const isCurrent = (): boolean => this.status.kind === 'ready' && this.status.device === device;
    try {
      const format = this.#gpu?.getPreferredCanvasFormat() ?? 'bgra8unorm';
      const drawer = await createArrayDrawer(device, this.#sources, format);
      device.addEventListener('uncapturederror', ({ error }) => {
        if (isCurrent()) this.giveUp(`drawing failed: ${error.message}`);
      });
      this.#change({ kind: 'ready', device, drawer, adapter: description });
      void device.lost.then(({ message, reason }) => {
        if (isCurrent()) this.#reopen(`the GPU device was lost: ${message || reason}`, acceptsSoftware);
      });
    } catch (error) {
      device.destroy();
      this.#change({ kind: 'absent', reason: `drawing failed: ${messageOf(error)}`, isSoftware: false });
    }
  }

  #reopen(reason: string, acceptsSoftware: boolean): void {
    this.#change({ kind: 'absent', reason, isSoftware: false });
    if (this.#devices >= MAX_DEVICES) return;
    setTimeout(() => {
      if (this.status.kind === 'absent') void this.#open(acceptsSoftware);
    }, RETRY_MS);
  }

  #change(status: DrawingStatus): void {
    this.status = status;
    for (const listener of this.#listeners) listener();
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ArraySchedule } from '../../array/schedule.ts';
import { ArrayDrawing, type DrawingStatus } from '../../gpu/array-drawing.ts';
import { BUNDLED_ARRAY_SHADERS } from '../../gpu/bundled-array-shaders.ts';
import type { ArrayPicture } from './array-picture.ts';

/** Who is to paint the array: by itself, the GPU where it is one in hardware. */
export const PAINTER_CHOICES = ['auto', 'gpu', 'cpu'] as const;
export type PainterChoice = (typeof PAINTER_CHOICES)[number];

export type ReadyDrawing = Extract<DrawingStatus, { readonly kind: 'ready' }>;

/** Who paints the array, and where that is the CPU, why. */
export type Painter =
  | { readonly kind: 'gpu'; readonly drawing: ReadyDrawing }
  | { readonly kind: 'cpu'; readonly reason: string };

let drawing: ArrayDrawing | undefined;

/** The page's own: a device belongs to one thread, and the one that multiplies matrices is a worker's. */
export function drawingOfPage(): ArrayDrawing {
  drawing ??= new ArrayDrawing(navigator.gpu, BUNDLED_ARRAY_SHADERS);
  return drawing;
}

/** What the address asks for: `?array=gpu` or `?array=cpu`. */
export function choiceOfAddress(search: string): PainterChoice {
  const asked = new URLSearchParams(search).get('array');
  return PAINTER_CHOICES.find((choice) => choice === asked) ?? 'auto';
}

/** Decides who paints, and tells the host when that changes. */
export class PainterController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #drawing: ArrayDrawing | undefined;
  #unsubscribe: (() => void) | undefined;
  #refused: { readonly schedule: ArraySchedule; readonly reason: string } | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // What happened to the device meanwhile nobody has told.
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  /** @param picture what is to be painted */
  painterOf(of: ArrayDrawing, choice: PainterChoice, picture: ArrayPicture): Painter {
    if (choice === 'cpu') return { kind: 'cpu', reason: 'as chosen' };
    this.#follow(of);
    of.start(choice === 'gpu');
    const { status } = of;
    switch (status.kind) {
      case 'absent':
        return {
          kind: 'cpu',
          reason: status.isSoftware ? `${status.reason}, and the CPU itself is faster` : status.reason,
        };
      case 'ready':
        if (picture.colouring === undefined)
          return { kind: 'cpu', reason: 'it adds up so long sums a few rows a frame' };
        if (this.#refused?.schedule === picture.schedule)
          return { kind: 'cpu', reason: this.#refused.reason };
        return { kind: 'gpu', drawing: status };
      default:
        return { kind: 'cpu', reason: 'the GPU is being set up' };
    }
  }

  /** This array is not for the GPU. */
  refuse(schedule: ArraySchedule, reason: string): void {
    this.#refused = { schedule, reason };
    this.#host.requestUpdate();
  }

  #follow(of: ArrayDrawing): void {
    if (this.#drawing === of && this.#unsubscribe !== undefined) return;
    this.#unsubscribe?.();
    this.#drawing = of;
    this.#unsubscribe = of.onChange(() => this.#host.requestUpdate());
  }
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Engine } from '../../worker/engine-api.ts';
import type { PartialSumRequest } from '../../worker/partial-sum-pixels.ts';

/** Pixels that the engine paints. */
export interface PaintedSums {
  /** The latest there are of this op, which a playhead that moves may have left behind; none before the first. */
  readonly words: Uint32Array | undefined;
  /** Whether they are those asked for. */
  readonly isCurrent: boolean;
}

/** The array by its partial sums, painted by the engine, one cycle at a time and then the latest asked for. */
export class SumsController implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #engine: Engine | undefined;
  #wanted: PartialSumRequest | undefined;
  #asked: PartialSumRequest | undefined;
  #painted: { readonly request: PartialSumRequest; readonly words: Uint32Array } | undefined;
  #isRefused = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#wanted = undefined;
    this.#painted = undefined;
  }

  /** Says what is on screen; undefined where the engine cannot paint that. */
  want(engine: Engine | undefined, request: PartialSumRequest | undefined): PaintedSums | undefined {
    if (engine !== this.#engine || (request && !isSameArray(request, this.#wanted))) {
      this.#engine = engine;
      this.#isRefused = false;
      this.#painted = undefined;
    }
    this.#wanted = request;
    if (engine === undefined || request === undefined || this.#isRefused) return undefined;
    const isCurrent = this.#painted?.request.cycle === request.cycle;
    if (!isCurrent && this.#asked === undefined) void this.#ask(engine, request);
    return { words: this.#painted?.words, isCurrent };
  }

  async #ask(engine: Engine, request: PartialSumRequest): Promise<void> {
    this.#asked = request;
    const outcome = await engine.partialSumPixels(request);
    this.#asked = undefined;
    if (engine === this.#engine && isSameArray(request, this.#wanted)) {
      if (outcome.kind === 'done') this.#painted = { request, words: outcome.value };
      else this.#isRefused = true;
    }
    // The host then asks for the cycle that is on screen by now.
    if (this.#wanted !== undefined) this.#host.requestUpdate();
  }
}

/** Whether the two differ in nothing but the cycle. */
function isSameArray(one: PartialSumRequest, other: PartialSumRequest | undefined): boolean {
  return (
    one.config === other?.config &&
    one.gemm === other.gemm &&
    one.seed === other.seed &&
    one.unit === other.unit &&
    one.inks === other.inks
  );
}

import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { ArrayActivity } from '../../figure/array-activity.ts';
import type { ActivityRequest } from '../../worker/activity-service.ts';
import type { Engine } from '../../worker/engine-api.ts';

/** Where the count of an op's activity is. */
export type ActivityStatus =
  | { readonly kind: 'running'; readonly fraction: number }
  | { readonly kind: 'done'; readonly activity: ArrayActivity }
  /** One line says why. */
  | { readonly kind: 'refused'; readonly message: string }
  /** By the user, who may start it again. */
  | { readonly kind: 'stopped' };

/** Counts kept, so that going back to an op shows it at once; of 256x256 PEs each takes 1 MB. */
const MAX_KEPT = 8;

/** The activity of the op on screen, counted by the engine whenever another op, unit or seed is asked for. */
export class ActivityController implements ReactiveController {
  status: ActivityStatus | undefined;
  readonly #host: ReactiveControllerHost;
  readonly #kept = new Map<string, ArrayActivity>();
  #engine: Engine | undefined;
  #request: ActivityRequest | undefined;
  #key: string | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.want(undefined, undefined);
  }

  /** Says what is on screen; starts a count when that is new, and gives up one that nobody looks at. */
  want(engine: Engine | undefined, request: ActivityRequest | undefined): void {
    const key = request && JSON.stringify(request);
    if (key === this.#key && engine === this.#engine) return;
    if (this.status?.kind === 'running') this.#engine?.cancelArrayActivity();
    this.#engine = engine;
    this.#request = request;
    this.#key = key;
    this.status = undefined;
    if (key !== undefined) this.#begin(key);
  }

  stop(): void {
    if (this.status?.kind !== 'running') return;
    this.status = { kind: 'stopped' };
    this.#engine?.cancelArrayActivity();
    this.#host.requestUpdate();
  }

  /** Counts again what was stopped. */
  start(): void {
    if (this.#key === undefined || this.status?.kind !== 'stopped') return;
    this.#begin(this.#key);
    this.#host.requestUpdate();
  }

  #begin(key: string): void {
    const known = this.#kept.get(key);
    if (known !== undefined) this.status = { kind: 'done', activity: known };
    else if (this.#engine && this.#request) void this.#count(this.#engine, this.#request, key);
  }

  async #count(engine: Engine, request: ActivityRequest, key: string): Promise<void> {
    const running: ActivityStatus = { kind: 'running', fraction: 0 };
    let latest: ActivityStatus = running;
    this.status = running;
    const isCurrent = (): boolean => this.#key === key && this.status === latest;
    const show = (status: ActivityStatus): void => {
      latest = status;
      this.status = status;
      this.#host.requestUpdate();
    };
    const outcome = await engine.arrayActivity(request, (fraction) => {
      if (isCurrent()) show({ kind: 'running', fraction });
    });
    if (outcome.kind === 'done') this.#keep(key, outcome.value);
    if (!isCurrent()) return;
    if (outcome.kind === 'done') show({ kind: 'done', activity: outcome.value });
    else show(outcome.kind === 'refused' ? outcome : { kind: 'stopped' });
  }

  #keep(key: string, activity: ArrayActivity): void {
    this.#kept.set(key, activity);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

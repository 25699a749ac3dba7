import { LitElement, nothing, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import type { App } from './app.ts';
import type { AppState } from './state.ts';

/** An element that shows part of the state and draws again when that part changes. */
export abstract class AppElement extends LitElement {
  @property({ attribute: false })
  app: App | undefined;

  #unsubscribe: (() => void) | undefined;
  #subscribedTo: App | undefined;
  #seen: readonly unknown[] = [];

  /** What of the state it shows: it draws again when one of these is another value. */
  protected abstract watched(state: AppState): readonly unknown[];

  protected abstract renderState(app: App, state: AppState): TemplateResult | typeof nothing;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#subscribe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#subscribedTo = undefined;
  }

  protected override willUpdate(): void {
    this.#subscribe();
  }

  override render(): TemplateResult | typeof nothing {
    return this.app === undefined ? nothing : this.renderState(this.app, this.app.state);
  }

  #subscribe(): void {
    if (this.app === this.#subscribedTo || !this.isConnected) return;
    this.#unsubscribe?.();
    this.#subscribedTo = this.app;
    this.#unsubscribe = this.app?.store.subscribe((state) => {
      const now = this.watched(state);
      if (now.some((value, index) => value !== this.#seen[index])) {
        this.#seen = now;
        this.requestUpdate();
      }
    });
  }
}

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { App } from '../app.ts';
import { commandForKey, invoke } from '../commands/all-commands.ts';
import type { Prompt } from '../commands/command.ts';
import { openText } from '../commands/file-commands.ts';
import { isTyping } from '../commands/keys.ts';
import { palettePrompt } from '../commands/palette.ts';
import { startPlayback } from '../playback.ts';
import { sharedStyles } from '../shared-styles.ts';
import type { AppState } from '../state.ts';
import type { TopBar } from './top-bar.ts';
import '../places/explore-place.ts';
import '../places/learn-place.ts';
import '../places/replay-place.ts';
import '../places/trust-place.ts';
import './keys-dialog.ts';
import './notices.ts';
import './numerics-panel.ts';
import './prompt-dialog.ts';
import './rail.ts';
import './stage.ts';
import './timeline-view.ts';
import './top-bar.ts';
import './verdict.ts';

/** The page: frame, keys, dropped and pasted things, theme. */
@customElement('systole-app')
export class AppRoot extends LitElement {
  @property({ attribute: false }) app: App | undefined;
  @state() private dropping = false;
  @query('systole-top-bar') private topBar: TopBar | null | undefined;
  #cleanups: (() => void)[] = [];
  #prompt: { readonly key: string; readonly prompt: Prompt } | undefined;

  protected override firstUpdated(): void {
    const { app } = this;
    if (app === undefined) return;
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const applyTheme = (): void => applyThemeTo(app, dark.matches);
    let seen = app.state;
    const unsubscribe = app.store.subscribe((now) => {
      if (now.theme !== seen.theme) applyTheme();
      if (now.run !== seen.run) document.title = `${now.run?.report.title ?? 'Starting'} · Systole`;
      if (now.dialog !== seen.dialog || now.place !== seen.place) this.requestUpdate();
      seen = app.state;
    });
    applyTheme();
    const listen = <K extends keyof WindowEventMap>(
      type: K,
      listener: (event: WindowEventMap[K]) => void,
    ): void => {
      window.addEventListener(type, listener);
      this.#cleanups.push(() => window.removeEventListener(type, listener));
    };
    dark.addEventListener('change', applyTheme);
    listen('keydown', (event) => this.#key(app, event));
    listen('dragover', (event) => this.#dragOver(event));
    listen('dragleave', (event) => {
      if (event.relatedTarget === null) this.dropping = false;
    });
    listen('drop', (event) => this.#drop(app, event));
    listen('paste', (event) => this.#paste(app, event));
    listen('hashchange', () => void app.openAddress(location.hash));
    this.#cleanups.push(unsubscribe, startPlayback(app), () =>
      dark.removeEventListener('change', applyTheme),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
  }

  override render(): TemplateResult | typeof nothing {
    const { app } = this;
    if (app === undefined) return nothing;
    const { place } = app.state;
    return html`<systole-rail .app=${app}></systole-rail>
      <main data-place=${place}>
        <systole-top-bar .app=${app}></systole-top-bar>
        <systole-notices .app=${app}></systole-notices>
        ${place === 'run' ? this.#renderRun(app) : this.#renderPlace(app)}
      </main>
      ${this.dropping ? html`<div class="drop">Drop a scenario or a recording: it stays on this machine</div>` : nothing}
      <systole-prompt-dialog
        .prompt=${this.#promptOf(app)}
        .anchor=${this.#anchorOf(app.state)}
        @done=${() => this.#promptDone(app)}
      ></systole-prompt-dialog>
      <systole-keys-dialog .app=${app}></systole-keys-dialog>
      <systole-numerics-panel .app=${app}></systole-numerics-panel>`;
  }

  #renderRun(app: App): TemplateResult {
    return html`<systole-verdict .app=${app}></systole-verdict>
      <systole-stage .app=${app}></systole-stage>
      <systole-timeline .app=${app}></systole-timeline>`;
  }

  #renderPlace(app: App): TemplateResult {
    switch (app.state.place) {
      case 'explore':
        return html`<systole-explore-place .app=${app}></systole-explore-place>`;
      case 'learn':
        return html`<systole-learn-place .app=${app}></systole-learn-place>`;
      case 'replay':
        return html`<systole-replay-place .app=${app}></systole-replay-place>`;
      default:
        return html`<systole-trust-place .app=${app}></systole-trust-place>`;
    }
  }

  /** One object per question, so that drawing again does not ask it anew. */
  #promptOf(app: App): Prompt | undefined {
    const { dialog } = app.state;
    if (dialog === undefined || dialog.kind === 'keys' || dialog.kind === 'numerics') {
      this.#prompt = undefined;
      return undefined;
    }
    const key = dialog.kind === 'palette' ? 'palette' : dialog.command;
    if (this.#prompt?.key !== key) {
      const action = dialog.kind === 'prompt' ? app.command(dialog.command).action : undefined;
      this.#prompt = { key, prompt: action?.kind === 'prompt' ? action.prompt : palettePrompt(app) };
    }
    return this.#prompt.prompt;
  }

  #anchorOf(now: AppState): DOMRect | undefined {
    return now.dialog?.kind === 'prompt' ? this.topBar?.anchorOf(now.dialog.command) : undefined;
  }

  #promptDone(app: App): void {
    // What a command from the palette has opened stays open.
    const { dialog } = app.state;
    if (dialog?.kind === 'palette' || dialog?.kind === 'prompt') app.store.update({ dialog: undefined });
  }

  #key(app: App, event: KeyboardEvent): void {
    const withCommand = event.ctrlKey || event.metaKey;
    if (event.defaultPrevented || (isTyping(event) && !withCommand)) return;
    if (app.state.dialog !== undefined && !withCommand && event.key !== '?') return;
    // A focused button keeps what Space and Enter mean to it.
    const [target] = event.composedPath();
    if (event.code === 'Space' && target instanceof HTMLButtonElement) return;
    const command = commandForKey(app.commands, event);
    if (command === undefined) return;
    event.preventDefault();
    void invoke(app, command);
  }

  #dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dropping = true;
  }

  #drop(app: App, event: DragEvent): void {
    this.dropping = false;
    const file = event.dataTransfer?.files[0];
    if (file === undefined) return;
    event.preventDefault();
    void app.openFile(file, file.name);
  }

  #paste(app: App, event: ClipboardEvent): void {
    if (isTyping(event)) return;
    const file = event.clipboardData?.files[0];
    if (file !== undefined) {
      void app.openFile(file, file.name);
      return;
    }
    const text = event.clipboardData?.getData('text/plain') ?? '';
    if (text.trim() === '') return;
    void openText(app, text).then((problem) => {
      if (problem !== undefined && app.state.notices.at(-1)?.text !== problem)
        app.fail(`pasted text: ${problem}`);
    });
  }

  static override styles = [
    sharedStyles,
    css`
      :host {
        display: flex;
        block-size: 100dvh;
        background: var(--ground);
      }
      main {
        flex: 1;
        min-inline-size: 0;
        display: flex;
        flex-direction: column;
        block-size: 100%;
      }
      systole-stage {
        flex: 1;
      }
      systole-explore-place,
      systole-learn-place,
      systole-replay-place,
      systole-trust-place {
        flex: 1;
        overflow: auto;
      }
      .drop {
        position: fixed;
        inset: 12px;
        display: grid;
        place-items: center;
        font-size: var(--size-18);
        background: color-mix(in oklch, var(--ground) 85%, transparent);
        border: 2px dashed var(--ink-quiet);
        border-radius: 12px;
        z-index: 30;
      }
      @media (max-width: 600px) {
        :host {
          flex-direction: column;
        }
        main {
          min-block-size: 0;
          overflow: auto;
        }
        /* Verdict, then time, which stays in sight, then one view. */
        systole-timeline {
          order: 1;
          position: sticky;
          inset-block-start: 0;
          z-index: 3;
        }
        systole-stage {
          order: 2;
          flex: none;
          block-size: 520px;
        }
      }
      @media (max-height: 620px) {
        main {
          overflow: auto;
        }
        systole-stage {
          flex: none;
          block-size: 380px;
        }
        systole-timeline {
          position: sticky;
          inset-block-end: 0;
          z-index: 3;
        }
      }
    `,
  ];
}

function applyThemeTo(app: App, systemIsDark: boolean): void {
  const { theme } = app.state;
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  const scheme = theme === 'system' ? (systemIsDark ? 'dark' : 'light') : theme;
  if (scheme !== app.state.scheme) app.store.update({ scheme });
}

declare global {
  interface HTMLElementTagNameMap {
    'systole-app': AppRoot;
  }
}

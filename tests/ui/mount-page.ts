import type { LitElement } from 'lit';
import { page as browserPage } from 'vitest/browser';
import '../../src/ui/theme.css';
import '../../src/ui/views/app-root.ts';
import { EMBEDDED_SCENARIO } from '../../src/study/catalog.ts';
import type { Scenario } from '../../src/study/scenario.ts';
import { App } from '../../src/ui/app.ts';
import type { AppRoot } from '../../src/ui/views/app-root.ts';
import type { Engine } from '../../src/worker/engine-api.ts';
import { createEngineClient } from '../../src/worker/engine-client.ts';

/** The page as a user has it, with the real engine in its workers. */
export interface Page {
  readonly app: App;
  readonly root: AppRoot;
  /** The first match in any shadow root; ` >>> ` goes from an element into its shadow root. */
  find<T extends Element = HTMLElement>(selector: string): T;
  findAll<T extends Element = HTMLElement>(selector: string): readonly T[];
  /** All text that a user can read, line by line as elements have it. */
  text(): string;
  /** A key press as it arrives when nothing that takes text is focused. */
  press(code: string, more?: KeyboardEventInit): void;
  settled(): Promise<void>;
  close(): void;
}

export async function mountPage(
  scenario: Scenario = EMBEDDED_SCENARIO,
  engine: Engine = createEngineClient(),
): Promise<Page> {
  await browserPage.viewport(1440, 900);
  history.replaceState(undefined, '', location.pathname + location.search);
  const app = new App(engine);
  const root = document.createElement('systole-app');
  root.app = app;
  document.body.replaceChildren(root);
  await app.openAddress('', scenario);
  const page = pageOf(app, root);
  await page.settled();
  return page;
}

const VIEWS = 'systole-timeline, systole-array-view, systole-torus-view, systole-roofline-view';

function pageOf(app: App, root: AppRoot): Page {
  const findAll = <T extends Element>(selector: string): readonly T[] => {
    const [last = '', ...outer] = selector.split(' >>> ').reverse();
    const within = outer.reduceRight<readonly Element[]>(
      (scopes, part) => scopes.flatMap((scope) => [...deepMatches(scope, part)]),
      [root],
    );
    return within.flatMap((scope) => [...deepMatches<T>(scope, last)]);
  };
  return {
    app,
    root,
    findAll,
    find: <T extends Element>(selector: string): T => {
      const [found] = findAll<T>(selector);
      if (found === undefined) throw new Error(`nothing on the page matches ${selector}`);
      return found;
    },
    text: () => [...visibleTexts(root)].join('\n'),
    press: (code, more = {}) => {
      window.dispatchEvent(
        new KeyboardEvent('keydown', { code, key: code, bubbles: true, cancelable: true, ...more }),
      );
    },
    settled: async () => {
      await root.updateComplete;
      await frame();
      // They take turns.
      await Promise.all(findAll<LitElement>(VIEWS).map((view) => view.updateComplete));
      await frame();
    },
    close: () => root.remove(),
  };
}

function frame(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => resolve());
  });
}

function* deepMatches<T extends Element>(root: Element, selector: string): Generator<T> {
  const scopes = [root, ...(root.shadowRoot === null ? [] : [root.shadowRoot])];
  for (const scope of scopes) {
    yield* scope.querySelectorAll<T>(selector);
    for (const child of scope.querySelectorAll('*'))
      if (child.shadowRoot !== null) yield* deepMatches(child, selector);
  }
}

function* visibleTexts(node: Node): Generator<string> {
  if (node instanceof Text) {
    const text = node.data.trim();
    if (text !== '') yield text;
    return;
  }
  if (node instanceof HTMLStyleElement) return;
  const children =
    node instanceof Element && node.shadowRoot !== null ? node.shadowRoot.childNodes : node.childNodes;
  for (const child of children) yield* visibleTexts(child);
}

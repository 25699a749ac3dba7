import type { LitElement } from 'lit';
import '../../../src/ui/theme.css';

/** Puts a view alone on the page, `width` x `height` CSS pixels large, and waits until it has been drawn. */
export async function mountView<T extends LitElement>(view: T, width = 720, height = 560): Promise<T> {
  const frame = document.createElement('div');
  frame.style.cssText = `display:grid;inline-size:${width}px;block-size:${height}px`;
  frame.append(view);
  document.body.replaceChildren(frame);
  await settled(view);
  return view;
}

/** Sizes arrive with the first frame, and what they cause with the second. */
export async function settled(view: LitElement): Promise<void> {
  for (let frame = 0; frame < 3; frame += 1) {
    await view.updateComplete;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await view.updateComplete;
}

/** The first match in the view's shadow root or in those within it. */
export function find<T extends Element = HTMLElement>(view: Element, selector: string): T {
  const found = findAll<T>(view, selector)[0];
  if (found === undefined) throw new Error(`nothing in the view matches ${selector}`);
  return found;
}

export function findAll<T extends Element = HTMLElement>(view: Element, selector: string): readonly T[] {
  const root = view.shadowRoot;
  if (root === null) return [];
  const inner = [...root.querySelectorAll('*')].flatMap((element) => findAll<T>(element, selector));
  return [...root.querySelectorAll<T>(selector), ...inner];
}

/** All text of the view, shadow roots included, with single spaces. */
export function textOf(view: Element): string {
  const collect = (node: Node): string => {
    if (node instanceof Text) return node.data;
    if (node instanceof HTMLStyleElement) return '';
    const root = node instanceof Element ? node.shadowRoot : null;
    return [...(root ?? node).childNodes].map(collect).join('');
  };
  return collect(view).replace(/[ \n]+/g, ' ');
}

export function press(target: Element, key: string, more: KeyboardEventInit = {}): void {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, ...more }));
}

export function point(target: Element, type: string, x: number, y: number): void {
  const box = target.getBoundingClientRect();
  const at = { clientX: box.left + x, clientY: box.top + y };
  target.dispatchEvent(
    new PointerEvent(type, { ...at, bubbles: true, composed: true, pointerId: 1, button: 0 }),
  );
}

/** Press and release without moving. Capturing a made-up pointer is refused, which changes nothing here. */
export function clickAt(target: HTMLElement, x: number, y: number): void {
  target.setPointerCapture = () => undefined;
  point(target, 'pointerdown', x, y);
  point(target, 'pointerup', x, y);
}

/** The next event of that name that the view sends out. */
export function nextEvent<T>(view: Element, name: string): Promise<T> {
  return new Promise((resolve) => {
    view.addEventListener(name, (event) => resolve((event as CustomEvent<T>).detail), { once: true });
  });
}

/** Colours of the canvas under a figure, as `r,g,b` of some pixels. */
export function pixelsOf(figure: Element): Uint8ClampedArray {
  const canvas = find<HTMLCanvasElement>(figure, 'canvas.base');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('a canvas has a context');
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

export function differs(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  return a.length !== b.length || a.some((value, index) => value !== b[index]);
}

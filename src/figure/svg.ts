import { assertNever } from '../base/assert.ts';
import { hexOf } from './color.ts';
import type { Palette } from './color-palette.ts';
import type { Drawing, ImageMark, Mark, Paint } from './drawing.ts';
import { pngDataUrl } from './svg-png.ts';

const FONTS = {
  words: "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
  numbers: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
} as const;

/** The figure as a file of its own: an SVG document in the colours of `palette`, on its ground. */
export function toSvg(drawing: Drawing, palette: Palette, title: string): string {
  const { width, height, marks } = drawing;
  const body = marks.map((mark) => element(mark, palette)).join('\n');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" fill="${color('ground', palette)}"/>`,
    body,
    '</svg>\n',
  ].join('\n');
}

function element(mark: Mark, palette: Palette): string {
  switch (mark.kind) {
    case 'rect':
      return tag('rect', {
        x: mark.x,
        y: mark.y,
        width: mark.width,
        height: mark.height,
        rx: mark.radius,
        ...painted(mark, palette),
      });
    case 'circle':
      return tag('circle', { cx: mark.x, cy: mark.y, r: mark.radius, ...painted(mark, palette) });
    case 'line':
      return tag('polyline', {
        points: mark.points.map(number).join(' '),
        ...painted(mark, palette),
      });
    case 'image':
      return image(mark);
    case 'text':
      return tag(
        'text',
        {
          x: mark.x,
          y: mark.y,
          fill: color(mark.fill, palette),
          'font-family': FONTS[mark.font],
          'font-size': mark.size,
          'font-weight': mark.bold ? 600 : undefined,
          'text-anchor': mark.align,
          'dominant-baseline': mark.middle ? 'central' : undefined,
          transform: mark.rotate === undefined ? undefined : `rotate(${mark.rotate} ${mark.x} ${mark.y})`,
          stroke: mark.halo === undefined ? undefined : color(mark.halo, palette),
          'stroke-width': mark.halo === undefined ? undefined : 3,
          'paint-order': mark.halo === undefined ? undefined : 'stroke',
        },
        mark.text,
      );
    default:
      return assertNever(mark);
  }
}

/** A picture of its own inside the figure, whose view box is the part that shows. */
function image({ x, y, width, height, pixels, crop }: ImageMark): string {
  const { columns, rows } = pixels;
  const view = crop ?? { x: 0, y: 0, width: columns, height: rows };
  const viewBox = [view.x, view.y, view.width, view.height].map(number).join(' ');
  const frame = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;
  const content = tag('image', {
    width: columns,
    height: rows,
    style: 'image-rendering: pixelated',
    href: pngDataUrl(pixels),
  });
  return `<svg ${frame} viewBox="${viewBox}" preserveAspectRatio="none">${content}</svg>`;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

function painted(mark: Exclude<Mark, { kind: 'text' | 'image' }>, palette: Palette): Attributes {
  const fill = 'fill' in mark ? mark.fill : undefined;
  return {
    fill: fill === undefined ? 'none' : color(fill, palette),
    stroke: mark.stroke === undefined ? undefined : color(mark.stroke, palette),
    'stroke-width': mark.lineWidth,
    'stroke-dasharray': mark.dash?.map(number).join(' '),
    opacity: mark.opacity,
  };
}

function tag(name: string, attributes: Attributes, content?: string): string {
  const text = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(
      ([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : escapeXml(String(value))}"`,
    )
    .join('');
  return content === undefined ? `<${name}${text}/>` : `<${name}${text}>${escapeXml(content)}</${name}>`;
}

function color(paint: Paint, palette: Palette): string {
  return paint.startsWith('#') ? paint : hexOf(palette.colors[paint as keyof Palette['colors']]);
}

/** Hundredths of a pixel are enough, and keep the file small. */
function number(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Names of ops come from files people bring: none of their characters may end a tag or an attribute. */
function escapeXml(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no form for control characters
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}

import { assertNever } from '../../base/assert.ts';
import { hexOf } from '../../figure/color.ts';
import type { Palette, Token } from '../../figure/color-palette.ts';
import type { Drawing, ImageMark, Mark, Paint, Pixels, TextMark } from '../../figure/drawing.ts';

export interface Fonts {
  readonly words: string;
  readonly numbers: string;
}

/** Paints the marks of a drawing over whatever is on the canvas, in CSS pixels. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  drawing: Drawing,
  palette: Palette,
  fonts: Fonts,
): void {
  for (const mark of drawing.marks) drawMark(context, mark, palette, fonts);
}

function drawMark(context: CanvasRenderingContext2D, mark: Mark, palette: Palette, fonts: Fonts): void {
  switch (mark.kind) {
    case 'image':
      drawImage(context, mark);
      return;
    case 'text':
      drawText(context, mark, palette, fonts);
      return;
    case 'line':
      context.beginPath();
      context.moveTo(mark.points[0], mark.points[1]);
      for (let index = 2; index < mark.points.length; index += 2) {
        context.lineTo(mark.points[index], mark.points[index + 1]);
      }
      paintPath(context, mark, undefined, palette);
      return;
    case 'rect':
      context.beginPath();
      if (mark.radius) context.roundRect(mark.x, mark.y, mark.width, mark.height, mark.radius);
      else context.rect(mark.x, mark.y, mark.width, mark.height);
      paintPath(context, mark, mark.fill, palette);
      return;
    case 'circle':
      context.beginPath();
      context.arc(mark.x, mark.y, mark.radius, 0, 2 * Math.PI);
      paintPath(context, mark, mark.fill, palette);
      return;
    default:
      assertNever(mark);
  }
}

interface Stroked {
  readonly stroke?: Paint;
  readonly lineWidth?: number;
  readonly dash?: readonly number[];
  readonly opacity?: number;
}

function paintPath(
  context: CanvasRenderingContext2D,
  { stroke, lineWidth, dash, opacity }: Stroked,
  fill: Paint | undefined,
  palette: Palette,
): void {
  context.globalAlpha = opacity ?? 1;
  if (fill !== undefined) {
    context.fillStyle = colorOf(fill, palette);
    context.fill();
  }
  if (stroke !== undefined) {
    context.strokeStyle = colorOf(stroke, palette);
    context.lineWidth = lineWidth ?? 1;
    context.setLineDash([...(dash ?? [])]);
    context.stroke();
  }
  context.globalAlpha = 1;
}

function drawText(context: CanvasRenderingContext2D, mark: TextMark, palette: Palette, fonts: Fonts): void {
  context.save();
  context.translate(mark.x, mark.y);
  if (mark.rotate !== undefined) context.rotate((mark.rotate * Math.PI) / 180);
  context.font = `${mark.bold ? '600 ' : ''}${mark.size}px ${fonts[mark.font]}`;
  context.textAlign = mark.align === 'middle' ? 'center' : (mark.align ?? 'start');
  context.textBaseline = mark.middle ? 'middle' : 'alphabetic';
  if (mark.halo !== undefined) {
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = colorOf(mark.halo, palette);
    context.strokeText(mark.text, 0, 0);
  }
  context.fillStyle = colorOf(mark.fill, palette);
  context.fillText(mark.text, 0, 0);
  context.restore();
}

/** One small canvas for each picture's pixels: the browser scales from there. */
const sources = new WeakMap<Uint32Array, OffscreenCanvas>();
/** Between two whole numbers of device pixels a cell, a picture is first blown up to the next one. */
let magnified: OffscreenCanvas | undefined;
const MAX_MAGNIFIED_PX = 4096;
const MAX_BLENDED_CELL_PX = 8;

function drawImage(
  context: CanvasRenderingContext2D,
  { x, y, width, height, pixels, crop }: ImageMark,
): void {
  const source = putPixels(pixels);
  if (source === undefined) return;
  const from = crop ?? { x: 0, y: 0, width: pixels.columns, height: pixels.rows };
  const cell = (width * context.getTransform().a) / from.width;
  const factor = Math.ceil(cell - 1e-6);
  const isWhole = Math.abs(cell - factor) < 1e-6;
  const large =
    isWhole || cell < 1 || !blendsCells(cell)
      ? undefined
      : magnify(source, factor, pixels.columns, pixels.rows);
  // Below one device pixel a cell, an average is truer than a sample; between whole numbers it is even.
  context.imageSmoothingEnabled = cell < 1 || large !== undefined;
  const scale = large === undefined ? 1 : factor;
  context.drawImage(
    large ?? source,
    from.x * scale,
    from.y * scale,
    from.width * scale,
    from.height * scale,
    x,
    y,
    width,
    height,
  );
}

/** Whether cells of so many device pixels are small enough that those which share a pixel must be mixed in it. */
export function blendsCells(cell: number): boolean {
  return cell <= MAX_BLENDED_CELL_PX;
}

/** `source` with every pixel a square of `factor` x `factor`; undefined when that would be too large. */
function magnify(
  source: OffscreenCanvas,
  factor: number,
  columns: number,
  rows: number,
): OffscreenCanvas | undefined {
  const width = columns * factor;
  const height = rows * factor;
  if (width > MAX_MAGNIFIED_PX || height > MAX_MAGNIFIED_PX) return undefined;
  magnified ??= new OffscreenCanvas(width, height);
  if (magnified.width < width) magnified.width = width;
  if (magnified.height < height) magnified.height = height;
  const context = magnified.getContext('2d');
  if (context === null) return undefined;
  context.imageSmoothingEnabled = false;
  context.clearRect(0, 0, width + 1, height + 1);
  context.drawImage(source, 0, 0, width, height);
  return magnified;
}

function putPixels({ columns, rows, words }: Pixels): OffscreenCanvas | undefined {
  let canvas = sources.get(words);
  if (canvas === undefined) {
    canvas = new OffscreenCanvas(columns, rows);
    sources.set(words, canvas);
  }
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  const bytes = new Uint8ClampedArray(words.buffer as ArrayBuffer, words.byteOffset, words.byteLength);
  context.putImageData(new ImageData(bytes, columns, rows), 0, 0);
  return canvas;
}

function colorOf(paint: Paint, palette: Palette): string {
  return paint.startsWith('#') ? paint : hexOf(palette.colors[paint as Token]);
}

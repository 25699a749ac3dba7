import { inflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { PALETTES } from '../../src/figure/color-palette.ts';
import type { Drawing, Mark, Pixels } from '../../src/figure/drawing.ts';
import { toSvg } from '../../src/figure/svg.ts';
import { pngBytes } from '../../src/figure/svg-png.ts';

function drawing(...marks: Mark[]): Drawing {
  return { width: 100, height: 50, marks };
}

describe('toSvg', () => {
  test('every kind of mark becomes an element, tokens become colours', () => {
    const pixels: Pixels = { rows: 1, columns: 1, words: Uint32Array.of(0xff0000ff) };
    const svg = toSvg(
      drawing(
        { kind: 'rect', x: 1, y: 2, width: 3, height: 4, fill: 'accent' },
        { kind: 'line', points: [0, 0, 5, 5], stroke: '#123456', lineWidth: 2, dash: [1, 2] },
        { kind: 'circle', x: 5, y: 5, radius: 2, stroke: 'ink' },
        { kind: 'text', x: 0, y: 0, text: 'z = 1', fill: 'ink', size: 12, font: 'numbers', align: 'end' },
        {
          kind: 'image',
          x: 0,
          y: 0,
          width: 10,
          height: 10,
          pixels,
          crop: { x: 0, y: 0, width: 0.5, height: 1 },
        },
      ),
      PALETTES.light,
      'A figure',
    );
    expect(svg).toContain('<title>A figure</title>');
    expect(svg).toContain('<rect x="1" y="2" width="3" height="4" fill="#');
    expect(svg).toContain(
      'points="0 0 5 5" fill="none" stroke="#123456" stroke-width="2" stroke-dasharray="1 2"',
    );
    expect(svg).toContain('<circle cx="5"');
    expect(svg).toContain('text-anchor="end">z = 1</text>');
    expect(svg).toContain('viewBox="0 0 0.5 1" preserveAspectRatio="none"');
    expect(svg).toContain('href="data:image/png;base64,');
    expect(svg).not.toContain('undefined');
  });

  test('names from files cannot become markup', () => {
    const evil = `</text><script>alert("1")</script>&'\u0000`;
    const svg = toSvg(
      drawing({ kind: 'text', x: 0, y: 0, text: evil, fill: 'ink', size: 12, font: 'words' }),
      PALETTES.dark,
      evil,
    );
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(svg.match(/<\/text>/g)).toHaveLength(1);
  });
});

describe('pngBytes', () => {
  test('holds the pixels, row by row, as red, green, blue, alpha', () => {
    const words = Uint32Array.of(0xff0000ff, 0x8000ff00, 0xffff0000, 0x00000000, 0xff123456, 0xffffffff);
    const bytes = pngBytes({ rows: 2, columns: 3, words });
    const chunks = chunksOf(bytes);
    expect(chunks.map((chunk) => chunk.type)).toEqual(['IHDR', 'IDAT', 'IEND']);
    const rows = inflateSync(chunks[1].data);
    expect([...rows]).toEqual([
      0, 255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 255, 0, 0, 0, 0, 0, 0x56, 0x34, 0x12, 255, 255, 255, 255,
      255,
    ]);
  });

  test('pictures larger than one stored block stay whole', () => {
    const words = new Uint32Array(256 * 256).map((_, index) => index);
    const [, data] = chunksOf(pngBytes({ rows: 256, columns: 256, words }));
    const rows = inflateSync(data.data);
    expect(rows).toHaveLength(256 * (1 + 256 * 4));
    expect(rows.readUInt32LE(255 * (1 + 1024) + 1 + 255 * 4)).toBe(65_535);
  });
});

/** Chunks of a PNG with their checksums verified by Node's own zlib. */
function chunksOf(bytes: Uint8Array): { type: string; data: Buffer }[] {
  const png = Buffer.from(bytes);
  expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    expect(png.readUInt32BE(at + 8 + length)).toBe(crc32(body));
    chunks.push({ type: body.toString('latin1', 0, 4), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

/** Bit by bit, as the PNG specification defines it. */
function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Just enough of a WebAssembly assembler for a loop over vectors (https://webassembly.github.io/spec/core/
 * binary, version 2.0 with 128-bit SIMD). Code is a list of bytes; instructions take their operands from
 * the stack, so an expression is its operands' code followed by its own.
 */
export type Code = readonly number[];

/** A vector is this long, and as many words. */
export const VECTOR_BYTES = 16;
export const LANES = 4;

const TYPE_I32 = 0x7f;
const TYPE_V128 = 0x7b;
const TYPE_NONE = 0x40;

/** A function of i32 parameters and no result. */
export interface WasmFunction {
  readonly name: string;
  /** How many i32 parameters there are: locals 0 and up. */
  readonly parameters: number;
  /** Further i32 locals, after the parameters. */
  readonly integers: number;
  /** v128 locals, after the integers. */
  readonly vectors: number;
  readonly body: Code;
}

/** A module that imports its memory as `env.memory` and exports `functions`. */
export function assembleModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters }) => [
    0x60,
    ...vector(repeated(TYPE_I32, parameters)),
    ...vector([]),
  ]);
  const memory = [...text('env'), ...text('memory'), 0x02, 0x00, ...unsigned(1)];
  const exports = functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)]);
  const bodies = functions.map(({ integers, vectors, body }) => {
    const locals = [
      [...unsigned(integers), TYPE_I32],
      [...unsigned(vectors), TYPE_V128],
    ];
    return sized([...vector(locals), ...body, END]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([memory])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exports)),
    ...section(10, vector(bodies)),
  ]);
}

const END = 0x0b;

export const local = {
  get: (index: number): Code => [0x20, ...unsigned(index)],
  set: (index: number, value: Code): Code => [...value, 0x21, ...unsigned(index)],
};

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: (left: Code, right: Code): Code => [...left, ...right, 0x6a],
  subtract: (left: Code, right: Code): Code => [...left, ...right, 0x6b],
};

/** Runs `body` until `condition`, evaluated after it, is zero. */
export function repeatWhile(condition: Code, body: Code): Code {
  return [0x03, TYPE_NONE, ...body, ...condition, 0x0d, 0x00, END];
}

export const v128 = {
  load: (address: Code, offset = 0): Code => [...address, ...simd(0x00), ...memory(offset)],
  /** Four copies of the 32 bits at `address`. */
  loadSplat: (address: Code, offset = 0): Code => [...address, ...simd(0x09), 0x02, ...unsigned(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    ...simd(0x0b),
    ...memory(offset),
  ],
  /** Four copies of a 32-bit pattern. */
  constant: (bits: number): Code => {
    const bytes = [0, 8, 16, 24].map((shift) => (bits >>> shift) & 0xff);
    return [...simd(0x0c), ...bytes, ...bytes, ...bytes, ...bytes];
  },
  /** Bytes of `left` (0 to 15) and `right` (16 to 31) by number. */
  shuffle: (left: Code, right: Code, bytes: Code): Code => [...left, ...right, ...simd(0x0d), ...bytes],
  and: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x4e)],
  xor: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x51)],
  or: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x50)],
  andNot: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x4f)],
  /** Bits of `set` where `mask` has ones, of `clear` elsewhere. */
  select: (set: Code, clear: Code, mask: Code): Code => [...set, ...clear, ...mask, ...simd(0x52)],
};

export const f32x4 = {
  abs: (value: Code): Code => [...value, ...simd(0xe0)],
  add: (left: Code, right: Code): Code => [...left, ...right, ...simd(0xe4)],
  multiply: (left: Code, right: Code): Code => [...left, ...right, ...simd(0xe6)],
  lessThan: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x43)],
  notEqual: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x42)],
  /** Of int32. */
  convert: (value: Code): Code => [...value, ...simd(0xfa)],
};

export const i32x4 = {
  splat: (value: Code): Code => [...value, ...simd(0x11)],
  greaterThan: (left: Code, right: Code): Code => [...left, ...right, ...simd(0x3b)],
  add: (left: Code, right: Code): Code => [...left, ...right, ...simd(0xae)],
  shiftLeft: (value: Code, bits: Code): Code => [...value, ...bits, ...simd(0xab)],
  /** Copies of the sign come in. */
  shiftRight: (value: Code, bits: Code): Code => [...value, ...bits, ...simd(0xac)],
  /** The lesser of two unsigned numbers. */
  leastUnsigned: (left: Code, right: Code): Code => [...left, ...right, ...simd(0xb7)],
  /** Of fp32, without its fraction; the nearest int32 where it is none, 0 for NaN. */
  truncate: (value: Code): Code => [...value, ...simd(0xf8)],
  /** Products of 16-bit halves, the two of each lane added. */
  dotOfHalves: (left: Code, right: Code): Code => [...left, ...right, ...simd(0xba)],
};

function simd(opcode: number): Code {
  return [0xfd, ...unsigned(opcode)];
}

/** Alignment hint of 4 bytes, which every address here has. */
function memory(offset: number): Code {
  return [0x02, ...unsigned(offset)];
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function vector(items: readonly (number | Code)[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return vector([...new TextEncoder().encode(value)]);
}

function repeated(value: number, count: number): readonly number[] {
  return Array.from({ length: count }, () => value);
}

/** LEB128, seven bits a byte, lowest first. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

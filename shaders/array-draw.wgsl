// A systolic array as pixels of a canvas: what src/figure/array-pixels.ts paints, in the same colours, from the
// state that shaders/array-state.wgsl has left on the GPU. Colours are RGBA bytes, red lowest.
//
// One triangle over the target; a pixel outside of the field stays transparent. PEs of at least one pixel may
// end within a pixel, which then gets of each the share that it covers.

struct Picture {
  // Of the field: its corner, in pixels of the target, and the PE there, fractions allowed.
  corner: vec2f,
  first: vec2f,
  // PEs that show, across and down, and pixels a PE.
  shown: vec2f,
  cell: f32,
  // 1: a pixel is the mean of what it covers, else the PE at its middle.
  blended: u32,
  rows: u32,
  columns: u32,
  // What the colours mean, below.
  meaning: u32,
  // State: working colours, which repeat with the waves. Use: rows that the last tile down fills.
  // Element: the field of the register. Sums: seed of A.
  oneDetail: u32,
  // State: 1 where weights on their way are in the shadow register. Use: columns that the last tile across fills.
  // Element: seed of the matrix. Sums: seed of B.
  otherDetail: u32,
}

@group(0) @binding(0) var<uniform> picture: Picture;
// State: front, loading x 2, draining x 2, padding x 2, idle, then the working colours.
// Use so far: a colour by class of ragged tiles, and diagonal.
// Element: a colour by sum of four random bytes, then the one of an empty register.
// Pixels: a colour a PE, as painted before or by addSums.
// Sums: a colour a step of the scale, the one of an empty register, the value of an operand by sum of four random
// bytes, and the least value of each step but the first.
@group(0) @binding(1) var<storage, read> inks: array<u32>;
// As shaders/array-state.wgsl leaves it.
@group(0) @binding(2) var<storage, read> state: array<i32>;
// Of addSums: a colour a PE.
@group(0) @binding(3) var<storage, read_write> sums: array<u32>;

const STATE = 0u;
const USE = 1u;
const ELEMENT = 2u;

const FRONT = 0u;
const LOADING_INK = 1u;
const DRAINING_INK = 3u;
const PADDING_INK = 5u;
const IDLE_INK = 7u;
const WORKING_INKS = 8u;
const EMPTY_INK = 1021u;

const STEPS = 256u;
const NOTHING_INK = STEPS;
const NORMALS = STEPS + 1u;
const LEAST_OF_STEPS = NORMALS + 1021u;

const EMPTY = -1;

const IDLE = 0;
const LOADING = 1;
const WORKING = 2;
const DRAINING = 3;

const ACTIVITY_FIELD = 0u;
const SHIFTING_FIELD = 1u;
const WAVE_FIELD = 3u;
const WEIGHT_ROW_FIELD = 8u;
const SHADOW_ROW_FIELD = 11u;
const SUM_FIELD = 13u;
const SUM_FIRST_K_FIELD = 16u;
const SUM_DEPTH_FIELD = 17u;

@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1u) * 4 - 1, f32(index >> 1u) * 4 - 1, 0, 1);
}

@fragment
fn paint(@builtin(position) position: vec4f) -> @location(0) vec4f {
  // What of the field this pixel covers, in PEs from the field's corner.
  let middle = (position.xy - picture.corner) / picture.cell;
  let reach = vec2f(0.5 / picture.cell);
  let last = vec2u(picture.columns - 1u, picture.rows - 1u);
  if (picture.blended == 0u) {
    if (any(middle < vec2f(0)) || any(middle >= picture.shown)) {
      return vec4f(0);
    }
    let pe = min(vec2u(middle + picture.first), last);
    return unpack4x8unorm(inkOf(pe.y, pe.x));
  }
  let low = max(middle - reach, vec2f(0)) + picture.first;
  let high = min(middle + reach, picture.shown) + picture.first;
  if (any(high <= low)) {
    return vec4f(0);
  }
  let start = min(vec2u(low), last);
  let end = min(vec2u(ceil(high)), last + 1u);
  var sum = vec4f(0);
  for (var row = start.y; row < end.y; row += 1u) {
    let height = min(high.y, f32(row + 1u)) - max(low.y, f32(row));
    for (var column = start.x; column < end.x; column += 1u) {
      let width = min(high.x, f32(column + 1u)) - max(low.x, f32(column));
      sum += width * height * unpack4x8unorm(inkOf(row, column));
    }
  }
  // Colours are opaque: what is missing of a whole pixel is what lies beyond the field's rim.
  return sum * picture.cell * picture.cell;
}

fn inkOf(row: u32, column: u32) -> u32 {
  switch (picture.meaning) {
    case STATE: {
      return inks[stateInk(row, column)];
    }
    case USE: {
      let raggedClass =
        select(0u, 2u, row >= picture.oneDetail) + select(0u, 1u, column >= picture.otherDetail);
      let diagonals = picture.rows + picture.columns - 1u;
      return inks[raggedClass * diagonals + row + column];
    }
    case ELEMENT: {
      return inks[elementInk(row * picture.columns + column)];
    }
    default: {
      return inks[row * picture.columns + column];
    }
  }
}

fn field(number: u32, pe: u32) -> i32 {
  return state[number * picture.rows * picture.columns + pe];
}

fn stateInk(row: u32, column: u32) -> u32 {
  let pe = row * picture.columns + column;
  let shifting = field(SHIFTING_FIELD, pe) == 1;
  let weight = field(select(WEIGHT_ROW_FIELD, SHADOW_ROW_FIELD, picture.otherDetail == 1u), pe);
  switch (field(ACTIVITY_FIELD, pe)) {
    case IDLE: {
      return IDLE_INK;
    }
    case LOADING: {
      return LOADING_INK + u32(weight & 1);
    }
    case DRAINING: {
      return DRAINING_INK + (column & 1u);
    }
    case WORKING: {
      if (shifting && (weight & 3) == 0) {
        return LOADING_INK;
      }
      let wave = field(WAVE_FIELD, pe);
      return select(WORKING_INKS + u32(wave) % picture.oneDetail, FRONT, wave == 0);
    }
    default: {
      return PADDING_INK + select(1u, 0u, ((row + column) & 3u) == 0u);
    }
  }
}

// The seeded operand that the register names.
fn elementInk(pe: u32) -> u32 {
  let row = field(picture.oneDetail + 1u, pe);
  if (row == EMPTY) {
    return EMPTY_INK;
  }
  let repeat = u32(field(picture.oneDetail, pe));
  return elementBytes(lineOf(picture.otherDetail, u32(row), repeat), u32(field(picture.oneDetail + 2u, pe)));
}

// The sum of products that the register holds, one invocation a PE: added in order of k, as the array does.
// Products of bf16 numbers are exact in f32, so it does not matter whether multiply and add are fused.
@compute @workgroup_size(16, 16)
fn addSums(@builtin(global_invocation_id) id: vec3u) {
  if (id.y >= picture.rows || id.x >= picture.columns) {
    return;
  }
  let pe = id.y * picture.columns + id.x;
  let row = field(SUM_FIELD + 1u, pe);
  if (row == EMPTY) {
    sums[pe] = inks[NOTHING_INK];
    return;
  }
  let repeat = u32(field(SUM_FIELD, pe));
  let column = u32(field(SUM_FIELD + 2u, pe));
  let rowOfA = lineOf(picture.oneDetail, u32(row), repeat);
  let firstK = u32(field(SUM_FIRST_K_FIELD, pe));
  let endK = firstK + u32(field(SUM_DEPTH_FIELD, pe));
  var sum = 0f;
  for (var k = firstK; k < endK; k += 1u) {
    let a = normal(elementBytes(rowOfA, k));
    let b = normal(elementBytes(lineOf(picture.otherDetail, k, repeat), column));
    sum += a * b;
  }
  var level = 0u;
  for (var stride = STEPS / 2u; stride > 0u; stride /= 2u) {
    level += select(0u, stride, sum >= bitcast<f32>(inks[LEAST_OF_STEPS + level + stride - 1u]));
  }
  sums[pe] = inks[level];
}

fn normal(bytes: u32) -> f32 {
  return bitcast<f32>(inks[NORMALS + bytes]);
}

// Operands as src/figure/array-operands.ts makes them up: a row of a matrix, and an element of it as the sum of
// its four random bytes.
fn lineOf(seed: u32, row: u32, repeat: u32) -> u32 {
  return hash(hash(seed ^ (row * 0x9e3779b1u)) ^ (repeat * 0xc2b2ae3du));
}

fn elementBytes(line: u32, column: u32) -> u32 {
  let bits = hash(line ^ (column * 0x85ebca77u));
  return (bits & 0xffu) + ((bits >> 8u) & 0xffu) + ((bits >> 16u) & 0xffu) + (bits >> 24u);
}

fn hash(value: u32) -> u32 {
  var x = value;
  x = (x ^ (x >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

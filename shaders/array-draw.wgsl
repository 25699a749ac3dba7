// The PEs of a systolic array as pixels, one a PE: what src/figure/array-pixels.ts paints, in the same colours.
// Colours are RGBA bytes, red lowest. Drawn as one triangle over a target of [rows, columns] pixels.

struct Picture {
  rows: u32,
  columns: u32,
  // Rows and columns that the last tile down and the last one across fill.
  rowsOfLast: u32,
  columnsOfLast: u32,
  // Working colours, which repeat with the waves.
  bands: u32,
  // Weights on their way are in the shadow register, else in the weight's own.
  doubleBuffered: u32,
}

@group(0) @binding(0) var<uniform> picture: Picture;
// For the state: front, loading x 2, draining x 2, padding x 2, idle, then the working colours.
// For the use so far: a colour by class of ragged tiles, and diagonal.
@group(0) @binding(1) var<storage, read> inks: array<u32>;
// As shaders/array-state.wgsl leaves it.
@group(0) @binding(2) var<storage, read> state: array<i32>;
// PEs by activity, then those that shift.
@group(0) @binding(3) var<storage, read_write> counts: array<atomic<u32>, 6>;

const FRONT = 0u;
const LOADING_INK = 1u;
const DRAINING_INK = 3u;
const PADDING_INK = 5u;
const IDLE_INK = 7u;
const WORKING_INKS = 8u;

const IDLE = 0;
const LOADING = 1;
const WORKING = 2;
const DRAINING = 3;
const SHIFTING_COUNT = 5u;

const ACTIVITY_FIELD = 0u;
const SHIFTING_FIELD = 1u;
const WAVE_FIELD = 3u;
const WEIGHT_ROW_FIELD = 8u;
const SHADOW_ROW_FIELD = 11u;

@vertex
fn corner(@builtin(vertex_index) index: u32) -> @builtin(position) vec4f {
  return vec4f(f32(index & 1u) * 4 - 1, f32(index >> 1u) * 4 - 1, 0, 1);
}

fn field(number: u32, pe: u32) -> i32 {
  return state[number * picture.rows * picture.columns + pe];
}

@fragment
fn paintState(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let row = u32(position.y);
  let column = u32(position.x);
  let pe = row * picture.columns + column;
  let activity = field(ACTIVITY_FIELD, pe);
  let shifting = field(SHIFTING_FIELD, pe) == 1;
  let wave = field(WAVE_FIELD, pe);
  let weight = field(select(WEIGHT_ROW_FIELD, SHADOW_ROW_FIELD, picture.doubleBuffered == 1), pe);
  atomicAdd(&counts[u32(activity)], 1u);
  if (shifting) {
    atomicAdd(&counts[SHIFTING_COUNT], 1u);
  }
  var ink = PADDING_INK + select(1u, 0u, ((row + column) & 3u) == 0u);
  if (activity == IDLE) {
    ink = IDLE_INK;
  } else if (activity == LOADING) {
    ink = LOADING_INK + u32(weight & 1);
  } else if (activity == DRAINING) {
    ink = DRAINING_INK + (column & 1u);
  } else if (activity == WORKING) {
    ink = select(WORKING_INKS + u32(wave) % picture.bands, FRONT, wave == 0);
    if (shifting && (weight & 3) == 0) {
      ink = LOADING_INK;
    }
  }
  return unpack4x8unorm(inks[ink]);
}

@fragment
fn paintUse(@builtin(position) position: vec4f) -> @location(0) vec4f {
  let row = u32(position.y);
  let column = u32(position.x);
  let raggedClass = select(0u, 2u, row >= picture.rowsOfLast) + select(0u, 1u, column >= picture.columnsOfLast);
  let diagonals = picture.rows + picture.columns - 1u;
  return unpack4x8unorm(inks[raggedClass * diagonals + row + column]);
}

// State of every PE of a systolic array at one cycle, from the closed form: what each register holds, by name.
// The same as src/array/stationary-state.ts and output-stationary-state.ts, which tell why.
//
// One invocation a PE. Time comes as the fold and wave at PE (0, 0), for the cycle itself may need more than
// 32 bits: a PE on a later diagonal sees the wave that was in the corner row + column cycles ago.
// state[field][row][column], fields in the order of FIELDS in src/gpu/array-state.ts.

struct Array {
  rows: i32,
  columns: i32,
  // 0 ws, 1 is, 2 os.
  dataflow: i32,
  doubleBuffered: i32,
  rowsPerCycle: i32,
  m: i32,
  k: i32,
  n: i32,
  tilesDown: i32,
  tilesAcross: i32,
  folds: i32,
  waves: i32,
  intervalCycles: i32,
  // Of the corner: folds begun there less one, and cycles since the last of them began.
  cornerFold: i32,
  cornerWave: i32,
  // Cycles in which a column takes in a tile of weights: rows from one point of entry to the next.
  loadCycles: i32,
}

@group(0) @binding(0) var<uniform> shape: Array;
@group(0) @binding(1) var<storage, read_write> state: array<i32>;

override workgroupColumns: u32 = 16;
override workgroupRows: u32 = 16;

const IS = 1;
const OS = 2;

const EMPTY = -1;

const IDLE = 0;
const LOADING = 1;
const WORKING = 2;
const DRAINING = 3;
const PADDING = 4;

const ACTIVITY = 0;
const SHIFTING = 1;
const FOLD = 2;
const WAVE = 3;
const OPERAND = 4;
const WEIGHT = 7;
const SHADOW = 10;
const SUM = 13;
const SUM_FIRST_K = 16;
const SUM_DEPTH = 17;

fn store(field: i32, pe: i32, value: i32) {
  state[field * shape.rows * shape.columns + pe] = value;
}

// The element (row, column) of its matrix, that of one GEMM of the sequence, or nothing.
fn storeElement(field: i32, pe: i32, real: bool, repeat: i32, row: i32, column: i32) {
  store(field, pe, select(EMPTY, repeat, real));
  store(field + 1, pe, select(EMPTY, row, real));
  store(field + 2, pe, select(EMPTY, column, real));
}

// For a stationary array: (k, x) is B[k, x], or A[x, k] where A stays.
fn storeWeight(field: i32, pe: i32, real: bool, repeat: i32, k: i32, x: i32) {
  let swap = shape.dataflow == IS;
  storeElement(field, pe, real, repeat, select(k, x, swap), select(x, k, swap));
}

// A fold as the number of its GEMM and the number of its tile there; folds not yet begun count as the first.
struct Tile {
  repeat: i32,
  index: i32,
}

fn tileOfFold(fold: i32) -> Tile {
  let foldsPerGemm = shape.tilesDown * shape.tilesAcross;
  let begun = max(fold, 0);
  return Tile(begun / foldsPerGemm, begun % foldsPerGemm);
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = i32(id.y);
  let column = i32(id.x);
  if (row >= shape.rows || column >= shape.columns) {
    return;
  }
  // Folds begun at this PE less one (negative: none), and cycles since the last of them began.
  var started = shape.cornerFold;
  var wave = shape.cornerWave - row - column;
  if (wave < 0) {
    let back = (shape.intervalCycles - 1 - wave) / shape.intervalCycles;
    started -= back;
    wave += back * shape.intervalCycles;
  }
  if (shape.dataflow == OS) {
    outputStationary(row, column, started, wave);
  } else {
    stationary(row, column, started, wave);
  }
}

fn stationary(row: i32, column: i32, started: i32, wave: i32) {
  let pe = row * shape.columns + column;
  let inputStationary = shape.dataflow == IS;
  let doubleBuffered = shape.doubleBuffered == 1;
  let width = select(shape.n, shape.m, inputStationary);
  let here = started >= 0 && started < shape.folds && wave < shape.waves;
  let latest = min(started, shape.folds - 1);

  // The last load whose first weight has come down to this row, and the cycles since it began in this column.
  var loads = 0;
  var sinceLoad = 0;
  if (doubleBuffered) {
    loads = select(started + 1, -1, started < -1);
    sinceLoad = wave + row;
    if (started == -1) {
      sinceLoad += shape.loadCycles - shape.intervalCycles;
      loads = select(0, -1, sinceLoad < row);
    }
  } else {
    let late = wave + shape.loadCycles - shape.intervalCycles;
    loads = select(started, started + 1, late >= 0);
    sinceLoad = row + select(wave + shape.loadCycles, late, late >= 0);
  }
  sinceLoad -= row - row % shape.loadCycles;
  if (loads >= shape.folds) {
    loads = shape.folds - 1;
    sinceLoad = shape.loadCycles;
  }
  let shifting = loads >= 0 && sinceLoad < shape.loadCycles;
  let loadedRow = select(row, row + shape.loadCycles - 1 - sinceLoad, shifting);

  let tile = tileOfFold(latest);
  let down = tile.index % shape.tilesDown;
  let k = down * shape.rows + row;
  let x = tile.index / shape.tilesDown * shape.columns + column;
  let realRow = k < shape.k;
  let realColumn = x < width;

  var activity = select(IDLE, LOADING, shifting);
  if (here) {
    activity = select(PADDING, WORKING, realRow && realColumn);
  }
  store(ACTIVITY, pe, activity);
  store(SHIFTING, pe, i32(shifting));
  store(FOLD, pe, select(EMPTY, latest, here));
  store(WAVE, pe, select(EMPTY, wave, here));

  let streamed = wave * shape.rowsPerCycle;
  storeElement(OPERAND, pe, here && realRow, tile.repeat,
    select(streamed, k, inputStationary), select(k, streamed, inputStationary));
  let sumReal = here && realColumn;
  storeElement(SUM, pe, sumReal, tile.repeat,
    select(streamed, x, inputStationary), select(x, streamed, inputStationary));
  store(SUM_FIRST_K, pe, select(EMPTY, down * shape.rows, sumReal));
  store(SUM_DEPTH, pe, select(EMPTY, min(row + 1, shape.k - down * shape.rows), sumReal));

  let load = tileOfFold(loads);
  let loadK = load.index % shape.tilesDown * shape.rows + loadedRow;
  let loadX = load.index / shape.tilesDown * shape.columns + column;
  let loadReal = loads >= 0 && loadedRow < shape.rows && loadK < shape.k && loadX < width;
  if (doubleBuffered) {
    storeWeight(WEIGHT, pe, latest >= 0 && realRow && realColumn, tile.repeat, k, x);
    storeWeight(SHADOW, pe, loadReal, load.repeat, loadK, loadX);
  } else {
    storeWeight(WEIGHT, pe, loadReal, load.repeat, loadK, loadX);
    storeElement(SHADOW, pe, false, 0, 0, 0);
  }
}

fn outputStationary(row: i32, column: i32, started: i32, wave: i32) {
  let pe = row * shape.columns + column;
  let doubleBuffered = shape.doubleBuffered == 1;
  let here = started >= 0 && started < shape.folds && wave < shape.waves;
  let fold = min(started, shape.folds - 1);
  let tile = tileOfFold(fold);
  let m = (tile.index / shape.tilesAcross * shape.rows + row) * shape.rowsPerCycle;
  let n = tile.index % shape.tilesAcross * shape.columns + column;
  let real = m < shape.m && n < shape.n;

  // The last fold finished here, and cycles since; a whole interval more when no other fold follows it.
  let late = wave - (shape.waves - 1);
  var finished = select(started - 1, started, late >= 0);
  var sinceCapture = select(late + shape.intervalCycles, late, late >= 0);
  if (finished >= shape.folds) {
    sinceCapture = select(shape.rows + 1, sinceCapture + shape.intervalCycles, finished == shape.folds);
    finished = shape.folds - 1;
  }
  let shifts = sinceCapture - (shape.rows - 1 - row);
  let lastOfPrevious = finished > 0 && sinceCapture == 0 && shape.intervalCycles == shape.rows;
  let shifting = (finished >= 0 && shifts > 0 && shifts <= row + 1) || lastOfPrevious;
  let sourceRow = row - max(shifts, 0);
  let chain = tileOfFold(finished);
  let chainRow = (chain.index / shape.tilesAcross * shape.rows + sourceRow) * shape.rowsPerCycle;
  let chainColumn = chain.index % shape.tilesAcross * shape.columns + column;
  let chainReal = finished >= 0 && sourceRow >= 0 && chainRow < shape.m && chainColumn < shape.n;

  var activity = select(IDLE, DRAINING, shifting);
  if (here) {
    activity = select(PADDING, WORKING, real);
  }
  store(ACTIVITY, pe, activity);
  store(SHIFTING, pe, i32(shifting));
  store(FOLD, pe, select(EMPTY, fold, here));
  store(WAVE, pe, select(EMPTY, wave, here));
  storeElement(OPERAND, pe, here && m < shape.m, tile.repeat, m, wave);
  storeElement(WEIGHT, pe, here && n < shape.n, tile.repeat, wave, n);

  let sumIsChain = !doubleBuffered && !here;
  let sumReal = select(fold >= 0 && real, chainReal, sumIsChain);
  storeElement(SUM, pe, sumReal, select(tile.repeat, chain.repeat, sumIsChain),
    select(m, chainRow, sumIsChain), select(n, chainColumn, sumIsChain));
  store(SUM_FIRST_K, pe, select(EMPTY, 0, sumReal));
  store(SUM_DEPTH, pe, select(EMPTY, select(shape.waves, wave + 1, here), sumReal));
  storeElement(SHADOW, pe, doubleBuffered && chainReal, chain.repeat, chainRow, chainColumn);
}

// C[m, n] = A[m, k] B[k, n] on bf16 operands, fp32 sums in the order of a weight-stationary array.
//
// For GPUs whose caches are far away: a square workgroup of s x s invocations, each owning 8 rows x
// 8 columns of C, loads s k of its 8s rows and columns into workgroup memory, one tile of each operand to
// an invocation, and computes from there. Both operands lie k-major:
//   a[k][rowTiles]     one vec4u = 8 rows of A, two bf16 to a word
//   b[k][columnTiles]  one vec4u = 8 columns of B
//   c[slice][8 rowTiles][columnTiles][2] two vec4f = 8 columns of C
// Strictly sequential in k within a pass; a second accumulator adds the passes. A product of two bf16
// numbers is exact in fp32, so a driver that fuses multiply and add changes no bit.

struct Shape {
  rowTiles: u32,
  columnTiles: u32,
  // Products of one element of C; no pass reaches across a multiple of `segment`.
  products: u32,
  segment: u32,
  passRows: u32,
  // This dispatch begins here: large matrices take several.
  firstRowTile: u32,
  // Products of one slice, id.z of the grid: all of them, or one pass where another kernel adds the passes.
  sliceProducts: u32,
  // 0x80000000: -0 is the one number that adding never changes, so totals start there.
  negativeZero: u32,
}

@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 16;
override workgroupRows: u32 = 16;

// [half of a tile][k][tile]: neighbours in x read neighbouring vectors.
var<workgroup> rowsOfA: array<vec4f, 2 * workgroupRows * workgroupRows>;
var<workgroup> columnsOfB: array<vec4f, 2 * workgroupColumns * workgroupColumns>;

// Four bf16 numbers from two words, the even one in the lower half.
fn unpack(pairs: vec2u) -> vec4f {
  return bitcast<vec4f>(vec4u(pairs.x << 16u, pairs.x & 0xffff0000u, pairs.y << 16u, pairs.y & 0xffff0000u));
}

// Columns of the result are rows of C: 4 rows by 4 columns of products.
fn outer(rows: vec4f, columns: vec4f) -> mat4x4f {
  return mat4x4f(rows.x * columns, rows.y * columns, rows.z * columns, rows.w * columns);
}

fn store(first: u32, rows: mat4x4f) {
  let stride = 2u * shape.columnTiles;
  c[first] = rows[0];
  c[first + stride] = rows[1];
  c[first + 2u * stride] = rows[2];
  c[first + 3u * stride] = rows[3];
}

// Loads the tiles of product `index`, local tile `x`; beyond `end` -0 times 0, which changes no sum.
fn load(index: u32, end: u32, x: u32, firstRowTile: u32, firstColumnTile: u32, place: u32) {
  let half = workgroupRows * workgroupRows;
  if (index >= end) {
    rowsOfA[place] = vec4f(bitcast<f32>(shape.negativeZero));
    rowsOfA[place + half] = vec4f(bitcast<f32>(shape.negativeZero));
    columnsOfB[place] = vec4f();
    columnsOfB[place + half] = vec4f();
    return;
  }
  let left = a[index * shape.rowTiles + min(firstRowTile + x, shape.rowTiles - 1u)];
  let right = b[index * shape.columnTiles + min(firstColumnTile + x, shape.columnTiles - 1u)];
  rowsOfA[place] = unpack(left.xy);
  rowsOfA[place + half] = unpack(left.zw);
  columnsOfB[place] = unpack(right.xy);
  columnsOfB[place + half] = unpack(right.zw);
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) id: vec3u) {
  let firstColumnTile = group.x * workgroupColumns;
  let firstRowTile = group.y * workgroupRows + shape.firstRowTile;
  let half = workgroupRows * workgroupRows;
  let nothing = vec4f(bitcast<f32>(shape.negativeZero));
  var total00 = mat4x4f(nothing, nothing, nothing, nothing);
  var total01 = mat4x4f(nothing, nothing, nothing, nothing);
  var total10 = mat4x4f(nothing, nothing, nothing, nothing);
  var total11 = mat4x4f(nothing, nothing, nothing, nothing);
  let firstProduct = group.z * shape.sliceProducts;
  let lastProduct = min(firstProduct + shape.sliceProducts, shape.products);
  for (var segment = firstProduct; segment < lastProduct; segment += shape.segment) {
    let segmentEnd = min(segment + shape.segment, lastProduct);
    for (var start = segment; start < segmentEnd; start += shape.passRows) {
      let end = min(start + shape.passRows, segmentEnd);
      var sum00 = mat4x4f();
      var sum01 = mat4x4f();
      var sum10 = mat4x4f();
      var sum11 = mat4x4f();
      for (var index = start; index < end; index += workgroupRows) {
        workgroupBarrier();
        load(index + id.y, end, id.x, firstRowTile, firstColumnTile, id.y * workgroupRows + id.x);
        workgroupBarrier();
        for (var step = 0u; step < half; step += workgroupRows) {
          let rows0 = rowsOfA[step + id.y];
          let rows1 = rowsOfA[step + id.y + half];
          let columns0 = columnsOfB[step + id.x];
          let columns1 = columnsOfB[step + id.x + half];
          sum00 += outer(rows0, columns0);
          sum01 += outer(rows0, columns1);
          sum10 += outer(rows1, columns0);
          sum11 += outer(rows1, columns1);
        }
      }
      total00 += sum00;
      total01 += sum01;
      total10 += sum10;
      total11 += sum11;
    }
  }
  let columnTile = firstColumnTile + id.x;
  let rowTile = firstRowTile + id.y;
  if (columnTile >= shape.columnTiles || rowTile >= shape.rowTiles) {
    return;
  }
  let tile = (group.z * shape.rowTiles + rowTile) * 16u * shape.columnTiles + 2u * columnTile;
  let lower = tile + 8u * shape.columnTiles;
  store(tile, total00);
  store(tile + 1u, total01);
  store(lower, total10);
  store(lower + 1u, total11);
}

// C[m, n] = A[m, k] B[k, n] on bf16 operands, fp32 sums in the order of a weight-stationary array.
//
// Each invocation owns 8 rows x 4 columns of C in registers; no workgroup memory. Both operands lie
// k-major, two bf16 to a word (the even element in the lower half):
//   a[k][rowTiles]     one vec4u = 8 rows of A
//   b[k][columnTiles]  one vec2u = 4 columns of B
//   c[slice][8 rowTiles][columnTiles] one vec4f = 4 columns of C
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
@group(0) @binding(1) var<storage, read> b: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 8;
override workgroupRows: u32 = 8;

fn low(word: u32) -> f32 {
  return bitcast<f32>(word << 16u);
}

fn high(word: u32) -> f32 {
  return bitcast<f32>(word & 0xffff0000u);
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let columnTile = id.x;
  let rowTile = id.y + shape.firstRowTile;
  if (columnTile >= shape.columnTiles || rowTile >= shape.rowTiles) {
    return;
  }
  let nothing = bitcast<vec4f>(vec4u(shape.negativeZero));
  var total0 = nothing;
  var total1 = nothing;
  var total2 = nothing;
  var total3 = nothing;
  var total4 = nothing;
  var total5 = nothing;
  var total6 = nothing;
  var total7 = nothing;
  let firstProduct = id.z * shape.sliceProducts;
  let lastProduct = min(firstProduct + shape.sliceProducts, shape.products);
  for (var segment = firstProduct; segment < lastProduct; segment += shape.segment) {
    let segmentEnd = min(segment + shape.segment, lastProduct);
    for (var start = segment; start < segmentEnd; start += shape.passRows) {
      let end = min(start + shape.passRows, segmentEnd);
      var sum0 = vec4f();
      var sum1 = vec4f();
      var sum2 = vec4f();
      var sum3 = vec4f();
      var sum4 = vec4f();
      var sum5 = vec4f();
      var sum6 = vec4f();
      var sum7 = vec4f();
      for (var index = start; index < end; index += 1u) {
        let left = a[index * shape.rowTiles + rowTile];
        let right = b[index * shape.columnTiles + columnTile];
        let columns = vec4f(low(right.x), high(right.x), low(right.y), high(right.y));
        sum0 += low(left.x) * columns;
        sum1 += high(left.x) * columns;
        sum2 += low(left.y) * columns;
        sum3 += high(left.y) * columns;
        sum4 += low(left.z) * columns;
        sum5 += high(left.z) * columns;
        sum6 += low(left.w) * columns;
        sum7 += high(left.w) * columns;
      }
      total0 += sum0;
      total1 += sum1;
      total2 += sum2;
      total3 += sum3;
      total4 += sum4;
      total5 += sum5;
      total6 += sum6;
      total7 += sum7;
    }
  }
  let first = (id.z * shape.rowTiles + rowTile) * 8u * shape.columnTiles + columnTile;
  c[first] = total0;
  c[first + shape.columnTiles] = total1;
  c[first + 2u * shape.columnTiles] = total2;
  c[first + 3u * shape.columnTiles] = total3;
  c[first + 4u * shape.columnTiles] = total4;
  c[first + 5u * shape.columnTiles] = total5;
  c[first + 6u * shape.columnTiles] = total6;
  c[first + 7u * shape.columnTiles] = total7;
}

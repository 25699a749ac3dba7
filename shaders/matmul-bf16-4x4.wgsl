// C[m, n] = A[m, k] B[k, n] on bf16 operands, fp32 sums in the order of a weight-stationary array.
//
// Each invocation owns 4 rows x 4 columns of C in registers; no workgroup memory; four k to a turn of the
// loop, so every pass must be a multiple of four. Both operands lie k-major, two bf16 to a word:
//   a[k][rowTiles]     one vec2u = 4 rows of A
//   b[k][columnTiles]  one vec2u = 4 columns of B
//   c[slice][4 rowTiles][columnTiles] one vec4f = 4 columns of C
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

@group(0) @binding(0) var<storage, read> a: array<vec2u>;
@group(0) @binding(1) var<storage, read> b: array<vec2u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 8;
override workgroupRows: u32 = 8;

// Four bf16 numbers from two words, the even one in the lower half.
fn unpack(pairs: vec2u) -> vec4f {
  return bitcast<vec4f>(vec4u(pairs.x << 16u, pairs.x & 0xffff0000u, pairs.y << 16u, pairs.y & 0xffff0000u));
}

// Columns of the result are rows of C: 4 rows by 4 columns of products.
fn outer(rows: vec4f, columns: vec4f) -> mat4x4f {
  return mat4x4f(rows.x * columns, rows.y * columns, rows.z * columns, rows.w * columns);
}

fn store(first: u32, rows: mat4x4f) {
  let stride = shape.columnTiles;
  c[first] = rows[0];
  c[first + stride] = rows[1];
  c[first + 2u * stride] = rows[2];
  c[first + 3u * stride] = rows[3];
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let columnTile = id.x;
  let rowTile = id.y + shape.firstRowTile;
  if (columnTile >= shape.columnTiles || rowTile >= shape.rowTiles) {
    return;
  }
  let nothing = vec4f(bitcast<f32>(shape.negativeZero));
  var total = mat4x4f(nothing, nothing, nothing, nothing);
  let firstProduct = id.z * shape.sliceProducts;
  let lastProduct = min(firstProduct + shape.sliceProducts, shape.products);
  for (var segment = firstProduct; segment < lastProduct; segment += shape.segment) {
    let segmentEnd = min(segment + shape.segment, lastProduct);
    for (var start = segment; start < segmentEnd; start += shape.passRows) {
      let end = min(start + shape.passRows, segmentEnd);
      var sum = mat4x4f();
      for (var index = start; index < end; index += 4u) {
        {
          let rows = unpack(a[index * shape.rowTiles + rowTile]);
          let columns = unpack(b[index * shape.columnTiles + columnTile]);
          sum += outer(rows, columns);
        }
        {
          let rows = unpack(a[(index + 1u) * shape.rowTiles + rowTile]);
          let columns = unpack(b[(index + 1u) * shape.columnTiles + columnTile]);
          sum += outer(rows, columns);
        }
        {
          let rows = unpack(a[(index + 2u) * shape.rowTiles + rowTile]);
          let columns = unpack(b[(index + 2u) * shape.columnTiles + columnTile]);
          sum += outer(rows, columns);
        }
        {
          let rows = unpack(a[(index + 3u) * shape.rowTiles + rowTile]);
          let columns = unpack(b[(index + 3u) * shape.columnTiles + columnTile]);
          sum += outer(rows, columns);
        }
      }
      total += sum;
    }
  }
  store((id.z * shape.rowTiles + rowTile) * 4u * shape.columnTiles + columnTile, total);
}

// C[m, n] = A[m, k] B[k, n] on int8 operands with int32 sums, four products to an instruction where the
// hardware has one. Integers wrap by specification, so no order of summation can change the result.
//
// One invocation per 8 rows x 4 columns. Operands lie in groups of four k, one group to a word (lowest k in
// the lowest byte): a[k / 4][rows], b[k / 4][columns]; c[rows][columns / 4].

requires packed_4x8_integer_dot_product;

struct Shape {
  rowTiles: u32,
  columnTiles: u32,
  // Products of one element of C.
  products: u32,
  segment: u32,
  passRows: u32,
  // This dispatch begins here: large matrices take several.
  firstRowTile: u32,
}

@group(0) @binding(0) var<storage, read> a: array<vec4u>;
@group(0) @binding(1) var<storage, read> b: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4i>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 8;
override workgroupRows: u32 = 8;

fn dots(row: u32, columns: vec4u) -> vec4i {
  return vec4i(
    dot4I8Packed(row, columns.x),
    dot4I8Packed(row, columns.y),
    dot4I8Packed(row, columns.z),
    dot4I8Packed(row, columns.w),
  );
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let columnTile = id.x;
  let rowTile = id.y + shape.firstRowTile;
  if (columnTile >= shape.columnTiles || rowTile >= shape.rowTiles) {
    return;
  }
  var sum0 = vec4i();
  var sum1 = vec4i();
  var sum2 = vec4i();
  var sum3 = vec4i();
  var sum4 = vec4i();
  var sum5 = vec4i();
  var sum6 = vec4i();
  var sum7 = vec4i();
  for (var group = 0u; 4u * group < shape.products; group += 1u) {
    let upper = a[2u * (group * shape.rowTiles + rowTile)];
    let lower = a[2u * (group * shape.rowTiles + rowTile) + 1u];
    let columns = b[group * shape.columnTiles + columnTile];
    sum0 += dots(upper.x, columns);
    sum1 += dots(upper.y, columns);
    sum2 += dots(upper.z, columns);
    sum3 += dots(upper.w, columns);
    sum4 += dots(lower.x, columns);
    sum5 += dots(lower.y, columns);
    sum6 += dots(lower.z, columns);
    sum7 += dots(lower.w, columns);
  }
  let first = rowTile * 8u * shape.columnTiles + columnTile;
  c[first] = sum0;
  c[first + shape.columnTiles] = sum1;
  c[first + 2u * shape.columnTiles] = sum2;
  c[first + 3u * shape.columnTiles] = sum3;
  c[first + 4u * shape.columnTiles] = sum4;
  c[first + 5u * shape.columnTiles] = sum5;
  c[first + 6u * shape.columnTiles] = sum6;
  c[first + 7u * shape.columnTiles] = sum7;
}

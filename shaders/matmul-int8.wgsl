// C[m, n] = A[m, k] B[k, n] on int8 operands with int32 sums. Integers wrap by specification, so no
// order of summation can change the result.
//
// One invocation per 4 rows x 4 columns. Operands lie in groups of four k, one group to a word (lowest k
// in the lowest byte): a[k / 4][rows], b[k / 4][columns]; c[rows][columns / 4].

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

fn signed(words: vec4u, position: u32) -> vec4i {
  return bitcast<vec4i>(words << vec4u(24u - 8u * position)) >> vec4u(24u);
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
  for (var group = 0u; 4u * group < shape.products; group += 1u) {
    let left = a[group * shape.rowTiles + rowTile];
    let right = b[group * shape.columnTiles + columnTile];
    for (var position = 0u; position < 4u; position += 1u) {
      let rows = signed(left, position);
      let columns = signed(right, position);
      sum0 += rows.x * columns;
      sum1 += rows.y * columns;
      sum2 += rows.z * columns;
      sum3 += rows.w * columns;
    }
  }
  let first = rowTile * 4u * shape.columnTiles + columnTile;
  c[first] = sum0;
  c[first + shape.columnTiles] = sum1;
  c[first + 2u * shape.columnTiles] = sum2;
  c[first + 3u * shape.columnTiles] = sum3;
}

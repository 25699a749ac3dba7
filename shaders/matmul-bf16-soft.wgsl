// C[m, n] = A[m, k] B[k, n] on bf16 operands with fp32 arithmetic done in integers: the guaranteed path.
//
// WGSL promises nothing about rounding, subnormals, infinities or NaN of f32, and everything about u32.
// Round to nearest even; whatever is nonzero and below 2^-126 becomes zero of its sign.
// One invocation per element of C. Operands lie k-major, two bf16 to a word, subnormals already flushed:
//   a[k][rows / 2], b[k][columns / 2], c[rows][columns] as fp32 bit patterns.

struct Shape {
  rows: u32,
  columns: u32,
  k: u32,
  passRows: u32,
}

@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> c: array<u32>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 8;
override workgroupRows: u32 = 8;

const SIGN = 0x80000000u;
const MAGNITUDE = 0x7fffffffu;
const INFINITY = 0x7f800000u;
const NAN = 0x7fc00000u;
const FRACTION = 0x007fffffu;
const HIDDEN_BIT = 0x00800000u;

// Product of two bf16 numbers given as fp32 bits: 8 x 8 significant bits, so exact.
fn multiply(x: u32, y: u32) -> u32 {
  let sign = (x ^ y) & SIGN;
  let left = x & MAGNITUDE;
  let right = y & MAGNITUDE;
  if (left > INFINITY || right > INFINITY) {
    return NAN;
  }
  if (left == 0u || right == 0u) {
    return select(sign, NAN, left == INFINITY || right == INFINITY);
  }
  if (left == INFINITY || right == INFINITY) {
    return sign | INFINITY;
  }
  let significand = ((left & FRACTION) | HIDDEN_BIT) >> 16u;
  let product = significand * (((right & FRACTION) | HIDDEN_BIT) >> 16u);
  let carry = product >> 15u;
  let exponent = i32(left >> 23u) + i32(right >> 23u) - 127 + i32(carry);
  if (exponent <= 0) {
    return sign;
  }
  if (exponent >= 255) {
    return sign | INFINITY;
  }
  return sign | (u32(exponent) << 23u) | ((product << (9u - carry)) & FRACTION);
}

// Sum of two fp32 numbers, neither subnormal.
fn add(x: u32, y: u32) -> u32 {
  let swap = (y & MAGNITUDE) > (x & MAGNITUDE);
  let large = select(x, y, swap);
  let small = select(y, x, swap);
  let top = large & MAGNITUDE;
  let bottom = small & MAGNITUDE;
  if (top >= INFINITY) {
    let invalid = top > INFINITY || (bottom == INFINITY && large != small);
    return select(large, NAN, invalid);
  }
  if (bottom == 0u) {
    return select(large, large & small, top == 0u);
  }
  // 24 significant bits, then 5 guard bits and one that remembers whatever was shifted out.
  let distance = (top >> 23u) - (bottom >> 23u);
  let aligned = ((bottom & FRACTION) | HIDDEN_BIT) << 6u;
  let shift = min(distance, 31u);
  let lost = (aligned & ((1u << shift) - 1u)) != 0u;
  let addend = (aligned >> shift) | select(0u, 1u, lost);
  let base = ((top & FRACTION) | HIDDEN_BIT) << 6u;
  let raw = select(base + addend, base - addend, ((large ^ small) & SIGN) != 0u);
  if (raw == 0u) {
    return 0u;
  }
  // Leading bit to position 30, so that 7 bits are rounded away.
  let zeros = countLeadingZeros(raw);
  let exponent = i32(top >> 23u) + 2 - i32(zeros);
  let sign = large & SIGN;
  if (exponent <= 0) {
    return sign;
  }
  let normal = raw << (zeros - 1u);
  let rounded = (normal + 63u + ((normal >> 7u) & 1u)) >> 7u;
  let bits = (u32(exponent) << 23u) + (rounded - HIDDEN_BIT);
  return sign | min(bits, INFINITY);
}

// The fp32 bits of element `index` of a row of bf16 pairs.
fn element(word: u32, index: u32) -> u32 {
  return select(word & 0xffff0000u, word << 16u, (index & 1u) == 0u);
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y;
  if (column >= shape.columns || row >= shape.rows) {
    return;
  }
  var total = SIGN; // -0, which adding never changes
  for (var start = 0u; start < shape.k; start += shape.passRows) {
    let end = min(start + shape.passRows, shape.k);
    var sum = 0u;
    for (var index = start; index < end; index += 1u) {
      let left = element(a[(index * shape.rows + row) >> 1u], row);
      let right = element(b[(index * shape.columns + column) >> 1u], column);
      sum = add(sum, multiply(left, right));
    }
    total = add(total, sum);
  }
  c[row * shape.columns + column] = total;
}

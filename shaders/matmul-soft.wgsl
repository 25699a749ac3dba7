// C[m, n] = A[m, k] B[k, n] with floating point done in integers: every accumulation model, and the
// guaranteed path where an adapter's own arithmetic is not the reference's.
//
// WGSL promises nothing about rounding, subnormals, infinities or NaN of f32, and everything about u32.
// Numbers are fp32 bit patterns throughout; subnormal operands were flushed before they came here.
// One invocation per element of C. Operands lie k-major: a[k][rows], b[k][columns], bf16 two to a word or
// fp32 one to a word; c[rows][columns].

struct Shape {
  rowTiles: u32,
  columnTiles: u32,
  // Products of one element of C; no pass reaches across a multiple of `segment`.
  products: u32,
  segment: u32,
  passRows: u32,
  // This dispatch begins here: large matrices take several.
  firstRowTile: u32,
}

@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read> b: array<u32>;
@group(0) @binding(2) var<storage, read_write> c: array<u32>;
@group(0) @binding(3) var<uniform> shape: Shape;

override workgroupColumns: u32 = 8;
override workgroupRows: u32 = 8;

// Bits of an operand: 16 (bf16) or 32 (fp32).
override operandBits: u32 = 16;

// How a pass sums its products.
const CHAIN = 0u;
const GROUPS_OF_FOUR = 1u;
const TREE = 2u;
const ALIGNED = 3u;
override model: u32 = CHAIN;

// CHAIN: format and rounding of the accumulator. ALIGNED: `significantBits` is the width of the window.
override significantBits: u32 = 24;
override lowestExponent: i32 = -126;
override highestExponent: i32 = 127;
override towardZero: bool = false;
// ALIGNED: products that are aligned together.
override groupSize: u32 = 1;

const SIGN = 0x80000000u;
const MAGNITUDE = 0x7fffffffu;
const INFINITY = 0x7f800000u;
const NAN = 0x7fc00000u;
const FRACTION = 0x007fffffu;
const HIDDEN_BIT = 0x00800000u;
const BIAS = 127;

// Exponent and significant bits of a floating-point format without subnormals.
struct Format {
  bits: u32,
  lowest: i32,
  highest: i32,
  towardZero: bool,
}

fn float32() -> Format {
  return Format(24u, -126, 127, false);
}

fn accumulatorFormat() -> Format {
  return Format(significantBits, lowestExponent, highestExponent, towardZero);
}

// 24 significant bits of a normal number.
fn significandOf(x: u32) -> u32 {
  return (x & FRACTION) | HIDDEN_BIT;
}

fn exponentOf(x: u32) -> i32 {
  return i32((x & MAGNITUDE) >> 23u);
}

// `significand` has its leading bit, worth 2^(biased - 127), at position 30; its last bit may be a sticky
// one. Rounds, then flushes or overflows.
fn roundTo(format: Format, sign: u32, biased: i32, significand: u32) -> u32 {
  let drop = 31u - format.bits;
  let toEven = (1u << (drop - 1u)) - 1u + ((significand >> drop) & 1u);
  let rounded = (significand + select(toEven, 0u, format.towardZero)) >> drop;
  let exponent = biased + i32(rounded >> format.bits) - BIAS;
  if (exponent < format.lowest) {
    return sign;
  }
  if (exponent > format.highest) {
    let ones = (FRACTION << (24u - format.bits)) & FRACTION;
    let largest = (u32(format.highest + BIAS) << 23u) | ones;
    return sign | select(INFINITY, largest, format.towardZero);
  }
  return sign | (u32(exponent + BIAS) << 23u) | ((rounded << (24u - format.bits)) & FRACTION);
}

// Product of two fp32 numbers; of bf16 numbers it is exact.
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
  // 24 x 24 bits from halves of 12: product = high 2^24 + low.
  let xs = significandOf(x);
  let ys = significandOf(y);
  let cross = (xs >> 12u) * (ys & 0xfffu) + (xs & 0xfffu) * (ys >> 12u);
  let lowest = (xs & 0xfffu) * (ys & 0xfffu) + ((cross & 0xfffu) << 12u);
  let high = (xs >> 12u) * (ys >> 12u) + (cross >> 12u) + (lowest >> 24u);
  let low = lowest & 0xffffffu;
  // Leading bit of `high` is 23 or 22: move it to 30.
  let carry = high >> 23u;
  let significand = ((high << 8u) | (low >> 16u)) >> carry;
  let lost = (low & 0xffffu) != 0u || (carry == 1u && (low & 0x10000u) != 0u);
  return roundTo(float32(), sign, exponentOf(x) + exponentOf(y) - BIAS + i32(carry), significand | u32(lost));
}

// Sum of two fp32 numbers, rounded once to `format`.
fn add(format: Format, x: u32, y: u32) -> u32 {
  let swap = (y & MAGNITUDE) > (x & MAGNITUDE);
  let large = select(x, y, swap);
  let small = select(y, x, swap);
  let top = large & MAGNITUDE;
  let bottom = small & MAGNITUDE;
  if (top >= INFINITY) {
    let invalid = top > INFINITY || (bottom == INFINITY && large != small);
    return select(large, NAN, invalid);
  }
  if (top == 0u) {
    return large & small;
  }
  // 6 bits below the significand, of which the last remembers whatever was shifted out.
  var addend = 0u;
  if (bottom != 0u) {
    let aligned = significandOf(small) << 6u;
    let shift = u32(min(exponentOf(large) - exponentOf(small), 31));
    addend = (aligned >> shift) | u32((aligned & ((1u << shift) - 1u)) != 0u);
  }
  let base = significandOf(large) << 6u;
  let raw = select(base + addend, base - addend, ((large ^ small) & SIGN) != 0u);
  if (raw == 0u) {
    return 0u;
  }
  let zeros = countLeadingZeros(raw);
  return roundTo(format, large & SIGN, exponentOf(large) + 2 - i32(zeros), raw << (zeros - 1u));
}

// The fp32 bits of element `index` of an operand.
fn element(word: u32, index: u32) -> u32 {
  if (operandBits == 32u) {
    return word;
  }
  return select(word & 0xffff0000u, word << 16u, (index & 1u) == 0u);
}

fn wordOf(index: u32) -> u32 {
  return select(index >> 1u, index, operandBits == 32u);
}

fn product(row: u32, column: u32, index: u32) -> u32 {
  let left = index * shape.rowTiles + row;
  let right = index * shape.columnTiles + column;
  return multiply(element(a[wordOf(left)], left), element(b[wordOf(right)], right));
}

fn sumChain(row: u32, column: u32, start: u32, end: u32) -> u32 {
  var sum = 0u;
  for (var index = start; index < end; index += 1u) {
    sum = add(accumulatorFormat(), sum, product(row, column, index));
  }
  return sum;
}

// Every fp32 number is a whole number of 2^-149. Nine words hold any sum of four, in two's complement.
const WORDS = 9u;

// Adds a normal number to an exact sum.
fn addExactly(words: ptr<function, array<u32, 9>>, x: u32) {
  let offset = u32(exponentOf(x) - 1);
  let first = offset >> 5u;
  let shift = offset & 31u;
  let negate = (x & SIGN) != 0u;
  let significand = significandOf(x);
  var addend = significand << shift;
  var above = select(significand >> (32u - max(shift, 1u)), 0u, shift == 0u);
  var carry = 0u;
  for (var word = first; word < WORDS; word += 1u) {
    let old = (*words)[word];
    if (negate) {
      let difference = old - addend;
      let result = difference - carry;
      carry = u32(old < addend) + u32(difference < carry);
      (*words)[word] = result;
    } else {
      let total = old + addend;
      let result = total + carry;
      carry = u32(total < old) + u32(result < total);
      (*words)[word] = result;
    }
    addend = above;
    above = 0u;
    if (addend == 0u && carry == 0u) {
      break;
    }
  }
}

fn roundExactSum(words: ptr<function, array<u32, 9>>) -> u32 {
  let sign = (*words)[WORDS - 1u] & SIGN;
  var carry = select(0u, 1u, sign != 0u);
  var top = 0u;
  for (var word = 0u; word < WORDS; word += 1u) {
    if (sign != 0u) {
      let flipped = ~(*words)[word];
      (*words)[word] = flipped + carry;
      carry = u32(carry == 1u && flipped == 0xffffffffu);
    }
    top = select(top, word, (*words)[word] != 0u);
  }
  let high = (*words)[top];
  if (high == 0u) {
    return 0u;
  }
  let low = select(0u, (*words)[max(top, 1u) - 1u], top > 0u);
  var lost = false;
  for (var word = 0u; word + 1u < top; word += 1u) {
    lost = lost || (*words)[word] != 0u;
  }
  let zeros = countLeadingZeros(high);
  let head = (high << zeros) | select(low >> (32u - max(zeros, 1u)), 0u, zeros == 0u);
  lost = lost || (low << zeros) != 0u || (head & 1u) != 0u;
  let biased = i32(top * 32u + 31u - zeros) - 22;
  return roundTo(float32(), sign, biased, (head >> 1u) | u32(lost));
}

// Sum of four numbers, rounded once; -0 only if all of them are -0.
fn addFour(x: vec4u) -> u32 {
  let magnitudes = x & vec4u(MAGNITUDE);
  if (any(magnitudes >= vec4u(INFINITY))) {
    let infinite = magnitudes == vec4u(INFINITY);
    let negative = (x & vec4u(SIGN)) != vec4u();
    let up = any(infinite & !negative);
    let down = any(infinite & negative);
    let invalid = any(magnitudes > vec4u(INFINITY)) || (up && down);
    return select(INFINITY | select(0u, SIGN, down), NAN, invalid);
  }
  if (all(magnitudes == vec4u())) {
    return x.x & x.y & x.z & x.w;
  }
  var words = array<u32, 9>();
  for (var index = 0u; index < 4u; index += 1u) {
    if (magnitudes[index] != 0u) {
      addExactly(&words, x[index]);
    }
  }
  return roundExactSum(&words);
}

fn sumGroupsOfFour(row: u32, column: u32, start: u32, end: u32) -> u32 {
  var sum = 0u;
  for (var first = start; first < end; first += 4u) {
    var four = vec4u(SIGN);
    for (var index = first; index < min(first + 4u, end); index += 1u) {
      four[index - first] = product(row, column, index);
    }
    sum = add(float32(), sum, addFour(four));
  }
  return sum;
}

// A stack of finished subtrees, sizes falling: bit i of the count so far says that one of size 2^i waits.
fn sumTree(row: u32, column: u32, start: u32, end: u32) -> u32 {
  var waiting = array<u32, 32>();
  var depth = 0u;
  for (var index = start; index < end; index += 1u) {
    var sum = product(row, column, index);
    for (var count = index - start; (count & 1u) == 1u; count >>= 1u) {
      depth -= 1u;
      sum = add(float32(), waiting[depth], sum);
    }
    waiting[depth] = sum;
    depth += 1u;
  }
  var sum = waiting[depth - 1u];
  for (var level = depth - 1u; level > 0u; level -= 1u) {
    sum = add(float32(), waiting[level - 1u], sum);
  }
  return sum;
}

// Whole units of a number, cut towards zero, where `largest` is the biased exponent of a window's top bit.
fn unitsOf(x: u32, largest: i32) -> i32 {
  if ((x & MAGNITUDE) == 0u) {
    return 0;
  }
  let shift = min(u32(largest - exponentOf(x)) + 24u - significantBits, 31u);
  let units = i32(significandOf(x) >> shift);
  return select(units, -units, (x & SIGN) != 0u);
}

fn sumAligned(row: u32, column: u32, start: u32, end: u32) -> u32 {
  var sum = 0u;
  var values = array<u32, 32>();
  for (var first = start; first < end; first += groupSize) {
    let count = min(groupSize, end - first);
    var largest = exponentOf(sum);
    var plain = sum;
    for (var index = 0u; index < count; index += 1u) {
      let value = product(row, column, first + index);
      values[index] = value;
      largest = max(largest, exponentOf(value));
      if (exponentOf(value) == 255) {
        plain = add(float32(), select(0u, plain, exponentOf(plain) == 255), value);
      }
    }
    if (largest == 255) {
      sum = plain;
      continue;
    }
    var units = unitsOf(sum, largest);
    for (var index = 0u; index < count; index += 1u) {
      units += unitsOf(values[index], largest);
    }
    sum = 0u;
    if (units != 0) {
      let magnitude = u32(abs(units));
      let zeros = countLeadingZeros(magnitude);
      let biased = largest + 32 - i32(significantBits) - i32(zeros);
      let window = Format(significantBits, -126, 127, true);
      sum = roundTo(window, select(0u, SIGN, units < 0), biased, (magnitude << zeros) >> 1u);
    }
  }
  return sum;
}

fn sumPass(row: u32, column: u32, start: u32, end: u32) -> u32 {
  switch (model) {
    case GROUPS_OF_FOUR: {
      return sumGroupsOfFour(row, column, start, end);
    }
    case TREE: {
      return sumTree(row, column, start, end);
    }
    case ALIGNED: {
      return sumAligned(row, column, start, end);
    }
    default: {
      return sumChain(row, column, start, end);
    }
  }
}

@compute @workgroup_size(workgroupColumns, workgroupRows)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let column = id.x;
  let row = id.y + shape.firstRowTile;
  if (column >= shape.columnTiles || row >= shape.rowTiles) {
    return;
  }
  var total = SIGN; // -0, which adding never changes
  for (var segment = 0u; segment < shape.products; segment += shape.segment) {
    let end = segment + shape.segment;
    for (var start = segment; start < end; start += shape.passRows) {
      total = add(float32(), total, sumPass(row, column, start, min(start + shape.passRows, end)));
    }
  }
  c[row * shape.columnTiles + column] = total;
}

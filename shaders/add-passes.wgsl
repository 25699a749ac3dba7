// C[i] = the sums of all passes of element i, added in order; the first is written. Passes do not depend on
// each other, so a kernel may compute them side by side, and the order of summation is still the array's.
//   sums[pass][elements / 4], c[elements / 4]

struct Shape {
  vectors: u32,
  passes: u32,
}

@group(0) @binding(0) var<storage, read> sums: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> c: array<vec4f>;
@group(0) @binding(2) var<uniform> shape: Shape;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  for (var at = id.x; at < shape.vectors; at += groups.x * 64u) {
    var total = sums[at];
    for (var index = 1u; index < shape.passes; index += 1u) {
      total += sums[index * shape.vectors + at];
    }
    c[at] = total;
  }
}

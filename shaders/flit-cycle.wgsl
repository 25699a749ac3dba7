// One cycle of a torus of virtual-channel routers and of the nodes that feed them, one invocation a router.
// The same as src/ici/flit-network.ts, flit-allocators.ts and traffic.ts, bit for bit; they tell why.
//
// What a router sends another arrives cycles later, so that all may go on at once: it writes a slot of a line
// that is read in another cycle. Everything else is its own.

struct Network {
  nodes: i32,
  axes: i32,
  ports: i32,
  depth: i32,
  extent: vec4<i32>,
  stride: vec4<i32>,
  // Steps that a turn of any twisted axis makes along each axis, and whether an axis is so twisted.
  shift: vec4<i32>,
  turns: vec4<i32>,
  packetFlits: i32,
  // 0 warming up, 1 measuring, 2 draining.
  phase: i32,
  drainCycle: i32,
  // 1 where every throw of the dice makes a packet.
  always: i32,
  threshold: u32,
  seed: u32,
  // 1 where packets go anywhere.
  uniformTraffic: i32,
}

@group(0) @binding(0) var<uniform> net: Network;
// Input virtual channels: CHANNEL_WORDS each. Output virtual channels, then those of nodes that inject:
// OUTPUT_WORDS each.
@group(0) @binding(1) var<storage, read_write> channels: array<i32>;
@group(0) @binding(2) var<storage, read_write> outputs: array<i32>;
// Flits held: tag and word of each, by channel and slot.
@group(0) @binding(3) var<storage, read_write> held: array<vec2<i32>>;
// By port: three turns of the switch allocator and the flits sent.
@group(0) @binding(4) var<storage, read_write> ports: array<i32>;
// By port and slot: a flit on its way into it (channel + 1, tag, word), in w a credit (channel + 1) for it.
// The port of the node holds what enters the router; behind all ports, by node, what leaves it, and in w the
// credit that comes back for that.
@group(0) @binding(5) var<storage, read_write> lines: array<vec4<i32>>;
@group(0) @binding(6) var<storage, read_write> nodeWords: array<i32>;
// Neighbours by node and port, steps and hops by displacement and ties, destinations by node.
@group(0) @binding(7) var<storage, read> tables: array<i32>;

override workgroupSize: u32 = 64;
override vcs: i32 = 2;

const MAX_PORTS = 7;
const MAX_CHANNELS = 56;
const SLOTS = 8;

const CHANNEL_WORDS = 6;
const STATE = 0;
const OUT_PORT = 1;
// First output channel asked for, or the one given, within the router.
const OUT_CHANNEL = 2;
const FIRST = 3;
const HELD = 4;
const ACCEPT_TURN = 5;

const OUTPUT_WORDS = 3;
const CREDITS = 0;
const TAKEN = 1;
const GRANT_TURN = 2;

const PORT_WORDS = 4;
const SWITCH_GRANT_TURN = 0;
const SWITCH_ACCEPT_TURN = 1;
const LABEL_TURN = 2;
const SENT = 3;

const NODE_WORDS = 16;
const CYCLE = 0;
const NEXT_CYCLE = 1;
const WAITING = 2;
const WORD = 3;
const CREATED = 4;
const CHANNEL = 5;
const ACCEPTED = 6;
const DELIVERED = 7;
const LATENCY = 8;
const HOPS = 9;
const OPEN = 10;
const OPEN_CREATED = 11;

const IDLE = 0;
const ROUTING = 1;
const ALLOCATING = 2;
const ACTIVE = 3;

const HOP_CYCLES = 4;
const EJECT_CYCLES = 3;
const INJECT_CYCLES = 2;
const CREDIT_CYCLES = 3;
const INJECT_CREDIT_CYCLES = 2;
const EJECT_CREDIT_CYCLES = 5;

const HEAD = 1 << 24u;
const TAIL = 1 << 25u;
const MEASURED = 1 << 26u;
const UPPER_CLASS = 1 << 27u;
const TIES = 8;
const NOBODY = 0x7fffffff;

fn mixed(value: u32) -> u32 {
  var word = value;
  word ^= word >> 16u;
  word *= 0x7feb352du;
  word ^= word >> 15u;
  word *= 0x846ca68bu;
  return word ^ (word >> 16u);
}

fn random(node: i32, cycle: i32, draw: u32) -> u32 {
  return mixed(mixed(mixed(net.seed ^ (u32(node) * 0x9e3779b9u)) ^ u32(cycle)) + draw * 0x85ebca6bu);
}

fn stepsAlong(word: i32, axis: i32) -> i32 {
  return (word << u32(24 - 8 * axis)) >> 24u;
}

fn afterStep(word: i32, axis: i32) -> i32 {
  let steps = stepsAlong(word, axis);
  let left = select(steps + 1, steps - 1, steps > 0);
  let shift = u32(8 * axis);
  return (word & ~(0xff << shift)) | ((left & 0xff) << shift);
}

fn wrapped(difference: i32, size: i32) -> i32 {
  return select(difference, difference + size, difference < 0);
}

fn after(place: i32, size: i32) -> i32 {
  return select(place + 1, 0, place + 1 == size);
}

fn coordinate(node: i32, axis: i32) -> i32 {
  return (node / net.stride[axis]) % net.extent[axis];
}

fn lineAt(port: i32, cycle: i32) -> i32 {
  return port * SLOTS + (cycle & (SLOTS - 1));
}

// Where steps and hops from `source` to `destination` lie in the tables, beyond the neighbours.
fn routeEntry(source: i32, destination: i32, ties: i32) -> i32 {
  var node = 0;
  var turned = 0;
  for (var axis = 0; axis < net.axes; axis++) {
    var delta = coordinate(destination, axis) - coordinate(source, axis);
    if (delta < 0) {
      delta += net.extent[axis];
      turned += net.turns[axis];
    }
    node += delta * net.stride[axis];
  }
  if ((turned & 1) == 1) {
    for (var axis = 0; axis < net.axes; axis++) {
      let at = coordinate(node, axis);
      node += ((at + net.shift[axis]) % net.extent[axis] - at) * net.stride[axis];
    }
  }
  return net.nodes * net.axes * 2 + node * TIES + ties;
}

fn retire(node: i32, words: i32, cycle: i32, flit: vec4<i32>) {
  nodeWords[words + ACCEPTED] += 1;
  if ((flit.z & TAIL) == 0 || (flit.z & MEASURED) == 0) {
    return;
  }
  nodeWords[words + DELIVERED] += 1;
  nodeWords[words + OPEN] -= 1;
  nodeWords[words + OPEN_CREATED] -= flit.y;
  nodeWords[words + LATENCY] += cycle - flit.y;
}

fn makePacket(node: i32, words: i32, now: i32) {
  loop {
    let cycle = nodeWords[words + NEXT_CYCLE];
    if (cycle > now) {
      return;
    }
    nodeWords[words + NEXT_CYCLE] = cycle + 1;
    if (net.always == 0 && random(node, cycle, 0u) >= net.threshold) {
      continue;
    }
    let tablesHalf = net.nodes * TIES;
    var destination = i32(random(node, cycle, 1u) % u32(net.nodes));
    if (net.uniformTraffic == 0) {
      destination = tables[net.nodes * net.axes * 2 + 2 * tablesHalf + node];
    }
    let entry = routeEntry(node, destination, i32(random(node, cycle, 2u) & 7u));
    let measured = net.phase == 1 || (net.phase == 2 && cycle < net.drainCycle);
    nodeWords[words + CREATED] = cycle;
    nodeWords[words + WORD] = tables[entry] | HEAD | select(0, MEASURED, measured);
    nodeWords[words + WAITING] = net.packetFlits;
    if (measured) {
      nodeWords[words + OPEN] += 1;
      nodeWords[words + OPEN_CREATED] += cycle;
      nodeWords[words + HOPS] += tables[entry + tablesHalf];
    }
    return;
  }
}

fn injectionChannel(node: i32, channel: i32) -> i32 {
  return (net.nodes * net.ports + node) * vcs + channel;
}

fn injectFlit(node: i32, words: i32, now: i32) {
  let local = node * net.ports + net.ports - 1;
  var word = nodeWords[words + WORD];
  var channel = nodeWords[words + CHANNEL];
  if ((word & HEAD) != 0) {
    var tried = 0;
    loop {
      channel = after(channel, vcs);
      tried += 1;
      if (tried == vcs || outputs[injectionChannel(node, channel) * OUTPUT_WORDS + CREDITS] > 0) {
        break;
      }
    }
  }
  let credits = injectionChannel(node, channel) * OUTPUT_WORDS + CREDITS;
  if (outputs[credits] == 0) {
    return;
  }
  outputs[credits] -= 1;
  nodeWords[words + CHANNEL] = channel;
  nodeWords[words + WORD] = word & ~HEAD;
  nodeWords[words + WAITING] -= 1;
  if (nodeWords[words + WAITING] == 0) {
    word |= TAIL;
  }
  let line = lineAt(local, now + INJECT_CYCLES);
  lines[line].x = channel + 1;
  lines[line].y = nodeWords[words + CREATED];
  lines[line].z = word;
}

fn receive(node: i32, port: i32, now: i32) {
  let line = lineAt(node * net.ports + port, now);
  let flit = lines[line];
  if (flit.x == 0) {
    return;
  }
  lines[line].x = 0;
  let channel = (node * net.ports + port) * vcs + flit.x - 1;
  let at = channel * CHANNEL_WORDS;
  var slot = channels[at + FIRST] + channels[at + HELD];
  if (slot >= net.depth) {
    slot -= net.depth;
  }
  held[channel * net.depth + slot] = flit.yz;
  channels[at + HELD] += 1;
  if (channels[at + STATE] == IDLE) {
    channels[at + STATE] = ROUTING;
  }
}

fn classOf(word: i32, axis: i32, steps: i32, node: i32, inPort: i32) -> i32 {
  let at = coordinate(node, axis);
  let turning = (inPort >> 1u) != axis;
  let upper = word | UPPER_CLASS;
  let lower = word & ~UPPER_CLASS;
  if (any(net.turns != vec4<i32>(0))) {
    let wrapsNow = select(at == 0, at == net.extent[axis] - 1, steps > 0);
    return select(select(word, lower, turning), upper, wrapsNow);
  }
  if (!turning) {
    return word;
  }
  let wraps = at + steps < 0 || at + steps >= net.extent[axis];
  return select(lower, upper, wraps == (steps > 0));
}

fn route(node: i32, place: i32) {
  let channel = node * net.ports * vcs + place;
  let at = channel * CHANNEL_WORDS;
  if (channels[at + STATE] != ROUTING) {
    return;
  }
  let flit = channel * net.depth + channels[at + FIRST];
  let word = held[flit].y;
  var axis = 0;
  var steps = stepsAlong(word, 0);
  while (steps == 0 && axis + 1 < net.axes) {
    axis += 1;
    steps = stepsAlong(word, axis);
  }
  var port = net.ports - 1;
  var half = 0;
  if (steps != 0) {
    port = 2 * axis + select(1, 0, steps > 0);
    let next = classOf(word, axis, steps, node, place / vcs);
    held[flit].y = next;
    half = select(0, vcs / 2, (next & UPPER_CLASS) != 0);
  }
  channels[at + OUT_PORT] = port;
  channels[at + OUT_CHANNEL] = port * vcs + half;
  channels[at + STATE] = ALLOCATING;
}

// Returns the places that have got an output channel just now, as bits: they ask for the switch next cycle.
fn allocateChannels(node: i32) -> vec2<u32> {
  let size = net.ports * vcs;
  let base = node * size;
  var best: array<i32, MAX_CHANNELS>;
  var winner: array<i32, MAX_CHANNELS>;
  var asked = false;
  for (var place = 0; place < size; place++) {
    best[place] = NOBODY;
  }
  for (var place = 0; place < size; place++) {
    let at = (base + place) * CHANNEL_WORDS;
    if (channels[at + STATE] != ALLOCATING) {
      continue;
    }
    let first = channels[at + OUT_CHANNEL];
    let count = select(vcs / 2, vcs, channels[at + OUT_PORT] == net.ports - 1);
    for (var output = first; output < first + count; output++) {
      let out = (base + output) * OUTPUT_WORDS;
      if (outputs[out + TAKEN] != 0) {
        continue;
      }
      asked = true;
      let turn = wrapped(place - outputs[out + GRANT_TURN], size);
      if (turn < best[output]) {
        best[output] = turn;
        winner[output] = place;
      }
    }
  }
  var fresh = vec2<u32>(0u);
  if (!asked) {
    return fresh;
  }
  for (var place = 0; place < size; place++) {
    let at = (base + place) * CHANNEL_WORDS;
    if (channels[at + STATE] != ALLOCATING) {
      continue;
    }
    let first = channels[at + OUT_CHANNEL];
    let count = select(vcs / 2, vcs, channels[at + OUT_PORT] == net.ports - 1);
    var accepted = -1;
    var least = NOBODY;
    for (var output = first; output < first + count; output++) {
      if (best[output] == NOBODY || winner[output] != place) {
        continue;
      }
      let turn = wrapped(output - channels[at + ACCEPT_TURN], size);
      if (turn < least) {
        least = turn;
        accepted = output;
      }
    }
    if (accepted < 0) {
      continue;
    }
    let out = (base + accepted) * OUTPUT_WORDS;
    outputs[out + GRANT_TURN] = after(place, size);
    outputs[out + TAKEN] = 1;
    channels[at + ACCEPT_TURN] = after(accepted, size);
    channels[at + OUT_CHANNEL] = accepted;
    channels[at + STATE] = ACTIVE;
    if (place < 32) {
      fresh.x |= 1u << u32(place);
    } else {
      fresh.y |= 1u << u32(place - 32);
    }
  }
  return fresh;
}

fn allocateSwitch(node: i32, fresh: vec2<u32>, now: i32) {
  let count = net.ports;
  var label: array<i32, MAX_PORTS * MAX_PORTS>;
  for (var pair = 0; pair < count * count; pair++) {
    label[pair] = -1;
  }
  for (var place = 0; place < count * vcs; place++) {
    let bits = select(fresh.x >> u32(place & 31), fresh.y >> u32(place & 31), place >= 32);
    let at = (node * count * vcs + place) * CHANNEL_WORDS;
    if ((bits & 1u) == 1u || channels[at + STATE] != ACTIVE || channels[at + HELD] == 0) {
      continue;
    }
    let out = channels[at + OUT_PORT];
    let credits = outputs[(node * count * vcs + channels[at + OUT_CHANNEL]) * OUTPUT_WORDS + CREDITS];
    if (credits == 0) {
      continue;
    }
    let port = place / vcs;
    let vc = place - port * vcs;
    let pair = port * count + out;
    let turn = ports[(node * count + port) * PORT_WORDS + LABEL_TURN];
    if (label[pair] < 0 || wrapped(vc - turn, vcs) < wrapped(label[pair] - turn, vcs)) {
      label[pair] = vc;
    }
  }
  var winner: array<i32, MAX_PORTS>;
  for (var out = 0; out < count; out++) {
    winner[out] = -1;
    var least = NOBODY;
    for (var port = 0; port < count; port++) {
      if (label[port * count + out] < 0) {
        continue;
      }
      let turn = wrapped(port - ports[(node * count + out) * PORT_WORDS + SWITCH_GRANT_TURN], count);
      if (turn < least) {
        least = turn;
        winner[out] = port;
      }
    }
  }
  for (var port = 0; port < count; port++) {
    let at = (node * count + port) * PORT_WORDS;
    var accepted = -1;
    var least = NOBODY;
    for (var out = 0; out < count; out++) {
      if (winner[out] != port) {
        continue;
      }
      let turn = wrapped(out - ports[at + SWITCH_ACCEPT_TURN], count);
      if (turn < least) {
        least = turn;
        accepted = out;
      }
    }
    if (accepted < 0) {
      continue;
    }
    let vc = label[port * count + accepted];
    ports[(node * count + accepted) * PORT_WORDS + SWITCH_GRANT_TURN] = after(port, count);
    ports[at + SWITCH_ACCEPT_TURN] = after(accepted, count);
    ports[at + LABEL_TURN] = after(vc, vcs);
    send(node, port, vc, now);
  }
}

fn send(node: i32, port: i32, vc: i32, now: i32) {
  let local = net.ports - 1;
  let channel = (node * net.ports + port) * vcs + vc;
  let at = channel * CHANNEL_WORDS;
  let first = channels[at + FIRST];
  let flit = held[channel * net.depth + first];
  channels[at + FIRST] = after(first, net.depth);
  channels[at + HELD] -= 1;

  if (port == local) {
    lines[lineAt(node * net.ports + local, now + INJECT_CREDIT_CYCLES)].w = vc + 1;
  } else {
    let upstream = tables[node * net.axes * 2 + port];
    lines[lineAt(upstream * net.ports + (port ^ 1), now + CREDIT_CYCLES)].w = vc + 1;
  }

  let out = channels[at + OUT_PORT];
  let outChannel = channels[at + OUT_CHANNEL];
  let output = (node * net.ports * vcs + outChannel) * OUTPUT_WORDS;
  outputs[output + CREDITS] -= 1;
  if (out == local) {
    lines[lineAt(net.nodes * net.ports + node, now + EJECT_CREDIT_CYCLES)].w = outChannel - out * vcs + 1;
    let line = lineAt(net.nodes * net.ports + node, now + EJECT_CYCLES);
    lines[line].x = 1;
    lines[line].y = flit.x;
    lines[line].z = flit.y;
  } else {
    ports[(node * net.ports + out) * PORT_WORDS + SENT] += 1;
    let downstream = tables[node * net.axes * 2 + out];
    let line = lineAt(downstream * net.ports + (out ^ 1), now + HOP_CYCLES);
    lines[line].x = outChannel - out * vcs + 1;
    lines[line].y = flit.x;
    lines[line].z = afterStep(flit.y, out >> 1u);
  }
  if ((flit.y & TAIL) != 0) {
    outputs[output + TAKEN] = 0;
    channels[at + STATE] = select(ROUTING, IDLE, channels[at + HELD] == 0);
  }
}

@compute @workgroup_size(workgroupSize)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let node = i32(id.x);
  if (node >= net.nodes) {
    return;
  }
  let words = node * NODE_WORDS;
  let now = nodeWords[words + CYCLE];
  nodeWords[words + CYCLE] = now + 1;

  for (var port = 0; port < net.ports; port++) {
    let line = lineAt(node * net.ports + port, now);
    let credit = lines[line].w;
    if (credit > 0) {
      lines[line].w = 0;
      let output = (node * net.ports + port) * vcs + credit - 1;
      let channel = select(output, injectionChannel(node, credit - 1), port == net.ports - 1);
      outputs[channel * OUTPUT_WORDS + CREDITS] += 1;
    }
  }
  let leaving = lineAt(net.nodes * net.ports + node, now);
  let returned = lines[leaving].w;
  if (returned > 0) {
    lines[leaving].w = 0;
    let output = (node * net.ports + net.ports - 1) * vcs + returned - 1;
    outputs[output * OUTPUT_WORDS + CREDITS] += 1;
  }
  if (lines[leaving].x != 0) {
    retire(node, words, now, lines[leaving]);
    lines[leaving].x = 0;
  }

  if (nodeWords[words + WAITING] == 0) {
    makePacket(node, words, now);
  }
  if (nodeWords[words + WAITING] > 0) {
    injectFlit(node, words, now);
  }

  for (var port = 0; port < net.ports; port++) {
    receive(node, port, now);
  }
  let fresh = allocateChannels(node);
  for (var place = 0; place < net.ports * vcs; place++) {
    route(node, place);
  }
  allocateSwitch(node, fresh, now);
}

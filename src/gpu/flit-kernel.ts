import { assert } from '../base/assert.ts';
import { ceilDiv } from '../base/integers.ts';
import { InputError } from '../base/result.ts';
import { checkFlitTorus } from '../ici/flit-config.ts';
import { RouteTable } from '../ici/route-table.ts';
import type { Torus } from '../ici/topology.ts';
import { destinations } from '../ici/traffic-pattern.ts';
import { checkTraffic, type TrafficRequest } from '../ici/traffic-request.ts';
import type { TrafficCounters } from '../ici/traffic-run.ts';
import { packetThreshold } from '../ici/traffic-stream.ts';

/** Synthetic traffic on routers that a GPU steps all at once: the twin of `TrafficRun`, the same bits. */
export interface GpuTrafficRun {
  /** Submits that many cycles. */
  advance(cycles: number): void;
  beginMeasuring(): void;
  endMeasuring(): void;
  counters(): Promise<TrafficCounters>;
  dispose(): void;
}

const WORKGROUP = 64;
/** A submit holds at most so many cycles: a display must not wait for longer. */
const CYCLES_PER_SUBMIT = 512;
/** What the shader's arrays hold. */
const MAX_GPU_CHANNELS = 8;

const WARMING = 0;
const MEASURING = 1;
const DRAINING = 2;

// The shader's words of a channel, an output channel, a port and a node, and their places.
const SLOTS = 8;
const CHANNEL_WORDS = 6;
const OUTPUT_WORDS = 3;
const PORT_WORDS = 4;
const PORT_SENT = 3;
const NODE_WORDS = 16;
const NODE_NEXT_CYCLE = 1;
const NODE_CHANNEL = 5;
const NODE_ACCEPTED = 6;
const NODE_DELIVERED = 7;
const NODE_LATENCY = 8;
const NODE_HOPS = 9;
const NODE_OPEN = 10;
const NODE_OPEN_CREATED = 11;
const UNIFORM_WORDS = 28;
const PHASE_WORD = 21;
const DRAIN_WORD = 22;

/**
 * @param source text of `shaders/flit-cycle.wgsl`
 * Throws an `InputError` for what the model or this GPU cannot hold.
 */
export async function createGpuTrafficRun(
  device: GPUDevice,
  source: string,
  torus: Torus,
  request: TrafficRequest,
): Promise<GpuTrafficRun> {
  checkTraffic(torus, request);
  checkFlitTorus(torus, request);
  const { virtualChannels } = request;
  if (request.random === 'booksim') {
    throw new InputError('random', "the GPU throws the counter's dice: those of BookSim come one by one");
  }
  if (request.routing === 'adaptive' || request.localPorts === 'one-a-link') {
    throw new InputError('torus', 'the GPU routes in dimension order from one port a node');
  }
  if (virtualChannels > MAX_GPU_CHANNELS) {
    throw new InputError('vcs', `the GPU holds at most ${MAX_GPU_CHANNELS}, found ${virtualChannels}`);
  }
  const pipeline = await device.createComputePipelineAsync({
    label: 'flit cycle',
    layout: 'auto',
    compute: {
      module: device.createShaderModule({ label: 'flit cycle', code: source }),
      constants: { workgroupSize: WORKGROUP, vcs: virtualChannels },
    },
  });
  return startRun(device, pipeline, torus, request);
}

function startRun(
  device: GPUDevice,
  pipeline: GPUComputePipeline,
  torus: Torus,
  request: TrafficRequest,
): GpuTrafficRun {
  const ports = torus.nodes * (2 * torus.axes + 1);
  const channels = ports * request.virtualChannels;
  const buffers: GPUBuffer[] = [];
  const create = (words: Int32Array<ArrayBuffer>, usage: GPUBufferUsageFlags): GPUBuffer => {
    if (words.byteLength > device.limits.maxStorageBufferBindingSize) {
      throw new InputError('torus', `needs a buffer of ${words.byteLength} bytes, more than this GPU gives`);
    }
    const buffer = device.createBuffer({
      size: words.byteLength,
      usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC,
    });
    device.queue.writeBuffer(buffer, 0, words);
    buffers.push(buffer);
    return buffer;
  };
  const storage = (words: Int32Array<ArrayBuffer>): GPUBuffer => create(words, GPUBufferUsage.STORAGE);

  const outputs = new Int32Array((channels + torus.nodes * request.virtualChannels) * OUTPUT_WORDS);
  for (let word = 0; word < outputs.length; word += OUTPUT_WORDS) outputs[word] = request.bufferFlits;
  const nodes = new Int32Array(torus.nodes * NODE_WORDS);
  for (let node = 0; node < torus.nodes; node++) {
    nodes[node * NODE_WORDS + NODE_CHANNEL] = request.virtualChannels - 1;
  }
  const uniform = create(uniformWords(torus, request), GPUBufferUsage.UNIFORM);
  const portBuffer = storage(new Int32Array(ports * PORT_WORDS));
  const nodeBuffer = storage(nodes);
  const bindings = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [
      uniform,
      storage(new Int32Array(channels * CHANNEL_WORDS)),
      storage(outputs),
      storage(new Int32Array(channels * request.bufferFlits * 2)),
      portBuffer,
      storage(new Int32Array((ports + torus.nodes) * SLOTS * 4)),
      nodeBuffer,
      storage(tableWords(torus, request)),
    ].map((buffer, binding) => ({ binding, resource: { buffer } })),
  });

  // Counters as they were when measuring began: what came before is taken off.
  const portsBefore = storage(new Int32Array(ports * PORT_WORDS));
  const nodesBefore = storage(new Int32Array(torus.nodes * NODE_WORDS));

  let cycle = 0;
  const setUniform = (word: number, value: number): void => {
    device.queue.writeBuffer(uniform, word * 4, Int32Array.of(value));
  };
  const submit = (encode: (encoder: GPUCommandEncoder) => void): void => {
    const encoder = device.createCommandEncoder();
    encode(encoder);
    device.queue.submit([encoder.finish()]);
  };

  return {
    advance: (cycles) => {
      for (let left = cycles; left > 0; left -= CYCLES_PER_SUBMIT) {
        submit((encoder) => {
          const pass = encoder.beginComputePass();
          pass.setPipeline(pipeline);
          pass.setBindGroup(0, bindings);
          for (let count = Math.min(left, CYCLES_PER_SUBMIT); count > 0; count--) {
            pass.dispatchWorkgroups(ceilDiv(torus.nodes, WORKGROUP));
          }
          pass.end();
        });
      }
      cycle += cycles;
    },
    beginMeasuring: () => {
      setUniform(PHASE_WORD, MEASURING);
      submit((encoder) => {
        encoder.copyBufferToBuffer(portBuffer, 0, portsBefore, 0, portBuffer.size);
        encoder.copyBufferToBuffer(nodeBuffer, 0, nodesBefore, 0, nodeBuffer.size);
      });
    },
    endMeasuring: () => {
      setUniform(PHASE_WORD, DRAINING);
      setUniform(DRAIN_WORD, cycle);
    },
    counters: async () => {
      const [portWords, nodeWords, portsThen, nodesThen] = await readBack(device, [
        portBuffer,
        nodeBuffer,
        portsBefore,
        nodesBefore,
      ]);
      return countersFrom(torus, cycle, portWords, nodeWords, portsThen, nodesThen);
    },
    dispose: () => {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

/** The shader's `Network`. */
function uniformWords(torus: Torus, request: TrafficRequest): Int32Array<ArrayBuffer> {
  const threshold = packetThreshold(request);
  const byAxis = (value: (axis: number) => number): number[] =>
    [0, 1, 2, 3].map((axis) => (axis < torus.axes ? value(axis) : 1));
  const words = Int32Array.of(
    torus.nodes,
    torus.axes,
    2 * torus.axes + 1,
    request.bufferFlits,
    ...byAxis((axis) => torus.shape[axis]),
    ...byAxis((axis) => torus.strides[axis]),
    ...[0, 1, 2, 3].map((axis) => (axis < torus.axes ? Math.max(...torus.twist.map((row) => row[axis])) : 0)),
    ...[0, 1, 2, 3].map((axis) => (torus.twist[axis]?.some((shift) => shift > 0) ? 1 : 0)),
    request.packetFlits,
    WARMING,
    0,
    threshold >= 2 ** 32 ? 1 : 0,
    threshold,
    request.seed,
    request.pattern === 'uniform' ? 1 : 0,
    0,
  );
  assert(words.length === UNIFORM_WORDS, 'the uniform block has the length that the shader reads');
  return words;
}

/** Neighbours, steps and hops, destinations: in the order in which the shader finds them. */
function tableWords(torus: Torus, request: TrafficRequest): Int32Array<ArrayBuffer> {
  const routes = new RouteTable(torus).all();
  const targets = destinations(torus, request.pattern);
  const words = new Int32Array(torus.linkSlots + routes.length + torus.nodes);
  words.set(torus.targets);
  words.set(routes, torus.linkSlots);
  if (targets !== undefined) words.set(targets, torus.linkSlots + routes.length);
  return words;
}

async function readBack(device: GPUDevice, buffers: readonly GPUBuffer[]): Promise<Int32Array[]> {
  const size = buffers.reduce((total, buffer) => total + buffer.size, 0);
  const staging = device.createBuffer({ size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  try {
    const encoder = device.createCommandEncoder();
    let at = 0;
    for (const buffer of buffers) {
      encoder.copyBufferToBuffer(buffer, 0, staging, at, buffer.size);
      at += buffer.size;
    }
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const words = new Int32Array(staging.getMappedRange()).slice();
    let from = 0;
    return buffers.map((buffer) => {
      const own = words.subarray(from, from + buffer.size / 4);
      from += buffer.size / 4;
      return own;
    });
  } finally {
    staging.destroy();
  }
}

function countersFrom(
  torus: Torus,
  cycle: number,
  portWords: Int32Array,
  nodeWords: Int32Array,
  portsThen: Int32Array,
  nodesThen: Int32Array,
): TrafficCounters {
  const total = (word: number, words = nodeWords): number => {
    let sum = 0;
    for (let at = word; at < words.length; at += NODE_WORDS) sum += words[at];
    return sum;
  };
  const linkPorts = 2 * torus.axes;
  return {
    cycle,
    acceptedFlits: total(NODE_ACCEPTED) - total(NODE_ACCEPTED, nodesThen),
    deliveredPackets: total(NODE_DELIVERED),
    latencySum: total(NODE_LATENCY),
    openPackets: total(NODE_OPEN),
    openCreatedSum: total(NODE_OPEN_CREATED),
    hopSum: total(NODE_HOPS),
    sourceCycles: Int32Array.from(
      { length: torus.nodes },
      (_, node) => nodeWords[node * NODE_WORDS + NODE_NEXT_CYCLE],
    ),
    linkFlits: Float64Array.from({ length: torus.linkSlots }, (_, link) => {
      const node = Math.floor(link / linkPorts);
      const at = (node * (linkPorts + 1) + (link % linkPorts)) * PORT_WORDS + PORT_SENT;
      return portWords[at] - portsThen[at];
    }),
  };
}

import { clamp } from '../base/integers.ts';
import type { Torus } from '../ici/topology.ts';
import { farEnd } from './torus-cuts.ts';
import type { TorusPlan } from './torus-plan.ts';

/** Where the viewer stands, in radians. */
export interface Orientation {
  /** About the vertical. */
  readonly turn: number;
  /** Upwards; 0 looks along the x-y plane. */
  readonly tilt: number;
}

export const DEFAULT_ORIENTATION: Orientation = { turn: 0.62, tilt: 0.46 };

const MAX_PITCH = 90;
const MIN_NODE_PX = 1;
/** A wrap link shows as a stub of this many pitches at either end. */
const STUB = 0.42;

/** The torus as a box of chips seen from afar (parallel projection): x right, y into the page, z up. */
export function solidPlan(
  torus: Torus,
  width: number,
  height: number,
  { turn, tilt }: Orientation,
): TorusPlan {
  const extents = [0, 1, 2].map((axis) => torus.shape[axis] ?? 1);
  const [nx, ny] = extents;
  const middle = extents.map((extent) => (extent - 1) / 2);
  const [sinTurn, cosTurn, sinTilt, cosTilt] = [
    Math.sin(turn),
    Math.cos(turn),
    Math.sin(tilt),
    Math.cos(tilt),
  ];
  const project = (x: number, y: number, z: number): readonly [number, number] => [
    x * cosTurn - y * sinTurn,
    (x * sinTurn + y * cosTurn) * sinTilt - z * cosTilt,
  ];

  // The box fits however it is turned while its corners do.
  let [halfWidth, halfHeight] = [0.5, 0.5];
  for (const corner of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const [px, py] = project(
      (corner & 1 ? 1 : -1) * (middle[0] + STUB),
      (corner & 2 ? 1 : -1) * (middle[1] + STUB),
      (corner & 4 ? 1 : -1) * (middle[2] + STUB),
    );
    halfWidth = Math.max(halfWidth, Math.abs(px));
    halfHeight = Math.max(halfHeight, Math.abs(py));
  }
  const pitch = clamp(Math.min(width / (2 * halfWidth), height / (2 * halfHeight)) * 0.94, 1, MAX_PITCH);
  const nodeSize = clamp(pitch * 0.2, MIN_NODE_PX, 12);
  const laneWidth = clamp(pitch * 0.055, 0.5, 4);

  const place = (x: number, y: number, z: number): readonly [number, number] => {
    const [px, py] = project(x - middle[0], y - middle[1], z - middle[2]);
    return [width / 2 + px * pitch, height / 2 + py * pitch];
  };
  const xs = new Float64Array(torus.nodes);
  const ys = new Float64Array(torus.nodes);
  const coordinates = (node: number): [number, number, number] => [
    node % nx,
    Math.floor(node / nx) % ny,
    Math.floor(node / (nx * ny)),
  ];
  for (let node = 0; node < torus.nodes; node += 1) [xs[node], ys[node]] = place(...coordinates(node));
  const nodePosition = (node: number): readonly [number, number] => [xs[node], ys[node]];

  const linkShapes = (link: number): readonly (readonly number[])[] => {
    const target = farEnd(torus, link);
    if (target < 0) return [];
    const source = torus.linkSource(link);
    if (!torus.isWrapLink(link)) {
      return [lane(nodePosition(source), nodePosition(target), nodeSize, laneWidth)];
    }
    const axis = torus.linkAxis(link);
    const step = torus.linkDirection(link) === 0 ? STUB : -STUB;
    const beyond = (node: number, by: number): readonly [number, number] => {
      const at = coordinates(node);
      at[axis] += by;
      return place(...at);
    };
    return [
      lane(nodePosition(source), beyond(source, step), nodeSize, laneWidth),
      lane(beyond(target, -step), nodePosition(target), nodeSize, laneWidth),
    ];
  };

  const nodesNear = (x: number, y: number): readonly number[] => {
    const reach = pitch * 1.05;
    const near: number[] = [];
    for (let node = 0; node < torus.nodes; node += 1) {
      if (Math.abs(xs[node] - x) <= reach && Math.abs(ys[node] - y) <= reach) near.push(node);
    }
    return near;
  };

  return {
    torus,
    axes: [0, 1, 2],
    width,
    height,
    pitch,
    nodeSize,
    laneWidth,
    labels: [],
    nodePosition,
    linkShapes,
    nodesNear,
  };
}

/** A straight lane on the right of the middle between two points, clear of the chips at its ends. */
function lane(
  from: readonly [number, number],
  to: readonly [number, number],
  nodeSize: number,
  laneWidth: number,
): readonly number[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  if (length === 0) return [...from, ...to];
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const trim = Math.min(nodeSize / 2, length / 3);
  const offset = laneWidth * 0.6;
  return [
    from[0] + ux * trim - uy * offset,
    from[1] + uy * trim + ux * offset,
    to[0] - ux * trim - uy * offset,
    to[1] - uy * trim + ux * offset,
  ];
}

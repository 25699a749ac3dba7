import { ceilDiv, clamp } from '../base/integers.ts';
import { axisName, type Torus } from '../ici/topology.ts';
import { farEnd } from './torus-cuts.ts';

/** Where the chips of a torus and the links between them are on the screen, in CSS pixels. */
export interface TorusPlan {
  readonly torus: Torus;
  /** Torus axes that run across, down, and out of the screen. */
  readonly axes: ScreenAxes;
  readonly width: number;
  readonly height: number;
  /** Distance between neighbours. */
  readonly pitch: number;
  readonly nodeSize: number;
  /** Of one direction of one link: thickness stands for capacity, and all links of a slice have the same. */
  readonly laneWidth: number;
  readonly labels: readonly PlanLabel[];
  nodePosition(node: number): readonly [x: number, y: number];
  /** Polylines, each x0, y0, x1, y1, … A link whose ends are not side by side has a stub at either end. */
  linkShapes(link: number): readonly (readonly number[])[];
  /** Chips near a point, the only ones whose links can be under it. */
  nodesNear(x: number, y: number): readonly number[];
}

type ScreenAxes = readonly [across: number, down: number, out: number];

interface PlanLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}

const LABEL_PX = 20;
/** From this width on, the first plane says which ways its axes run. */
const DIRECTIONS_PX = 100;
const MAX_PITCH = 84;
/** Room around a plane for its stubs: some pitches and some pixels. */
const MARGIN_PITCHES = 0.54;
const MARGIN_PX = 5;
/** A plane may be stretched by this much to fill its room. */
const MAX_STRETCH = 1.3;

/** The other two axes in order, then the one that leaves the screen. */
function screenAxes(out: number): ScreenAxes {
  const [across, down] = [0, 1, 2].filter((axis) => axis !== out);
  return [across, down, out];
}

/**
 * The torus cut open: one plane for each place along the axis `out` (z unless said otherwise), side by side. Links within a plane run between their chips,
 * the two directions in lanes of their own, each on its right. A link that leaves the plane or closes an
 * axis is a stub at both of its ends: straight to the next plane, curved around the end of an axis.
 */
export function unrolledPlan(torus: Torus, width: number, height: number, out = 2): TorusPlan {
  const axes = screenAxes(torus.axes < 3 ? 2 : out);
  const [nx, ny, nz] = axes.map((axis) => torus.shape[axis] ?? 1);
  const planeColumns = bestColumns(nx, ny, nz, width, height);
  const planeRows = ceilDiv(nz, planeColumns);
  const labelPx = nz > 1 ? LABEL_PX : 0;
  const [pitchX, pitchY] = pitchesOf(nx, ny, planeColumns, planeRows, width, height, labelPx);
  const pitch = Math.min(pitchX, pitchY);
  const cellWidth = width / planeColumns;
  const cellHeight = height / planeRows;
  const planeX = (z: number): number => ((z % planeColumns) + 0.5) * cellWidth - ((nx - 1) * pitchX) / 2;
  const planeY = (z: number): number =>
    (Math.floor(z / planeColumns) + 0.5) * cellHeight + labelPx / 2 - ((ny - 1) * pitchY) / 2;

  const nodeSize = clamp(pitch * 0.3, 1, 18);
  const laneWidth = clamp(pitch * 0.085, 0.5, 5);
  const strides = axes.map((axis) => torus.strides[axis] ?? 0);
  const coordinates = (node: number): readonly number[] =>
    axes.map((axis) => (axis < torus.axes ? torus.coordinate(node, axis) : 0));
  const xs = new Float64Array(torus.nodes);
  const ys = new Float64Array(torus.nodes);
  for (let node = 0; node < torus.nodes; node += 1) {
    const [cx, cy, cz] = coordinates(node);
    xs[node] = planeX(cz) + cx * pitchX;
    ys[node] = planeY(cz) + cy * pitchY;
  }
  const nodePosition = (node: number): readonly [number, number] => [xs[node], ys[node]];
  const geometry: StubGeometry = { nodeSize, laneWidth };

  const linkShapes = (link: number): readonly (readonly number[])[] => {
    const target = farEnd(torus, link);
    if (target < 0) return [];
    const role = axes.indexOf(torus.linkAxis(link));
    const from = nodePosition(torus.linkSource(link));
    const to = nodePosition(target);
    const outward = STEPS[role][torus.linkDirection(link)];
    if (role < 2 && !torus.isWrapLink(link)) return [laneBetween(from, to, geometry)];
    const curve = torus.isWrapLink(link) ? 1 : 0;
    const length = pitch * (role === 2 ? 0.27 : 0.36);
    return [
      stub(from, outward, length, curve, 'leaving', geometry),
      stub(to, [-outward[0], -outward[1]], length, curve, 'arriving', geometry),
    ];
  };

  const nodesNear = (x: number, y: number): readonly number[] => {
    const column = clamp(Math.floor(x / cellWidth), 0, planeColumns - 1);
    const row = clamp(Math.floor(y / cellHeight), 0, planeRows - 1);
    const z = row * planeColumns + column;
    if (z >= nz) return [];
    const cx = Math.floor((x - planeX(z)) / pitchX);
    const cy = Math.floor((y - planeY(z)) / pitchY);
    const near = new Set<number>();
    for (const dy of [0, 1]) {
      for (const dx of [0, 1]) {
        near.add(
          clamp(cx + dx, 0, nx - 1) * strides[0] + clamp(cy + dy, 0, ny - 1) * strides[1] + z * strides[2],
        );
      }
    }
    return [...near];
  };

  const labels: PlanLabel[] =
    nz > 1
      ? Array.from({ length: nz }, (_, z) => ({
          text: `${axisName(axes[2])} = ${z}`,
          x: planeX(z) - nodeSize / 2,
          y: planeY(z) - pitch * MARGIN_PITCHES - 8,
        }))
      : [];
  const planeWidth = (nx - 1) * pitchX;
  if (nz > 1 && planeWidth > DIRECTIONS_PX) {
    const [first] = labels;
    labels.push({
      ...first,
      text: `${axisName(axes[0])} → ${axisName(axes[1])} ↓`,
      x: first.x + planeWidth / 2,
    });
  }
  return {
    torus,
    axes,
    width,
    height,
    pitch,
    nodeSize,
    laneWidth,
    labels,
    nodePosition,
    linkShapes,
    nodesNear,
  };
}

/** Unit steps on the screen: across, down, and out of it to the upper right; there and back. */
const STEPS: readonly (readonly (readonly [number, number])[])[] = [
  [
    [1, 0],
    [-1, 0],
  ],
  [
    [0, 1],
    [0, -1],
  ],
  [
    [0.72, -0.72],
    [-0.72, 0.72],
  ],
];

function bestColumns(nx: number, ny: number, nz: number, width: number, height: number): number {
  let best = 1;
  let largest = 0;
  for (let columns = 1; columns <= nz; columns += 1) {
    const labelPx = nz > 1 ? LABEL_PX : 0;
    const [pitchX, pitchY] = pitchesOf(nx, ny, columns, ceilDiv(nz, columns), width, height, labelPx);
    if (pitchX * pitchY > largest + 1e-9) {
      best = columns;
      largest = pitchX * pitchY;
    }
  }
  return best;
}

function pitchesOf(
  nx: number,
  ny: number,
  planeColumns: number,
  planeRows: number,
  width: number,
  height: number,
  labelPx: number,
): readonly [x: number, y: number] {
  const across = (width / planeColumns - 2 * MARGIN_PX) / (nx - 1 + 2 * MARGIN_PITCHES);
  const down = (height / planeRows - labelPx - 2 * MARGIN_PX) / (ny - 1 + 2 * MARGIN_PITCHES);
  const narrower = clamp(Math.min(across, down), 1, MAX_PITCH);
  const stretched = (room: number): number => clamp(room, 1, Math.min(MAX_PITCH, narrower * MAX_STRETCH));
  return [stretched(across), stretched(down)];
}

interface StubGeometry {
  readonly nodeSize: number;
  readonly laneWidth: number;
}

type Point = readonly [x: number, y: number];

/** How far a lane lies from the middle of its cable. */
function laneOffset({ laneWidth }: StubGeometry): number {
  return laneWidth * 0.62;
}

function laneBetween(from: Point, to: Point, geometry: StubGeometry): readonly number[] {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const [ux, uy] = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
  const offset = laneOffset(geometry);
  const trim = geometry.nodeSize / 2 + 1;
  return [
    from[0] + ux * trim - uy * offset,
    from[1] + uy * trim + ux * offset,
    to[0] - ux * trim - uy * offset,
    to[1] - uy * trim + ux * offset,
  ];
}

const STUB_STEPS = 6;
/** How far a curved stub bends sideways, of its length. */
const BEND = 0.62;

/**
 * From the rim of a chip outwards, `length` far. `curve` 1 turns a quarter, 0 runs straight. The lane is on
 * the right of the direction of travel, so an arriving one is on the left of the way out.
 */
function stub(
  at: Point,
  [ux, uy]: Point,
  length: number,
  curve: number,
  way: 'leaving' | 'arriving',
  geometry: StubGeometry,
): readonly number[] {
  const side = way === 'leaving' ? laneOffset(geometry) : -laneOffset(geometry);
  const start = geometry.nodeSize / 2 + 1;
  // All curves turn up or left, so that opposite ends of a ring point towards each other.
  const turn: Point =
    Math.abs(ux) > Math.abs(uy) ? [0, -1] : Math.abs(ux) < Math.abs(uy) ? [-1, 0] : [uy, -ux];
  const points: number[] = [];
  for (let step = 0; step <= STUB_STEPS; step += curve === 0 ? STUB_STEPS : 1) {
    const t = step / STUB_STEPS;
    const angle = (t * Math.PI) / 2;
    const out = start + length * (curve === 0 ? t : Math.sin(angle));
    const bend = curve * length * BEND * (1 - Math.cos(angle));
    // Direction of the curve here; the lane lies a constant distance to its right.
    const along = curve === 0 ? 1 : Math.cos(angle);
    const across = curve * BEND * Math.sin(angle);
    const norm = Math.hypot(along, across);
    const tx = (ux * along + turn[0] * across) / norm;
    const ty = (uy * along + turn[1] * across) / norm;
    points.push(at[0] + ux * out + turn[0] * bend - ty * side, at[1] + uy * out + turn[1] * bend + tx * side);
  }
  return way === 'leaving' ? points : reversePoints(points);
}

function reversePoints(points: readonly number[]): readonly number[] {
  const reversed: number[] = [];
  for (let index = points.length - 2; index >= 0; index -= 2) reversed.push(points[index], points[index + 1]);
  return reversed;
}

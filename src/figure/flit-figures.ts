import { formatCount } from '../base/format-quantity.ts';
import { FLIT_CAUSES, type FlitCause } from '../ici/flit-probe.ts';
import { type ChannelMoment, type FlitReader, isWait, type WaitChain } from '../ici/flit-reader.ts';
import type { SweepPoint, TrafficSweep } from '../ici/traffic-sweep.ts';
import type { Token } from './color-palette.ts';
import type { Drawing, Mark, TextMark } from './drawing.ts';
import { linearScale, type Scale } from './scale.ts';
import type { TorusPlan } from './torus-plan.ts';

/** Hue of what an occupied virtual channel does; labels say it too. */
export const CAUSE_PAINTS: Readonly<Record<FlitCause, Token>> = {
  moved: 'state-working',
  route: 'state-idle',
  granted: 'state-idle',
  channel: 'state-padding',
  switch: 'state-draining',
  credit: 'state-loading',
};

/** From below upwards in the strip: what works, then what waits. */
const STACKED: readonly FlitCause[] = ['moved', 'route', 'granted', 'switch', 'channel', 'credit'];

/** Flits that lie in each router: chips fill from below. */
export function routerFillMarks(plan: TorusPlan, fill: Float32Array): readonly Mark[] {
  const inner = plan.nodeSize - 2;
  if (inner < 4) return [];
  return [...fill].flatMap((share, node): Mark[] => {
    if (share === 0) return [];
    const [x, y] = plan.nodePosition(node);
    const height = Math.max(1, Math.min(1, share) * inner);
    return [
      { kind: 'rect', x: x - inner / 2, y: y + inner / 2 - height, width: inner, height, fill: 'ink-quiet' },
    ];
  });
}

/** The router that is looked at, and the way along which its packet's waiting leads to the root. */
export function waitChainMarks(
  plan: TorusPlan,
  reader: FlitReader,
  node: number | undefined,
  chain: WaitChain | undefined,
): Drawing {
  const marks: Mark[] = [];
  const steps = chain?.steps ?? [];
  for (const step of steps.slice(0, -1)) {
    const link = linkWaitedFor(reader, step);
    if (link === undefined) continue;
    for (const points of plan.linkShapes(link)) {
      marks.push({
        kind: 'line',
        points,
        stroke: 'ink',
        lineWidth: Math.max(2, plan.laneWidth) + 3,
        opacity: 0.45,
      });
    }
  }
  const root = steps.at(-1);
  if (root !== undefined && steps.length > 1) marks.push(outline(plan, root.node, 'warn', 5, 1.5, [3, 2]));
  if (node !== undefined) marks.push(outline(plan, node, 'accent', 2.5, 2));
  return { width: plan.width, height: plan.height, marks };
}

/** The link that a head waits to cross, if it waits for what lies behind one. */
function linkWaitedFor(reader: FlitReader, { stage, node, outPort }: ChannelMoment): number | undefined {
  const { linkPorts } = reader.recording;
  if (!isWait(stage) || outPort === undefined || outPort >= linkPorts) return undefined;
  return node * linkPorts + outPort;
}

function outline(
  plan: TorusPlan,
  node: number,
  stroke: Token,
  beyond: number,
  lineWidth: number,
  dash?: readonly number[],
): Mark {
  const [x, y] = plan.nodePosition(node);
  const half = plan.nodeSize / 2 + beyond;
  const box = { x: x - half, y: y - half, width: 2 * half, height: 2 * half, radius: half * 0.3 };
  return { kind: 'rect', ...box, stroke, lineWidth, ...(dash === undefined ? {} : { dash }) };
}

/**
 * Occupied virtual channels over the recorded cycles, stacked by what they do; `columns` of means, at most one
 * a frame.
 */
export function causesFigure(reader: FlitReader, width: number, height: number): Drawing {
  const means = causeColumns(reader, width);
  const most = Math.max(1, ...means.map(occupied));
  const marks: Mark[] = [];
  const pitch = width / means.length;
  means.forEach((mean, column) => {
    let y = height;
    for (const cause of STACKED) {
      const tall = (mean[cause] / most) * (height - 1);
      if (tall <= 0) continue;
      y -= tall;
      const box = { x: column * pitch, y, width: pitch + 0.3, height: tall };
      marks.push({ kind: 'rect', ...box, fill: CAUSE_PAINTS[cause] });
    }
  });
  marks.push({ kind: 'line', points: [0, height - 0.5, width, height - 0.5], stroke: 'line', lineWidth: 1 });
  return { width, height, marks };
}

/** The top of the strip: virtual channels that hold flits at most. */
export function mostOccupied(reader: FlitReader, width: number): number {
  return Math.max(1, ...causeColumns(reader, width).map(occupied));
}

function causeColumns(reader: FlitReader, width: number): readonly Readonly<Record<FlitCause, number>>[] {
  const { frames } = reader.recording;
  const columns = Math.max(1, Math.min(frames, Math.floor(width / 3)));
  return Array.from({ length: columns }, (_, column) =>
    reader.causes({
      from: Math.floor((column * frames) / columns),
      to: Math.max(1, Math.floor(((column + 1) * frames) / columns)),
    }),
  );
}

function occupied(mean: Readonly<Record<FlitCause, number>>): number {
  return FLIT_CAUSES.reduce((total, cause) => total + mean[cause], 0);
}

const MARGIN = { left: 46, right: 14, top: 30, bottom: 40 } as const;
/** The curve is cut off at this many times the latency without load. */
const LATENCY_SPAN = 8;
const TICKS = 6;

/** Latency against offered load, the bound of any router with these routes, and where it saturates. */
export function sweepFigure(sweep: TrafficSweep, width: number, height: number): Drawing {
  const { bound, points, lastStable, firstUnstable } = sweep;
  const bottom = Math.max(height - MARGIN.bottom, MARGIN.top + 1);
  const right = Math.max(width - MARGIN.right, MARGIN.left + 1);
  const mostLatency = bound.zeroLoadCycles * LATENCY_SPAN;
  const across = linearScale([0, bound.flitsPerNodePerCycle * 1.08], [MARGIN.left, right]);
  const up = linearScale([0, mostLatency], [bottom, MARGIN.top]);
  const marks: Mark[] = [
    ...axes(across, up, right, bottom, bound.flitsPerNodePerCycle, mostLatency),
    dashed([MARGIN.left, up.position(bound.zeroLoadCycles), right, up.position(bound.zeroLoadCycles)]),
    dashed([
      across.position(bound.flitsPerNodePerCycle),
      MARGIN.top,
      across.position(bound.flitsPerNodePerCycle),
      bottom,
    ]),
    words({
      text: 'ideal',
      x: across.position(bound.flitsPerNodePerCycle),
      y: MARGIN.top - 6,
      align: 'end',
    }),
  ];
  if (lastStable !== undefined && firstUnstable !== undefined) {
    const [from, to] = [across.position(lastStable), across.position(firstUnstable)];
    marks.push(
      {
        kind: 'rect',
        x: from,
        y: MARGIN.top,
        width: Math.max(2, to - from),
        height: bottom - MARGIN.top,
        fill: 'warn',
        opacity: 0.35,
      },
      words({ text: 'saturates', x: from, y: MARGIN.top - 6, align: 'middle', fill: 'warn' }),
    );
  }
  const stable = points.filter((point) => point.stable);
  const place = ({ offered, latencyCycles }: SweepPoint): readonly [number, number] => [
    across.position(offered),
    Math.max(MARGIN.top, up.position(latencyCycles)),
  ];
  if (stable.length > 1) {
    marks.push({ kind: 'line', points: stable.flatMap(place), stroke: 'unit-ici', lineWidth: 2 });
  }
  for (const point of points) {
    const [x, y] = place(point);
    marks.push(
      point.stable
        ? { kind: 'circle', x, y, radius: 3.5, fill: 'unit-ici' }
        : { kind: 'circle', x, y: MARGIN.top, radius: 4, fill: 'surface', stroke: 'warn', lineWidth: 1.5 },
    );
  }
  return { width, height, marks };
}

function axes(
  across: Scale,
  up: Scale,
  right: number,
  bottom: number,
  mostLoad: number,
  mostLatency: number,
): readonly Mark[] {
  return [
    ...ticksUpTo(mostLatency).flatMap((latency): Mark[] => {
      const y = up.position(latency);
      return [
        { kind: 'line', points: [MARGIN.left, y, right, y], stroke: 'line', lineWidth: 1 },
        words({
          text: formatCount(latency),
          x: MARGIN.left - 6,
          y,
          align: 'end',
          middle: true,
          font: 'numbers',
        }),
      ];
    }),
    ...ticksUpTo(mostLoad).map((load) =>
      words({
        text: String(load),
        x: across.position(load),
        y: bottom + 16,
        align: 'middle',
        font: 'numbers',
      }),
    ),
    words({ text: 'latency, cycles', x: 0, y: 12 }),
    words({ text: 'offered, flits a node and cycle', x: right, y: bottom + 33, align: 'end' }),
  ];
}

/** Round numbers from 0, at most some six of them. */
function ticksUpTo(most: number): readonly number[] {
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * power).find((each) => most / each <= TICKS) ?? power;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, tick) =>
    Number((tick * step).toPrecision(6)),
  );
}

function dashed(points: readonly number[]): Mark {
  return { kind: 'line', points, stroke: 'ink-quiet', lineWidth: 1, dash: [4, 4] };
}

function words(mark: Partial<TextMark> & Pick<TextMark, 'text' | 'x' | 'y'>): Mark {
  return { kind: 'text', fill: 'ink-quiet', size: 12, font: 'words', ...mark };
}

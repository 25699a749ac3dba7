import { formatCount, formatSi } from '../base/format-quantity.ts';
import { clamp } from '../base/integers.ts';
import type { Drawing, Mark, Paint } from './drawing.ts';
import type { Roof, Roofline, RooflinePoint } from './roofline-model.ts';
import { logScale, logTicks, type Scale } from './scale.ts';

export interface RooflineLayout {
  readonly width: number;
  readonly height: number;
  /** FLOP/byte to x. */
  readonly x: Scale;
  /** FLOP/s to y. */
  readonly y: Scale;
  readonly dots: readonly RooflineDot[];
}

interface RooflineDot {
  readonly point: RooflinePoint;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** What of the figure the cursor, the selection and the pointer single out. */
export interface RooflineEmphasis {
  /** Op under the cursor. */
  readonly current: number | undefined;
  readonly selected: number | undefined;
  readonly hoveredOp: number | undefined;
  readonly hoveredRoof: Roof['id'] | undefined;
}

export const NO_EMPHASIS: RooflineEmphasis = {
  current: undefined,
  selected: undefined,
  hoveredOp: undefined,
  hoveredRoof: undefined,
};

const MARGIN = { left: 14, right: 12, top: 26, bottom: 38 } as const;
const MXU_LABEL_Y = 11;
/** Width of a monospaced character of 12 px. */
const CHARACTER_PX = 7.3;
const MIN_RADIUS = 2.5;
const MAX_RADIUS = 15;
const HIT_PX = 6;

export function layoutRoofline(roofline: Roofline, width: number, height: number): RooflineLayout {
  const { points, ridgeIntensity, roofs } = roofline;
  const peak = roofs[0].rate;
  const finite = points.map((point) => point.intensity).filter(Number.isFinite);
  // Low enough that the slanted roofs are long enough to read.
  const vmemRidge = peak / roofs[2].rate;
  const lowIntensity = Math.min(vmemRidge / 16, ...finite.map((intensity) => intensity / 2));
  const highIntensity = Math.max(ridgeIntensity * 8, ...finite) * 2;
  const lowest = Math.min(peak / 150, ...points.map((point) => point.achievedFlops / 2));
  const x = logScale(
    [lowIntensity, highIntensity],
    [MARGIN.left, Math.max(width - MARGIN.right, MARGIN.left + 1)],
  );
  const y = logScale([lowest, peak * 1.25], [Math.max(height - MARGIN.bottom, MARGIN.top + 1), MARGIN.top]);
  const longest = Math.max(1, ...points.map((point) => point.totalPs));
  const largest = clamp(Math.min(width, height) / 18, 6, MAX_RADIUS);
  const dots = points
    .map((point): RooflineDot => {
      // Area stands for time.
      const radius = Math.max(MIN_RADIUS, largest * Math.sqrt(point.totalPs / longest));
      return {
        point,
        x: x.position(Math.min(point.intensity, highIntensity)),
        y: y.position(point.achievedFlops),
        radius,
      };
    })
    .sort((a, b) => b.radius - a.radius);
  return { width, height, x, y, dots };
}

export function rooflineFigure(
  roofline: Roofline,
  layout: RooflineLayout,
  emphasis: RooflineEmphasis = NO_EMPHASIS,
): Drawing {
  const { width, height } = layout;
  return {
    width,
    height,
    marks: [
      ...axisMarks(layout),
      ...roofMarks(roofline, layout, emphasis.hoveredRoof),
      ...ridgeMarks(roofline, layout),
      ...layout.dots
        .toSorted((a, b) => prominence(a.point.op, emphasis) - prominence(b.point.op, emphasis))
        .flatMap((dot) => dotMarks(dot, emphasis)),
    ],
  };
}

/** The dot under (x, y), smaller ones first, else the roof that runs there. */
export function rooflineHit(
  roofline: Roofline,
  layout: RooflineLayout,
  x: number,
  y: number,
): { readonly kind: 'op'; readonly op: number } | { readonly kind: 'roof'; readonly roof: Roof } | undefined {
  const near = layout.dots
    .map((dot) => ({ dot, away: Math.hypot(dot.x - x, dot.y - y) - dot.radius }))
    .filter(({ away }) => away < HIT_PX)
    .sort((a, b) => Math.max(a.away, 0) - Math.max(b.away, 0) || a.dot.radius - b.dot.radius)[0];
  if (near !== undefined) return { kind: 'op', op: near.dot.point.op };
  const intensity = layout.x.value(x);
  const roof = roofline.roofs.find((each) => {
    const rate = roofAt(each, roofline, intensity);
    return rate !== undefined && Math.abs(layout.y.position(rate) - y) < HIT_PX;
  });
  return roof && { kind: 'roof', roof };
}

/** FLOP/s a roof allows at `intensity`; undefined where another roof is in front of it. */
function roofAt(roof: Roof, { roofs }: Roofline, intensity: number): number | undefined {
  const peak = roofs[0].rate;
  if (roof.id === 'mxu') return intensity >= peak / roofs[2].rate ? peak : undefined;
  const rate = roof.rate * intensity;
  return rate <= peak ? rate : undefined;
}

function axisMarks({ x, y, width, height }: RooflineLayout): Mark[] {
  const bottom = y.range[0];
  const marks: Mark[] = [
    {
      kind: 'line',
      points: [x.range[0], bottom, x.range[1], bottom],
      stroke: 'line',
      lineWidth: 1,
    },
  ];
  for (const tick of logTicks(x.domain[0], x.domain[1], Math.max(2, Math.floor(width / 70)))) {
    const at = x.position(tick.value);
    marks.push({
      kind: 'line',
      points: [at, bottom, at, bottom + (tick.major ? 5 : 2.5)],
      stroke: 'line',
      lineWidth: 1,
    });
    if (tick.major && at > 16 && at < width - 16) {
      marks.push({ ...label(formatIntensity(tick.value), at, bottom + 17), align: 'middle' });
    }
  }
  for (const tick of logTicks(y.domain[0], y.domain[1], Math.max(2, Math.floor(height / 60)))) {
    if (!tick.major) continue;
    const at = y.position(tick.value);
    marks.push(
      {
        kind: 'line',
        points: [x.range[0], at, x.range[1], at],
        stroke: 'line',
        lineWidth: 1,
        opacity: 0.45,
      },
      { ...label(formatSi(tick.value, 'FLOP/s', 1), x.range[1], at - 4), align: 'end', halo: 'ground' },
    );
  }
  marks.push({
    kind: 'text',
    text: 'FLOP per HBM byte',
    x: x.range[1],
    y: height - 6,
    fill: 'ink-quiet',
    size: 12,
    font: 'words',
    align: 'end',
  });
  return marks;
}

const ROOF_PAINT: Readonly<Record<Roof['id'], Paint>> = {
  mxu: 'unit-mxu',
  hbm: 'unit-hbm',
  vmem: 'unit-vmem',
};

function roofMarks(roofline: Roofline, { x, y }: RooflineLayout, hovered: Roof['id'] | undefined): Mark[] {
  const [compute, ...memories] = roofline.roofs;
  const peakY = y.position(compute.rate);
  const marks: Mark[] = [];
  for (const roof of memories) {
    const ridge = compute.rate / roof.rate;
    const startIntensity = Math.max(x.domain[0], y.domain[0] / roof.rate);
    if (startIntensity >= ridge) continue;
    const [x0, y0] = [x.position(startIntensity), y.position(startIntensity * roof.rate)];
    const [x1, y1] = [x.position(ridge), peakY];
    marks.push({
      kind: 'line',
      points: [x0, y0, x1, y1],
      stroke: ROOF_PAINT[roof.id],
      lineWidth: hovered === roof.id ? 3 : 1.5,
      dash: roof.id === 'vmem' ? [4, 4] : undefined,
    });
    const rate = formatSi(roof.rate, 'B/s');
    const length = Math.hypot(x1 - x0, y1 - y0);
    const text = [`${roof.name} ${rate}`, rate].find((each) => each.length * CHARACTER_PX + 8 < length);
    if (text === undefined) continue;
    const angle = Math.atan2(y1 - y0, x1 - x0);
    // HBM's label below its line, where there is room; VMEM's above.
    const away = roof.id === 'hbm' ? 15 : -6;
    marks.push({
      ...label(text, (x0 + x1) / 2 - Math.sin(angle) * away, (y0 + y1) / 2 + Math.cos(angle) * away),
      align: 'middle',
      rotate: (angle * 180) / Math.PI,
      fill: hovered === roof.id ? 'ink' : 'ink-quiet',
      halo: 'ground',
    });
  }
  marks.push(
    {
      kind: 'line',
      points: [
        Math.max(x.range[0], x.position(compute.rate / roofline.roofs[2].rate)),
        peakY,
        x.range[1],
        peakY,
      ],
      stroke: ROOF_PAINT.mxu,
      lineWidth: hovered === 'mxu' ? 3 : 1.5,
    },
    {
      // Above the ops, which crowd under this roof.
      ...label(`MXU ${formatSi(compute.rate, 'FLOP/s')}`, x.range[1], MXU_LABEL_Y),
      align: 'end',
      fill: hovered === 'mxu' ? 'ink' : 'ink-quiet',
      halo: 'ground',
    },
  );
  return marks;
}

function ridgeMarks({ ridgeIntensity, roofs }: Roofline, { x, y }: RooflineLayout): Mark[] {
  const at = x.position(ridgeIntensity);
  const bottom = y.range[0];
  const text = `ridge ${formatIntensity(ridgeIntensity)}`;
  const isRightFree = at + 5 + text.length * CHARACTER_PX < x.range[1];
  return [
    {
      kind: 'line',
      points: [at, y.position(roofs[0].rate), at, bottom],
      stroke: 'ink-quiet',
      lineWidth: 1,
      dash: [1, 4],
    },
    {
      ...label(text, isRightFree ? at + 5 : at - 5, bottom - 6),
      align: isRightFree ? 'start' : 'end',
      halo: 'ground',
    },
  ];
}

/** What is singled out is drawn last, so that nothing covers it. */
function prominence(op: number, { current, selected, hoveredOp }: RooflineEmphasis): number {
  if (op === current) return 2;
  return op === selected || op === hoveredOp ? 1 : 0;
}

function dotMarks({ point, x, y, radius }: RooflineDot, emphasis: RooflineEmphasis): Mark[] {
  const current = point.op === emphasis.current;
  const marked = point.op === emphasis.selected || point.op === emphasis.hoveredOp;
  const unit: Paint = point.kind === 'matmul' ? 'unit-mxu' : 'unit-vpu';
  const marks: Mark[] = [
    {
      kind: 'circle',
      x,
      y,
      radius,
      fill: current ? 'accent' : unit,
      opacity: current ? 0.9 : 0.35,
    },
    {
      kind: 'circle',
      x,
      y,
      radius,
      stroke: current ? 'accent' : unit,
      lineWidth: 1,
    },
  ];
  if (marked) {
    const stroke: Paint = point.op === emphasis.selected ? 'accent' : 'ink';
    marks.push({ kind: 'circle', x, y, radius: radius + 3, stroke, lineWidth: 1.5 });
  }
  return marks;
}

function label(text: string, x: number, y: number): Extract<Mark, { kind: 'text' }> {
  return { kind: 'text', text, x, y, fill: 'ink-quiet', size: 12, font: 'numbers' };
}

/** FLOP/byte as people write it: 166, 0.25, 1,000. */
export function formatIntensity(value: number): string {
  if (!Number.isFinite(value)) return '∞';
  return value >= 1000 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
}

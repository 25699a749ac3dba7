import { assert } from '../base/assert.ts';

/** A mapping between values and positions on the screen, and the marks to write along it. */
export interface Scale {
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  position(value: number): number;
  value(position: number): number;
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  const factor = (range[1] - range[0]) / (domain[1] - domain[0]);
  assert(
    Number.isFinite(factor) && factor !== 0,
    `a scale needs two different ends, not ${domain} to ${range}`,
  );
  return {
    domain,
    range,
    position: (value) => range[0] + (value - domain[0]) * factor,
    value: (position) => domain[0] + (position - range[0]) / factor,
  };
}

/** Equal ratios take equal lengths; both ends of `domain` are positive. */
export function logScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  assert(domain[0] > 0 && domain[1] > 0, `a logarithmic scale needs positive ends, not ${domain}`);
  const inner = linearScale([Math.log10(domain[0]), Math.log10(domain[1])], range);
  return {
    domain,
    range,
    position: (value) => inner.position(Math.log10(value)),
    value: (position) => 10 ** inner.value(position),
  };
}

/** A tick of a logarithmic axis; `major` ones carry a label. */
export interface LogTick {
  readonly value: number;
  readonly major: boolean;
}

/**
 * Powers of ten in [low, high] as major ticks (every second or third one, if there are more than
 * `maxMajor`) and, where there is room, 2 to 9 times each as minor ones.
 */
export function logTicks(low: number, high: number, maxMajor = 6): readonly LogTick[] {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return [];
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const stride = Math.max(1, Math.ceil((last - first) / maxMajor));
  const ticks: LogTick[] = [];
  for (let exponent = first; exponent <= last; exponent += 1) {
    const power = Number(`1e${exponent}`);
    const steps = stride === 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1];
    for (const step of steps) {
      const value = step * power;
      if (value >= low && value <= high) ticks.push({ value, major: step === 1 && exponent % stride === 0 });
    }
  }
  return ticks;
}

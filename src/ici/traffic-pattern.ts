import { InputError } from '../base/result.ts';
import type { Torus } from './topology.ts';

export const TRAFFIC_PATTERNS = ['uniform', 'neighbor', 'tornado', 'transpose', 'bit-complement'] as const;
export type TrafficPattern = (typeof TRAFFIC_PATTERNS)[number];

/**
 * Where each node sends, [nodes]; `undefined` for uniform traffic, which goes to any node, itself included.
 * Neighbor is one further along every axis, tornado just short of half way round, transpose mirrors two equal
 * axes (or swaps the halves of a node's bits), bit-complement the farthest corner. Throws an `InputError`
 * where the torus has no such pattern.
 */
export function destinations(torus: Torus, pattern: TrafficPattern): Int32Array | undefined {
  if (pattern === 'uniform') return undefined;
  return Int32Array.from({ length: torus.nodes }, (_, node) => destination(torus, pattern, node));
}

function destination(torus: Torus, pattern: Exclude<TrafficPattern, 'uniform'>, node: number): number {
  const { shape } = torus;
  const from = torus.coordinates(node);
  switch (pattern) {
    case 'neighbor':
      return torus.nodeAt(from.map((each, axis) => (each + 1) % shape[axis]));
    case 'tornado':
      return torus.nodeAt(from.map((each, axis) => (each + Math.ceil(shape[axis] / 2) - 1) % shape[axis]));
    case 'bit-complement':
      return torus.nodeAt(from.map((each, axis) => shape[axis] - 1 - each));
    case 'transpose':
      return transposed(torus, node, from);
  }
}

function transposed(torus: Torus, node: number, from: readonly number[]): number {
  const { shape, nodes } = torus;
  if (shape.length === 2 && shape[0] === shape[1]) return torus.nodeAt([from[1], from[0]]);
  // 4^n nodes: the upper half of a node's bits and the lower change places.
  let half = 1;
  while (half * half < nodes) half *= 2;
  if (half * half !== nodes) {
    throw new InputError('pattern', `transpose needs two equal axes or 4^n nodes, found ${shape.join('x')}`);
  }
  return Math.floor(node / half) + (node % half) * half;
}

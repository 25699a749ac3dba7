import { clamp, modulo } from '../../base/integers.ts';
import type { TorusPlan } from '../../figure/torus-plan.ts';
import type { Torus } from '../../ici/topology.ts';

/** By key: along which of the plan's axes (across, down, out), and which way. */
const MOVES: Readonly<Record<string, readonly [role: number, by: number]>> = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [1, -1],
  ArrowDown: [1, 1],
  PageUp: [2, 1],
  PageDown: [2, -1],
};

/** The chip that a key leads to from `node`, the first one from none; undefined where the key leads nowhere. */
export function chipAfterKey(
  torus: Torus,
  plan: TorusPlan | undefined,
  node: number | undefined,
  key: string,
): number | undefined {
  const move = MOVES[key];
  if (move === undefined || node === undefined) return move && 0;
  const [role, by] = move;
  const axis = plan?.axes[role] ?? 0;
  if (axis >= torus.axes) return node;
  const at = torus.coordinates(node);
  const extent = torus.shape[axis];
  at[axis] = torus.wraps[axis] ? modulo(at[axis] + by, extent) : clamp(at[axis] + by, 0, extent - 1);
  return torus.nodeAt(at);
}

/*
 * A random word that depends only on the seed, the node, the cycle and which draw of that cycle it is: no
 * state, so that any number of threads, on a CPU or a GPU, draw the same. Two rounds of Wellons' `lowbias32`
 * (https://nullprogram.com/blog/2018/07/31/) over the four, one after the other, in three steps: who draws
 * often keeps the first two.
 */

/** What all draws of a node have in common. */
export function nodeDice(seed: number, node: number): number {
  return mix(seed ^ Math.imul(node, 0x9e3779b9));
}

/** What those of one of its cycles have. */
export function cycleDice(ofNode: number, cycle: number): number {
  return mix(ofNode ^ cycle);
}

/** One of them, in [0, 2^32). */
export function drawn(ofCycle: number, draw: number): number {
  return mix(ofCycle + Math.imul(draw, 0x85ebca6b)) >>> 0;
}

function mix(value: number): number {
  let word = value;
  word ^= word >>> 16;
  word = Math.imul(word, 0x7feb352d);
  word ^= word >>> 15;
  word = Math.imul(word, 0x846ca68b);
  return word ^ (word >>> 16);
}

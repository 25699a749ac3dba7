/*
 * Cycles of BookSim 2's default router on a torus: route, virtual channel, switch and traversal take one each,
 * a channel between routers two, one to or from a node one.
 */

/** A head's way through one router and on to the next. */
export const CYCLES_PER_HOP = 6;
/** Cycles from the switch of one router to the input of the next: traversal, then a channel of two cycles. */
export const HOP_CYCLES = 4;
/** From the switch to the node that takes the flit: a channel of one cycle. */
export const EJECT_CYCLES = 3;
/** From the node to the input of its router. */
export const INJECT_CYCLES = 2;
/** From the switch back to whoever waits for the credit, over channels of two cycles and of one. */
export const CREDIT_CYCLES = 3;
export const INJECT_CREDIT_CYCLES = 2;
/** From the switch to the node and, after that takes the flit, back as a credit. */
export const EJECT_CREDIT_CYCLES = 5;

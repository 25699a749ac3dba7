import fc from 'fast-check';
import type { LinkRates } from '../../src/ici/request.ts';
import { Torus } from '../../src/ici/topology.ts';

/** Regular tori and meshes of one to three axes, any axis wrapped or not. */
export const regularTori = (largestExtent = 6): fc.Arbitrary<Torus> =>
  fc
    .array(fc.record({ extent: fc.integer({ min: 1, max: largestExtent }), wraps: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
    })
    .map(
      (axes) => new Torus({ shape: axes.map((axis) => axis.extent), wraps: axes.map((axis) => axis.wraps) }),
    );

/** k x 2k, k x k x 2k and k x 2k x 2k in any order of axes, twisted. */
export const twistedTori: fc.Arbitrary<Torus> = fc
  .record({
    short: fc.integer({ min: 1, max: 3 }).map((half) => 2 * half),
    multiples: fc.constantFrom(
      [1, 2],
      [2, 1],
      [1, 1, 2],
      [1, 2, 1],
      [2, 1, 1],
      [1, 2, 2],
      [2, 1, 2],
      [2, 2, 1],
    ),
  })
  .map(
    ({ short, multiples }) =>
      new Torus({
        shape: multiples.map((times) => times * short),
        wraps: multiples.map(() => true),
        twisted: true,
      }),
  );

export const tori = fc.oneof(regularTori(), twistedTori);

/** Some axes of a torus, at least one. */
export function axesOf(torus: Torus): fc.Arbitrary<number[]> {
  return fc.shuffledSubarray(
    torus.shape.map((_, axis) => axis),
    { minLength: 1 },
  );
}

export const rates: fc.Arbitrary<LinkRates> = fc
  .record({
    linkBytesPerSecond: fc.double({ min: 1e9, max: 1e12, noNaN: true }),
    efficiency: fc.double({ min: 0.5, max: 1, noNaN: true }),
    hopLatencySeconds: fc.oneof(fc.constant(0), fc.double({ min: 1e-9, max: 1e-5, noNaN: true })),
  })
  .map(({ linkBytesPerSecond, efficiency, hopLatencySeconds }) => ({
    linkBytesPerSecond,
    physicalLinkBytesPerSecond: linkBytesPerSecond / efficiency,
    hopLatencySeconds,
  }));

export const v5pRates: LinkRates = {
  linkBytesPerSecond: 9e10,
  physicalLinkBytesPerSecond: 1e11,
  hopLatencySeconds: 1e-6,
};

export const v5eRates: LinkRates = {
  linkBytesPerSecond: 4.5e10,
  physicalLinkBytesPerSecond: 5e10,
  hopLatencySeconds: 1e-6,
};

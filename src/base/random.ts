/** A seeded source of random numbers: the same seed gives the same numbers on every machine. */
export interface Random {
  /** Uniform integer in [0, 2^32). */
  nextUint32(): number;
  /** Uniform number in [0, 1), a multiple of 2^-32. */
  nextFraction(): number;
  /** Uniform integer in [0, bound), bound at most 2^32. */
  nextBelow(bound: number): number;
}

/**
 * xoshiro128** 1.1 seeded through splitmix32 (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", ACM TOMS 47(4) 2021, https://prng.di.unimi.it). Integers only, so exact everywhere.
 */
export function createRandom(seed: number): Random {
  let mixer = seed >>> 0;
  const splitmix32 = (): number => {
    mixer = (mixer + 0x9e3779b9) >>> 0;
    let z = mixer;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let s0 = splitmix32();
  let s1 = splitmix32();
  let s2 = splitmix32();
  let s3 = splitmix32();
  const nextUint32 = (): number => {
    const scrambled = Math.imul(rotateLeft(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = rotateLeft(s3, 11);
    return scrambled;
  };
  const nextFraction = (): number => nextUint32() / 0x1_0000_0000;
  return { nextUint32, nextFraction, nextBelow: (bound) => Math.floor(nextFraction() * bound) };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/*
 * Knuth's lagged Fibonacci generators, The Art of Computer Programming vol. 2, 3rd edition with the changes of
 * 2002, section 3.6: X[n] = X[n-100] - X[n-37] modulo 2^30, and U[n] = U[n-100] + U[n-37] modulo 1 in steps of
 * 2^-52. BookSim 2 draws from both, so that runs of the same seed can be compared with it number by number.
 */

const LONG_LAG = 100;
const SHORT_LAG = 37;
/** Of so many numbers only the first 100 are handed out, lest the lags show (Lüscher's remedy). */
const BLOCK = 1009;
/** Two seeds start at least 2^70 numbers apart. */
const SEPARATION = 70;
const WARM_UP_STEPS = 10 * (2 * LONG_LAG - 1);
const SEED_BITS = 0x3fff_ffff;

/** One kind of number: how two of them join, and the words that a seed starts from. */
interface Arithmetic {
  readonly join: (older: number, newer: number) => number;
  /** Carries the sequence on from the first 100 of `numbers` to its end. */
  readonly extend: (numbers: Float64Array) => void;
  readonly first: (seed: number) => number;
  /** The next word: the bits of this one turned by one place, the lowest bit left out. */
  readonly turn: (word: number) => number;
  /** The lowest bit. */
  readonly unit: number;
}

const ULP = 2 ** -52;

function joinIntegers(older: number, newer: number): number {
  return (older - newer) & SEED_BITS;
}

function joinFractions(older: number, newer: number): number {
  const sum = older + newer;
  return sum - Math.floor(sum);
}

// The loop stands here twice because this is where the time goes: one loop for both kinds would call, not inline.
const INTEGERS: Arithmetic = {
  join: joinIntegers,
  extend: (numbers) => {
    for (let place = LONG_LAG; place < numbers.length; place++) {
      numbers[place] = joinIntegers(numbers[place - LONG_LAG], numbers[place - SHORT_LAG]);
    }
  },
  first: (seed) => (seed + 2) & (SEED_BITS - 1),
  turn: (word) => (2 * word > SEED_BITS ? 2 * word - (SEED_BITS - 1) : 2 * word),
  unit: 1,
};

const FRACTIONS: Arithmetic = {
  join: joinFractions,
  extend: (numbers) => {
    for (let place = LONG_LAG; place < numbers.length; place++) {
      numbers[place] = joinFractions(numbers[place - LONG_LAG], numbers[place - SHORT_LAG]);
    }
  },
  first: (seed) => 2 * ULP * ((seed & SEED_BITS) + 2),
  turn: (word) => (2 * word < 1 ? 2 * word : 2 * word - (1 - 2 * ULP)),
  unit: ULP,
};

/** A stream of whole numbers in [0, 2^30). */
export function laggedIntegers(seed: number): () => number {
  return stream(seed, INTEGERS);
}

/** A stream of fractions in [0, 1). */
export function laggedFractions(seed: number): () => number {
  return stream(seed, FRACTIONS);
}

function stream(seed: number, arithmetic: Arithmetic): () => number {
  const warmUp = new Float64Array(LONG_LAG + WARM_UP_STEPS);
  warmUp.set(startingState(seed, arithmetic));
  arithmetic.extend(warmUp);
  const numbers = new Float64Array(LONG_LAG + BLOCK);
  numbers.set(warmUp.subarray(WARM_UP_STEPS));
  let next = 0;
  return () => {
    if (next === LONG_LAG) {
      arithmetic.extend(numbers);
      numbers.copyWithin(0, BLOCK);
      next = 0;
    }
    return numbers[next++];
  };
}

/**
 * The seed's words as coefficients of a polynomial in z, raised to a power that the seed chooses, modulo
 * z^100 + z^37 + 1: squared for each bit of the seed, and shifted where it is set, then 69 times more.
 */
function startingState(seed: number, { join, first, turn, unit }: Arithmetic): Float64Array {
  let polynomial = new Float64Array(LONG_LAG);
  let word = first(seed);
  for (let power = 0; power < LONG_LAG; power++) {
    polynomial[power] = word;
    word = turn(word);
  }
  polynomial[1] += unit;
  let bits = seed & SEED_BITS;
  let left = SEPARATION - 1;
  while (left > 0) {
    polynomial = squared(polynomial, join);
    if ((bits & 1) === 1) {
      const carry = polynomial[LONG_LAG - 1];
      polynomial.copyWithin(1, 0, LONG_LAG - 1);
      polynomial[0] = carry;
      polynomial[SHORT_LAG] = join(polynomial[SHORT_LAG], carry);
    }
    if (bits === 0) left -= 1;
    bits >>= 1;
  }
  return Float64Array.from(polynomial, (_, place) => polynomial[(place + SHORT_LAG) % LONG_LAG]);
}

/** Squares spread the coefficients over the even powers; those of 100 and more fold back. */
function squared(polynomial: Float64Array, join: Arithmetic['join']): Float64Array<ArrayBuffer> {
  const wide = new Float64Array(2 * LONG_LAG - 1);
  for (let power = 0; power < LONG_LAG; power++) wide[2 * power] = polynomial[power];
  for (let power = wide.length - 1; power >= LONG_LAG; power--) {
    const middle = power - LONG_LAG + SHORT_LAG;
    wide[middle] = join(wide[middle], wide[power]);
    wide[power - LONG_LAG] = join(wide[power - LONG_LAG], wide[power]);
  }
  return wide.slice(0, LONG_LAG);
}

// Runs the Verilator build of tests/rtl/array_stationary.sv for one whole operation: first once for a checksum
// of the results, then `rounds` times for time. Prints one JSON line a round.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "Varray_stationary.h"
#include "Varray_stationary___024root.h"
#include "verilated.h"

// The operands of bench.ts: a linear congruential generator modulo 2^32.
template <class Memory>
static void fill(Memory& memory, size_t length, uint32_t state) {
  for (size_t i = 0; i < length; i++) {
    state = state * 1664525u + 1013904223u;
    memory[i] = state >> 24;
  }
}

static std::unique_ptr<Varray_stationary> start() {
  auto array = std::make_unique<Varray_stationary>();
  fill(array->rootp->array_stationary__DOT__a_memory, size_t(BENCH_M) * BENCH_K, 1);
  fill(array->rootp->array_stationary__DOT__b_memory, size_t(BENCH_K) * BENCH_N, 2);
  array->reset = 1;
  array->clock = 0;
  array->eval();
  array->clock = 1;
  array->eval();
  array->reset = 0;
  return array;
}

static void edge(Varray_stationary& array) {
  array.clock = 0;
  array.eval();
  array.clock = 1;
  array.eval();
}

int main(int, char** argv) {
  const long cycles = atol(argv[1]);
  const long rounds = atol(argv[2]);
  uint32_t checksum = 0;
  {
    auto array = start();
    for (long cycle = 0; cycle < cycles; cycle++) {
      edge(*array);
      for (int column = 0; column < BENCH_SIZE; column++) checksum += array->bottom[column];
    }
  }
  for (long round = 0; round < rounds; round++) {
    auto array = start();
    const clock_t before = clock();
    for (long cycle = 0; cycle < cycles; cycle++) edge(*array);
    printf("{\"checksum\": %u, \"cpuSeconds\": %.6f}\n", checksum, double(clock() - before) / CLOCKS_PER_SEC);
  }
}

// A pass: what each mutator's part in it is told, and tells.
#include "harness/record/pass.hpp"

#include "barriers/none.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("a late request reads the time that was taken from its thread") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Mutator<None> mutator(bench.heap);
  Pass pass(1, std::nullopt, 100);
  TakenTimeMeter& meter = pass.take_part(0, context_of(mutator));
  if (!meter.available()) return;
  const Nanoseconds opened = now_ns();
  while (now_ns() - opened < 2 * TakenTimeMeter::most_age_ns) {
  }
  const Nanoseconds end = now_ns();
  const Nanoseconds late = end - TakenTimeMeter::most_age_ns;
  pass.requests(0)->look_at(0, late, late, end);
  CHECK_FALSE(meter.read_if_older(end, TakenTimeMeter::most_age_ns));  // it was read just now
}

TEST_CASE("no request is recorded, and no taken time read, where none is asked for") {
  bench::BenchHeap<bench::NoCollection> bench(std::size_t{4} << 20);
  Mutator<None> mutator(bench.heap);
  Pass pass(1, std::nullopt, std::nullopt);
  CHECK_FALSE(pass.take_part(0, context_of(mutator)).available());
  CHECK(pass.requests(0) == nullptr);
}

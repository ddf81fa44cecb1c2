#include "harness/figures/figures.hpp"

#include "barriers/none.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE(
    "time by the wall is CPU time as far as its thread cannot have waited for a CPU instead") {
  CHECK(certain_cpu(30, 100, 100) == 30);  // always on a CPU
  CHECK(certain_cpu(30, 100, 90) == 20);   // 10 off it, perhaps all of them here
  CHECK(certain_cpu(30, 100, 60) == 0);
  CHECK(certain_cpu(30, 100, 104) == 30);  // clocks disagree a little
  CHECK(certain_cpu(0, 100, 50) == 0);
}

namespace {
RecordedEvent pause(Nanoseconds request, Nanoseconds stopped, Nanoseconds end,
                    std::uint32_t mutator) {
  return {PauseEvent{.mutator = mutator,
                     .begin_ns = request,
                     .stopped_ns = stopped,
                     .end_ns = end,
                     .cpu_ns = end - stopped},
          0, true};
}
}  // namespace

TEST_CASE(
    "pauses of a run of one mutator count from the request as far as children were there too") {
  Heap heap({.bytes = std::size_t{1} << 20});
  Pass pass(1, std::nullopt, std::nullopt);
  {
    Mutator<None> m(heap);
    pass.take_part(0, context_of(m));
    m.blocking([&] {
      pass.arrive_at_begin(0);
      wait_busily(2'000'000);
      pass.arrive_at_end(0, 1);
    });
  }
  const Nanoseconds begin = pass.begin_ns();
  const std::vector<RecordedEvent> events{
      pause(begin + 100, begin + 400, begin + 1000, every_mutator),
      pause(begin + 2000, begin + 2300, begin + 3000, 0),
      pause(begin + 10'000, begin + 20'000, begin + 900'000, 5)};
  const RunFigures figures = compute_figures(pass, events, {}, {});
  CHECK(figures.pauses.count == 3);
  CHECK(figures.pauses.total_ns == 900 + 700 + 880'000);
  CHECK(figures.pauses.p50_ns == 900);
  CHECK(figures.pauses.max_ns == 880'000);
  CHECK(figures.pauses.max_time_to_safepoint_ns == 10'000);
  // The last pause stopped a child alone.
  REQUIRE_FALSE(figures.mmu.empty());  // as many windows as the machine made the region long
  CHECK(figures.mmu.front().first == "1ms");
  CHECK(figures.mmu.front().second == Approx(1 - 1600e-6));
}

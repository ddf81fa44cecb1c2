#include "harness/run/cycle_estimate.hpp"

#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

RunPlan plan(const std::string& heap, unsigned mutators = 1) {
  RunOptions options;
  options.workload = "latency";
  options.parameters = {{"slots", "1000"}};
  options.heap = heap;
  options.mutators = mutators;
  options.operations = 1'000'000;
  return plan_run(options);
}

}  // namespace

TEST_CASE("a cell has as many cycles as what it allocates fills the room that a cycle leaves",
          "[estimate]") {
  const AllocationFigures allocation{
      .bytes_per_operation = 100, .operations_per_s = 1e6, .live_bytes = 10.0 * mebibyte};
  const auto one = estimate_cycles(plan("40M"), std::nullopt, allocation);
  REQUIRE(one);
  CHECK(one->cycles == Approx(1e8 / ((0.97 * 40 - 10) * mebibyte)));
  CHECK(estimate_cycles(plan("40M", 3), std::nullopt, allocation)->cycles ==
        Approx(3 * one->cycles));
  RunPlan by_clock = plan("40M");
  by_clock.operations.reset();
  by_clock.seconds = 2;
  CHECK(estimate_cycles(by_clock, std::nullopt, allocation)->cycles == Approx(2 * one->cycles));
  CHECK(estimate_cycles(plan("2x"), 20 * mebibyte, allocation)->cycles == Approx(one->cycles));
}

TEST_CASE("what would be enough is the same cell with some cycles more than the least",
          "[estimate]") {
  const AllocationFigures allocation{
      .bytes_per_operation = 10, .operations_per_s = 1e6, .live_bytes = 10.0 * mebibyte};
  RunPlan cell = plan("40M");
  const auto starved = estimate_cycles(cell, std::nullopt, allocation);
  REQUIRE(starved->cycles < least_cycles);
  CHECK(cycles_in_words(cell, starved).find("operations = ") != std::string::npos);
  cell.operations = static_cast<std::uint64_t>(starved->enough);
  const auto enough = estimate_cycles(cell, std::nullopt, allocation);
  CHECK(enough->cycles >= least_cycles + 1);
  CHECK(enough->cycles < 1.2 * (least_cycles + 1));
  CHECK(cycles_in_words(cell, enough).find("enough") == std::string::npos);
}

TEST_CASE("what is not known is not estimated, and a workload without allocation has no cycle",
          "[estimate]") {
  const AllocationFigures nothing{
      .bytes_per_operation = 0, .operations_per_s = 1e6, .live_bytes = std::nullopt};
  CHECK(!estimate_cycles(plan("2x"), std::nullopt, nothing));
  CHECK(!estimate_cycles(plan("40M"), std::nullopt, std::nullopt));
  CHECK(cycles_in_words(plan("40M"), std::nullopt) == "unknown");
  const auto none = estimate_cycles(plan("40M"), std::nullopt, nothing);
  CHECK(none->cycles == 0);
  CHECK(cycles_in_words(plan("40M"), none).find("allocates nothing") != std::string::npos);
}

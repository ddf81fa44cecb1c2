#include "harness/figures.hpp"

#include "tools/catch.hpp"

using namespace tricolour;

TEST_CASE("time by the wall is CPU time as far as its thread cannot have waited for a CPU instead") {
  CHECK(certain_cpu(30, 100, 100) == 30);  // always on a CPU
  CHECK(certain_cpu(30, 100, 90) == 20);   // 10 off it, perhaps all of them here
  CHECK(certain_cpu(30, 100, 60) == 0);
  CHECK(certain_cpu(30, 100, 104) == 30);  // clocks disagree a little
  CHECK(certain_cpu(0, 100, 50) == 0);
}

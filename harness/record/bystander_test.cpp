#include "harness/record/bystander.hpp"

#include "tools/testing/catch.hpp"

using namespace tricolour;

TEST_CASE("bystander delay counts the sleeps that ended in the region", "[bystander]") {
  const std::vector<BystanderDelay> seen{{100, 7}, {200, 1}, {300, 3}, {400, 2}, {500, 90}};
  const BystanderFigures figures = bystander_figures(seen, 100, 400);
  CHECK(figures.count == 3);
  CHECK(figures.p50_ns == 2);
  CHECK(figures.max_ns == 3);
  CHECK(bystander_figures(seen, 500, 900).count == 0);
}

TEST_CASE("a floor goes through JSON as it is, and unknown stays unknown", "[bystander]") {
  const MachineFloor floor{BystanderFigures{5, 1, 2, 3}, std::nullopt};
  const MachineFloor read = machine_floor_of(to_json(floor));
  REQUIRE(read.before);
  CHECK(read.before->count == 5);
  CHECK(read.before->max_ns == 3);
  CHECK(!read.after);
  CHECK(!machine_floor_of(Json()).before);
}

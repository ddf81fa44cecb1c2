#include "harness/run/run_options.hpp"

#include "core/errors.hpp"
#include "harness/cli/command_line.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

RunOptions good() {
  RunOptions options;
  options.workload = "gcbench";
  options.heap = "64M";
  return options;
}

/// The command that these words are parsed to; throws ConfigurationError.
Command parse(std::vector<const char*> words) {
  words.insert(words.begin(), "tricolour");
  const auto parsed = parse_command_line(static_cast<int>(words.size()), words.data());
  REQUIRE(std::holds_alternative<Command>(parsed));
  return std::get<Command>(parsed);
}

}  // namespace

TEST_CASE("a good run has a plan") {
  const RunPlan plan = plan_run(good());
  CHECK(plan.collector->name == "stop_the_world");
  CHECK(plan.barrier->name == "none");
  CHECK(plan.tuned.heap.bytes == 64U << 20);
  CHECK(plan.seconds == default_seconds);
}

TEST_CASE("names are accepted with - and _") {
  RunOptions options = good();
  options.collector = "stop-the-world";
  options.settings = {{"heap.packet-capacity", "2"}};
  const RunPlan plan = plan_run(options);
  CHECK(plan.collector->name == "stop_the_world");
  CHECK(plan.tuned.heap.packet_capacity == 2);
}

TEST_CASE("a setting of another build is refused with the build that has it") {
  RunOptions options = good();
  options.settings = {{"inject.pause_ns", "1000"}};
  if constexpr (instrumented_built) {
    CHECK(plan_run(options).tuned.heap.injected.pause_ns == 1000);
  } else {
    CHECK_THROWS_WITH(plan_run(options),
                      Catch::Contains("in the build that 'tools/build instrumented' makes"));
  }
}

TEST_CASE("bad input is refused with what is wrong and what there is") {
  using Change = void (*)(RunOptions&);
  const std::pair<Change, const char*> cases[]{
      {[](RunOptions& o) { o.collector = "zgc"; }, "there are stop_the_world"},
      {[](RunOptions& o) { o.barrier = "steel"; },
       "did you mean 'steele'? There are none, dijkstra"},
      {[](RunOptions& o) { o.workload = "gcbanch"; }, "did you mean 'gcbench'? There are gcbench"},
      {[](RunOptions& o) { o.workload.clear(); }, "there are gcbench"},
      {[](RunOptions& o) { o.marker = "tbb"; }, "there are stealing, serial"},
      {[](RunOptions& o) { o.sweep = "never"; }, "there are auto, eager, lazy"},
      {[](RunOptions& o) { o.sweep = "concurrent"; }, "background thread"},
      {[](RunOptions& o) { o.allocate = "grey"; }, "there are white, black, auto"},
      {[](RunOptions& o) { o.heap = "big"; }, "'big' is not a size"},
      {[](RunOptions& o) { o.heap = "0M"; }, "holds nothing"},
      {[](RunOptions& o) { o.heap = "1M"; }, "smaller than the live data"},
      {[](RunOptions& o) { o.mutators = 0; }, "mutators: 0 is outside 1 to"},
      {[](RunOptions& o) { o.mutators = 100'000; }, "outside 1 to"},
      {[](RunOptions& o) { o.mark_threads = 0; }, "mark threads: 0 is outside 1 to"},
      {[](RunOptions& o) { o.mark_threads = 1000; }, "mark threads: 1000 is outside 1 to"},
      {[](RunOptions& o) { o.marker = "serial", o.mark_threads = 2; }, "one thread"},
      {[](RunOptions& o) { o.concurrent_mark_threads = 0; }, "outside 1 to"},
      {[](RunOptions& o) {
         o.parameters = {{"size", "1"}};
       },
       "there is only scale"},
      {[](RunOptions& o) {
         o.parameters = {{"scale", "99"}};
       },
       "scale=99 is outside"},
      {[](RunOptions& o) {
         o.parameters = {{"scale", "large"}};
       },
       "'large' is not a number"},
      {[](RunOptions& o) {
         o.settings = {{"heap.colour", "red"}};
       },
       "there are heap.hole_piece_bytes"},
      {[](RunOptions& o) {
         o.settings = {{"heap.packet_capacity", "0"}};
       },
       "outside 1 to"},
      {[](RunOptions& o) {
         o.settings = {{"heap.packet_capacity", "1.5"}};
       },
       "not a whole number"},
      {[](RunOptions& o) {
         o.settings = {{"pacer.assist", "maybe"}};
       },
       "is a switch"},
      {[](RunOptions& o) { o.seconds = 1, o.operations = 1; }, "contradict"},
      {[](RunOptions& o) { o.seconds = 0; }, "--seconds"},
      {[](RunOptions& o) { o.operations = 0; }, "--operations 0 measures nothing"},
      {[](RunOptions& o) { o.warmup_s = -1; }, "--warmup"},
      {[](RunOptions& o) { o.barrier_arm = "half"; }, "there are off, test, filtered, full"},
      {[](RunOptions& o) { o.barrier_arm = "test"; }, "tests no flag"},
      {[](RunOptions& o) {
         o.barrier_arm = "full", o.collector = "concurrent", o.barrier = "yuasa";
       },
       "stop_the_world, not concurrent"},
      {[](RunOptions& o) { o.collector = "concurrent"; }, "sound here: dijkstra"},
      {[](RunOptions& o) {
         o.collector = "incremental", o.barrier = "yuasa", o.allocate = "white";
       },
       "--unsound"},
  };
  for (const auto& [change, fragment] : cases) {
    RunOptions options = good();
    change(options);
    INFO(fragment);
    CHECK_THROWS_AS(plan_run(options), ConfigurationError);
    CHECK_THROWS_WITH(plan_run(options), Catch::Contains(fragment));
  }
}

TEST_CASE("an unsound pair runs when asked for, verified") {
  RunOptions options = good();
  options.collector = "concurrent";
  options.unsound = true;
  CHECK(plan_run(options).verify);
}

TEST_CASE("the command that repeats a run is read back as the same run") {
  RunOptions options = good();
  options.collector = "concurrent";
  options.barrier = "yuasa";
  options.parameters = {{"scale", "-2"}};
  options.settings = {{"pacer.assist", "off"}};
  options.mutators = 3;
  options.operations = 7;
  options.warmup_s = 0.25;
  options.seed = 99;
  options.verify = true;
  const auto arguments = to_arguments(options);
  std::vector<const char*> words{"run"};
  for (const std::string& word : arguments) words.push_back(word.c_str());
  const auto command = std::get<RunCommand>(parse(words));
  CHECK(to_arguments(command.options) == arguments);
  CHECK(cell_hash(command.options) == cell_hash(options));
}

TEST_CASE("a cell's hash tells everything but the seed, and spelling does not matter") {
  const RunOptions one = good();
  RunOptions other = good();
  other.seed = 1;
  other.collector = "stop-the-world";
  CHECK(cell_hash(one) == cell_hash(other));
  other.heap = "65M";
  CHECK(cell_hash(one) != cell_hash(other));
  CHECK(cell_hash(one).size() == 16);
}

TEST_CASE("a safepoint timeout is a duration or never") {
  const auto timeout_ns = [](std::initializer_list<const char*> words) {
    std::vector<const char*> all{"run", "--workload", "gcbench"};
    all.insert(all.end(), words);
    return std::get<RunCommand>(parse(all)).safepoint_timeout_ns;
  };
  CHECK(timeout_ns({}) == WatchdogPolicy::standard_say_after_ns);
  CHECK(timeout_ns({"--safepoint-timeout", "200ms"}) == 200'000'000);
  CHECK(timeout_ns({"--safepoint-timeout", "0"}) == WatchdogPolicy::never);
}

TEST_CASE("the command line refuses contradictions") {
  CHECK_THROWS_WITH(parse({"run", "--workload", "gcbench", "--record", "off", "--out", "x"}),
                    Catch::Contains("--record on"));
  CHECK_THROWS_WITH(parse({"run", "--workload", "gcbench", "--param", "scale"}),
                    Catch::Contains("name=value"));
  CHECK_THROWS_WITH(
      parse({"run", "--workload", "gcbench", "--param", "scale=1", "--param", "scale=2"}),
      Catch::Contains("twice"));
  CHECK_THROWS_WITH(parse({"run", "--workload", "gcbench", "--min-heap", "small"}),
                    Catch::Contains("--min-heap"));
  CHECK(std::get<RunCommand>(
            parse({"run", "--workload", "gcbench", "--heap", "64M", "--param", "scale=1"}))
            .options.parameters.size() == 1);
}

}  // namespace tricolour

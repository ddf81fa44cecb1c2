#include "harness/sweep/experiment.hpp"

#include <algorithm>
#include <set>

#include "core/errors.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr const char* good_text = R"(schema = 1
name = "barriers"
[matrix]
collector = ["stop_the_world", "concurrent"]
barrier = ["dijkstra", "yuasa"]
workload = ["gcbench", { name = "latency", seconds = 2, param = { live_mb = 32 } }]
heap = ["256M", "2x"]
[[exclude]]
collector = "stop_the_world"
barrier = "yuasa"
[run]
invocations = 3
seconds = 0.5
seed = 7
set = { "pacer.assist" = false }
)";

/// The good text with one line replaced by another (or by several).
std::string with(std::string_view old, std::string_view replacement) {
  std::string text = good_text;
  const std::size_t at = text.find(old);
  REQUIRE(at != std::string::npos);
  return text.replace(at, old.size(), replacement);
}

}  // namespace

TEST_CASE("a good experiment is multiplied out, without what is excluded, with its baseline") {
  const Experiment experiment = read_experiment(good_text, "e.toml");
  CHECK(experiment.name == "barriers");
  CHECK(experiment.invocations == 3);
  CHECK(experiment.seed == 7);
  // 2 collectors x 2 barriers - 1 excluded, times 2 workloads x 2 heaps, and stop_the_world with
  // none for each of those.
  CHECK(experiment.cells.size() == 3 * 4 + 4);
  const auto latency = std::ranges::find(experiment.cells, "latency", &RunOptions::workload);
  REQUIRE(latency != experiment.cells.end());
  CHECK(latency->seconds == 2);
  CHECK(latency->parameters == NamedTexts{{"live_mb", "32"}});
  CHECK(latency->settings == NamedTexts{{"pacer.assist", "false"}});
  CHECK(std::ranges::count_if(experiment.cells,
                              [](const RunOptions& one) { return one.barrier == "none"; }) == 4);
}

TEST_CASE("a baseline has what it names, and else what the cell has") {
  const Experiment experiment =
      read_experiment(with("seed = 7",
                           "baseline = { collector = \"stop-the-world\", barrier = \"none\", heap "
                           "= \"4x\", mark_threads = 2 }"),
                      "e.toml");
  CHECK(experiment.baseline == NamedTexts{{"collector", "stop_the_world"},
                                          {"barrier", "none"},
                                          {"heap", "4x"},
                                          {"mark_threads", "2"}});
  // 3 sound pairs x 2 workloads x 2 heaps, and one baseline for each workload, whatever the heap.
  CHECK(experiment.cells.size() == 3 * 4 + 2);
  CHECK(std::ranges::count_if(experiment.cells, [](const RunOptions& one) {
          return one.heap == "4x" && one.mark_threads == 2;
        }) == 2);
}

TEST_CASE("a block holds every cell once, in an order of its own that the seed decides") {
  const Experiment experiment = read_experiment(good_text, "e.toml");
  const auto first = block_order(experiment, 0);
  CHECK(std::set<std::size_t>(first.begin(), first.end()).size() == experiment.cells.size());
  CHECK(first == block_order(experiment, 0));
  CHECK(first != block_order(experiment, 1));
  const Experiment written = read_experiment(with("seed = 7", "order = \"as-written\""), "e.toml");
  CHECK(std::ranges::is_sorted(block_order(written, 1)));
}

TEST_CASE("unsound pairs are skipped when asked for") {
  const std::string text = with("barrier = [\"dijkstra\", \"yuasa\"]",
                                "barrier = [\"none\", \"yuasa\"]\nunsound_pairs = \"skip\"");
  const Experiment experiment = read_experiment(text, "e.toml");
  CHECK(std::ranges::none_of(experiment.cells, [](const RunOptions& one) {
    return one.collector == "concurrent" && one.barrier == "none";
  }));
}

TEST_CASE("a malformed experiment is refused with file, line and reason") {
  struct Case {
    std::string text;
    unsigned line;
    const char* reason;
  };
  const Case cases[]{
      {"schema = 1\nname = \"x\"\n[matrix\n", 3, "table header"},
      {"name = \"x\"\n", 1, "the file has no 'schema'"},
      {"schema = 1\n", 1, "the file has no 'name'"},
      {"schema = 1\nname = \"x\"\n", 1, "the file has no 'matrix'"},
      {with("schema = 1", "schema = 2"), 1, "this program reads schema 1"},
      {with("schema = 1", "schema = \"one\""), 1, "schema is a string; it takes an integer"},
      {with("name = \"barriers\"", "name = 5"), 2, "name is an integer; it takes a string"},
      {with("name = \"barriers\"", "name = \"\""), 2, "the name is empty"},
      {with("name = \"barriers\"", "name = \"b\"\nauthor = \"me\""), 3,
       "no key of the file is called 'author'; there are schema, name"},
      {with("[matrix]", "[matrix]\ncolector = \"x\""), 4,
       "no key of [matrix] is called 'colector'"},
      {with("collector = [\"stop_the_world\", \"concurrent\"]", ""), 3,
       "[matrix] has no 'collector'"},
      {with("\"concurrent\"]", "\"zgc\"]"), 4, "no collector is called 'zgc'; there are"},
      {with("\"concurrent\"]", "7]"), 4, "collector is an integer; it takes a string"},
      {with("[\"dijkstra\", \"yuasa\"]", "[\"dijkstra\", \"steel\"]"), 5,
       "no barrier is called 'steel'; did you mean 'steele'? There are none, dijkstra"},
      {with("[\"dijkstra\", \"yuasa\"]", "[]"), 5, "barrier has no value"},
      {with("[\"dijkstra\", \"yuasa\"]", "[\"dijkstra\", \"yuasa\", \"none\"]"), 5,
       "loses objects"},
      {with("[\"gcbench\",", "[\"gcbanch\","), 6, "no workload is called 'gcbanch'"},
      {with("name = \"latency\", ", ""), 6, "a workload has no 'name'"},
      {with("seconds = 2, param", "second = 2, param"), 6,
       "no key of a workload is called 'second'"},
      {with("seconds = 2, param", "seconds = 2, operations = 5, param"), 6, "contradict"},
      {with("live_mb = 32", "live_mb = -3"), 6, "outside"},
      {with("live_mb = 32", "live = 32"), 6, "no parameter of workload 'latency' is called 'live'"},
      {with("live_mb = 32", "live_mb = [1]"), 6, "an array"},
      {with("[\"256M\", \"2x\"]", "[\"256M\", \"big\"]"), 7, "'big' is not a size"},
      {with("[\"256M\", \"2x\"]", "[\"1M\", \"2x\"]"), 7, "smaller than the live data"},
      {with("[\"256M\", \"2x\"]", "256"), 7, "heap is an integer; it takes a string"},
      {with("heap = ", "mutators = 0\nheap = "), 7, "mutators = 0 is outside 1 to"},
      {with("heap = ", "mutators = \"two\"\nheap = "), 7,
       "mutators is a string; it takes an integer"},
      {with("heap = ", "mark_threads = [1, 9999]\nheap = "), 7, "mark_threads = 9999 is outside"},
      {with("heap = ", "marker = \"tbb\"\nheap = "), 7, "no marker is called 'tbb'"},
      {with("heap = ", "unsound_pairs = \"run\"\nheap = "), 7,
       "no unsound_pairs is called 'run'; there are refuse, skip"},
      {with("[[exclude]]", "[exclude]"), 8, "write [[exclude]]"},
      {with("collector = \"stop_the_world\"\nbarrier = \"yuasa\"", ""), 8,
       "would exclude everything"},
      {with("barrier = \"yuasa\"\n[run]", "barrier = \"steele\"\n[run]"), 10,
       "is excluded, but is not in the matrix"},
      {with("barrier = \"yuasa\"\n[run]", "marker = \"serial\"\n[run]"), 10,
       "no key of [[exclude]] is called 'marker'"},
      {with("invocations = 3", "invocations = 0"), 12, "outside 1 to"},
      {with("invocations = 3", "invocations = 2.5"), 12,
       "invocations is a number; it takes an integer"},
      {with("seconds = 0.5", "seconds = nan"), 13, "outside"},
      {with("seconds = 0.5", "seconds = 1\noperations = 1"), 14, "contradict"},
      {with("seed = 7", "seed = -1"), 14, "outside"},
      {with("seed = 7", "seeds = 7"), 14, "no key of [run] is called 'seeds'"},
      {with("seed = 7", "order = \"sorted\""), 14, "there are randomised-blocks, as-written"},
      {with("seed = 7", "verify = 1"), 14, "verify is an integer; it takes true or false"},
      {with("seed = 7", "baseline = { collector = \"stop_the_world\" }"), 14,
       "baseline has no 'barrier'"},
      {with("seed = 7",
            "baseline = { collector = \"stop_the_world\", barrier = \"none\", workload = "
            "\"gcbench\" }"),
       14, "workload"},
      {with("seed = 7", "baseline = { collector = \"epsilon\", barrier = \"none\" }"), 14,
       "no collector is called 'epsilon'"},
      {with("seed = 7", "seed = 7\nseed = 8"), 15, "redefine"},
      {with("{ \"pacer.assist\" = false }", "{ \"pacer.help\" = false }"), 15,
       "no parameter is called 'pacer.help'"},
      {with("{ \"pacer.assist\" = false }", "{ \"pacer.assist\" = \"perhaps\" }"), 15,
       "is a switch"},
      {with("{ \"pacer.assist\" = false }", "[]"), 15, "set is an array; it takes a table"},
      {with("{ \"pacer.assist\" = false }", "{ \"pacer.assist\" = 2026-01-01 }"), 15, "a date"},
  };
  static_assert(std::size(cases) >= 25);
  for (const Case& one : cases) {
    INFO(one.text);
    try {
      read_experiment(one.text, "e.toml");
      FAIL_CHECK("accepted, though " << one.reason);
    } catch (const ConfigurationError& error) {
      CHECK_THAT(error.what(), Catch::StartsWith("e.toml:" + std::to_string(one.line) + ": "));
      CHECK_THAT(error.what(), Catch::Contains(one.reason));
    }
  }
}

}  // namespace tricolour

// What a run's tables give back: its figures, or what is wrong with a table.
#include "harness/figures/table_reader.hpp"

#include <unistd.h>

#include <fstream>
#include <random>

#include "harness/figures/figures_json.hpp"
#include "harness/figures/tables.hpp"
#include "harness/files/result_folder.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() : path(fs::temp_directory_path() / ("table_reader-" + std::to_string(::getpid()))) {
    fs::create_directory(path);
  }
  ~Scratch() { fs::remove_all(path); }
  const fs::path path;
};

constexpr Interval long_region{1'000'000, 61'000'000};
constexpr unsigned mutators = 3;

class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed) {}

  RunTables tables(std::size_t requests) {
    RunTables tables;
    tables.region = long_region;
    for (int i = 0; i < 60; ++i) tables.events.push_back({event(), 0, true});
    std::ranges::stable_sort(tables.events, {},
                             [](const RecordedEvent& one) { return end_of(one.event); });
    for (std::size_t i = 0; i < requests; ++i) tables.requests.push_back(request());
    meter(tables.requests);
    return tables;
  }

 private:
  Nanoseconds below(Nanoseconds bound) {
    return static_cast<Nanoseconds>(random_() % static_cast<std::uint64_t>(bound));
  }
  Event event() {
    const Nanoseconds begin = below(62'000'000);
    const Nanoseconds stopped = begin + below(500'000);
    const Nanoseconds end = stopped + below(1'000'000);
    const Nanoseconds cpu = below(400'000);
    const auto thread = static_cast<std::uint32_t>(below(mutators + 1));
    const std::uint64_t cycle = random_() % 9;
    switch (below(3)) {
      case 0:
        return PauseEvent{.kind = static_cast<PauseKind>(below(pause_kinds)),
                          .cause = Cause::explicit_request,
                          .mutator = below(2) == 0 ? every_mutator : thread,
                          .cycle = cycle,
                          .begin_ns = begin,
                          .stopped_ns = stopped,
                          .end_ns = end,
                          .cpu_ns = cpu,
                          .used_before = random_() % 1000,
                          .used_after = random_() % 1000};
      case 1:
        return MutatorInterval{.activity = static_cast<Activity>(below(mutator_activities)),
                               .mutator = thread,
                               .cycle = cycle,
                               .begin_ns = begin,
                               .end_ns = end,
                               .cpu_ns = cpu};
      default:
        return PhaseInterval{.phase = static_cast<Activity>(mutator_activities + random_() % 4),
                             .role = static_cast<Role>(below(4)),
                             .cycle = cycle,
                             .begin_ns = begin,
                             .end_ns = end,
                             .cpu_ns = cpu,
                             .marked_bytes = random_() % 1000,
                             .marked_objects = random_() % 1000};
    }
  }
  RequestTableRow request() {
    const Nanoseconds due = long_region.begin + below(60'000'000), start = due + below(2000);
    return {below(mutators), due, start, start + below(100'000), 1 + below(5)};
  }

  std::mt19937_64 random_;
};

std::string text_of(const EventFigures& figures) {
  return to_text(event_members(figures), 1) + to_text(to_json(figures.latency), 1);
}

void write(const Scratch& scratch, const char* table, std::string_view text) {
  replace_file(scratch.path / table, text);
}

}  // namespace

TEST_CASE("figures of a run and figures of its tables are equal") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Scratch scratch;
    const RunTables told = RandomRun(seed).tables(seed % 4 == 0 ? 0 : 400);
    write_tables(scratch.path, told);
    const std::vector<RequestTableRow> requests = read_requests(scratch.path, 7);
    CHECK(requests == told.requests);
    CHECK(text_of(event_figures(read_events(scratch.path), requests, long_region, mutators)) ==
          text_of(event_figures(told.events, told.requests, long_region, mutators)));
  }
}

TEST_CASE("a run without an event in its tables lost nothing") {
  const Scratch scratch;
  RunTables told;
  told.region = long_region;
  told.events.push_back(
      {MutatorInterval{.activity = Activity::blocked, .begin_ns = 1, .end_ns = 2}, 0, true});
  write_tables(scratch.path, told);
  const std::vector<RecordedEvent> events = read_events(scratch.path);
  CHECK(events.empty());
  const EventFigures figures = event_figures(events, {}, long_region, mutators);
  CHECK(figures.explicit_wall_ns == 0);
  CHECK(text_of(figures) == text_of(event_figures(told.events, {}, long_region, mutators)));
}

TEST_CASE("binary requests come back as they were") {
  const Scratch scratch;
  const RunTables told = RandomRun(1).tables(60'000);
  write_tables(scratch.path, told);
  REQUIRE(fs::exists(scratch.path / "requests.bin"));
  CHECK(read_requests(scratch.path, 7) == told.requests);
}

TEST_CASE("a table that is not whole is refused, with its place") {
  const Scratch scratch;
  write_tables(scratch.path, RandomRun(2).tables(5));
  const std::string pauses = read_file(scratch.path / "pauses.csv");
  const std::string header = pauses.substr(0, pauses.find('\n') + 1);
  const auto refused = [&](const std::string& text, const char* reason) {
    write(scratch, "pauses.csv", text);
    CHECK_THROWS_WITH(read_events(scratch.path), Catch::Matchers::Contains(reason));
  };
  const std::string row = "1,full,pacing,all,1,2,3,4,5,6,1,1";
  refused("", "pauses.csv: the last line is cut off");
  refused(header + row, "the last line is cut off");
  refused(header + row + "\n1,fool,pacing,all,1,2,3,4,5,6,1,1\n",
          "pauses.csv:3: 'fool' is no kind");
  refused(header + "1,full,pacing,all,1,2,x,4,5,6,1,1\n", "pauses.csv:2: 'x' is no resume_ns");
  refused(header + "1,full,pacing,all,1,2\n", "'' is no resume_ns");
  refused(header + row + ",7\n", "more fields than columns");
  refused("cycle,kind\n1,full\n", "there is no column cause");
  write(scratch, "pauses.csv", header + row + "\n");
  CHECK_NOTHROW(read_events(scratch.path));
  fs::remove(scratch.path / "requests.csv");
  write(scratch, "requests.bin", std::string(57, '\0'));
  CHECK_THROWS_WITH(read_requests(scratch.path, 7), "requests.bin: the last row is cut off");
}

}  // namespace tricolour

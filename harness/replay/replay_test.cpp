// Replay: the same mutations under every barrier make the same graph, and float what they must.
#include "harness/replay/replay.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "barriers/all.hpp"
#include "core/errors.hpp"
#include "core/mutator/mutator.hpp"
#include "harness/replay/recording_barrier.hpp"
#include "harness/run/registry.hpp"
#include "tools/testing/catch.hpp"
#include "workloads/random.hpp"

namespace tricolour {
namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

class TraceFile {
 public:
  TraceFile()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("tricolour-replay-{}.trace", ::getpid())) {}
  ~TraceFile() { std::filesystem::remove(path_); }
  operator const std::filesystem::path&() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Records `program(mutator, recorder)` in a heap in which it needs a collection now and then.
template <class Program>
void record(const std::filesystem::path& file, std::size_t heap_bytes, Program program) {
  TraceWriter writer(file, true, "a test");
  Heap heap({.bytes = heap_bytes});
  MutationRecorder recorder(heap, writer);
  const auto collector = find_collector("stop_the_world")->make({heap, Recording::traits, {}});
  heap.attach(*collector, &recorder);
  {
    Mutator<Recording> m(heap);
    program(m, recorder);
  }
  writer.complete();
}

ReplayPlan plan_for(const BarrierTraits& barrier, AllocationColour allocation,
                    const ReplaySchedule& schedule) {
  ReplayPlan plan;
  plan.barrier = &barrier;
  plan.heap.bytes = 64 * megabyte;
  plan.collection.marker = "serial";
  plan.collection.sweep = SweepMode::eager;
  plan.collection.allocation = allocation;
  plan.schedule = schedule;
  return plan;
}

template <class... Barriers, class Each>
void for_each_sound(TypeList<Barriers...>, Each each) {
  const auto look = [&](const BarrierTraits& traits) {
    if (traits.keeps_an_invariant()) each(traits);
  };
  (look(Barriers::traits), ...);
}

void make_garbage(Mutator<Recording>& m, std::size_t bytes) {
  constexpr std::size_t piece = 1000;
  for (std::size_t made = 0; made < bytes; made += piece) m.allocate(0, piece);
}

/// Stores, exchanges, bulk copies, globals, and roots that come and go, over small boxes.
void mutate_at_random(Mutator<Recording>& m, MutationRecorder& recorder) {
  constexpr std::uint32_t cells = 1500;
  SplitMix random(7);
  m.make_globals(4);
  const Root boxes{m, m.allocate(cells, 0)};
  const Root copy{m, m.allocate(cells, 0)};
  const auto renew = [&](std::size_t at) {
    const Root tail{m, m.allocate(0, 8 + random.below(200))};
    Object* const box = m.allocate(2, 16);
    m.store(box, 0, tail);
    m.store(box, 1, m.load(boxes, random.below(cells)));
    m.store(boxes, at, box);
  };
  for (std::size_t i = 0; i < cells; ++i) renew(i);
  recorder.region_begins();
  Root held{m};
  for (unsigned i = 0; i < 60'000; ++i) {
    const std::size_t at = random.below(cells);
    switch (random.below(6)) {
      case 0:
        held = m.load(boxes, at);
        break;
      case 1:
        m.store(boxes, at, held);
        break;
      case 2:
        held = m.exchange(m.globals(), random.below(4), held);
        break;
      case 3:
        m.copy_range(boxes, 0, copy, random.below(100), 20);
        break;
      default:
        renew(at);
    }
    if (Object* const box = m.load(boxes, at); box != nullptr && random.once_in(3))
      m.store(box, 1, nullptr);
  }
  recorder.region_ends();
}

TEST_CASE("a replay makes the same graph at the same points under every barrier") {
  const TraceFile file;
  record(file, 2 * megabyte, mutate_at_random);
  std::optional<ReplayOutcome> first;
  for_each_sound(AllBarriers{}, [&](const BarrierTraits& barrier) {
    INFO(barrier.name);
    TraceReader trace(file);
    CHECK(trace.summary().region_bytes > megabyte);
    const ReplaySchedule schedule{
        .period = trace.summary().region_bytes / 6 + 1, .marking = 0.5, .quanta = 5};
    const ReplayOutcome outcome = replay(trace, plan_for(barrier, barrier.allocation, schedule));
    if (!first) first = outcome;
    CHECK(outcome.end.checksum == first->end.checksum);
    REQUIRE(outcome.cycles.size() == 6);
    REQUIRE(outcome.checks.size() == 6);
    for (std::size_t i = 0; i < 6; ++i) {
      const ReplayedCycle &here = outcome.cycles[i], &there = first->cycles[i];
      CHECK((here.begin_record == there.begin_record && here.end_record == there.end_record));
      CHECK(
          (here.begin.checksum == there.begin.checksum && here.end.checksum == there.end.checksum));
      CHECK(outcome.checks[i].checked == there.end.objects);
    }
  });
}

TEST_CASE("a replay runs under a collector's own pace, too") {
  const TraceFile file;
  record(file, 2 * megabyte, mutate_at_random);
  for (const CollectorInfo& collector : collectors()) {
    INFO(collector.name);
    TraceReader trace(file);
    ReplayPlan plan = plan_for(find_barrier("hybrid"), AllocationColour::black, {});
    plan.collector = &collector;
    plan.heap.bytes = megabyte;
    CHECK(replay(trace, plan).checks.size() >= 2);
  }
}

/// One root keeps its object, the other is set to null in the first half of the region, to an
/// object in the second, and to null at the end.
void let_go(Mutator<Recording>& m, MutationRecorder& recorder) {
  const Root kept{m, m.allocate(0, 100)};
  Root held{m, m.allocate(0, 100)};
  recorder.region_begins();
  held = nullptr;
  make_garbage(m, megabyte);
  held = m.allocate(0, 100);
  make_garbage(m, megabyte);
  held = nullptr;
  recorder.region_ends();
}

TEST_CASE("a replay lets go what a root that is set to null let go") {
  const TraceFile file;
  record(file, 8 * megabyte, let_go);
  TraceReader trace(file);
  const ReplaySchedule schedule{
      .period = trace.summary().region_bytes / 2 - 1, .marking = 0.5, .quanta = 2};
  const ReplayOutcome outcome =
      replay(trace, plan_for(find_barrier("dijkstra"), AllocationColour::white, schedule));
  std::vector<std::uint64_t> reachable;
  for (const Oracle::CycleRecord& check : outcome.checks) reachable.push_back(check.checked);
  CHECK(reachable == std::vector<std::uint64_t>{1, 2});
}

/// Two arrays of old objects. After the first of eight quanta one of them has been scanned, and
/// nothing else: then new objects are stored over all of the old ones, and dropped again.
void overwrite_and_drop(Mutator<Recording>& m, MutationRecorder& recorder) {
  constexpr std::size_t slots = 64;
  const Root one{m, m.allocate(slots, 0)};
  const Root other{m, m.allocate(slots, 0)};
  const auto fill = [&] {
    for (const Root* array : {&one, &other}) {
      for (std::size_t i = 0; i < slots; ++i) {
        Object* const made = m.allocate(0, 56);
        m.store(*array, i, made);
      }
    }
  };
  fill();
  recorder.region_begins();
  make_garbage(m, 150'000);
  fill();
  m.clear_range(one, 0, slots);
  m.clear_range(other, 0, slots);
  make_garbage(m, 950'000);
  recorder.region_ends();
}

TEST_CASE("Steele keeps less than Dijkstra, and Dijkstra less than a snapshot") {
  const TraceFile file;
  record(file, 64 * megabyte, overwrite_and_drop);
  constexpr ReplaySchedule schedule{.period = 4'000'000, .marking = 0.25, .quanta = 8};
  const auto floating = [&](const BarrierTraits& barrier, AllocationColour allocation) {
    TraceReader trace(file);
    const ReplayOutcome outcome = replay(trace, plan_for(barrier, allocation, schedule));
    REQUIRE(outcome.checks.size() == 1);
    return outcome.checks.front();
  };
  const auto retained = [&](std::string_view name, AllocationColour allocation) {
    return floating(find_barrier(name), allocation).floating_retained;
  };
  constexpr std::uint64_t array_bytes = 64 * 64;
  CHECK(retained("dijkstra", AllocationColour::white) ==
        retained("steele", AllocationColour::white) + 2 * array_bytes);
  CHECK(floating(find_barrier("dijkstra"), AllocationColour::white).floating_black == 0);

  // Black allocation: new objects float under every barrier alike, and what makes the difference is
  // the old ones of the array not yet scanned.
  const Oracle::CycleRecord steele = floating(find_barrier("steele"), AllocationColour::black);
  CHECK(steele.floating_retained == array_bytes);
  for_each_sound(AllBarriers{}, [&](const BarrierTraits& barrier) {
    INFO(barrier.name);
    const Oracle::CycleRecord one = floating(barrier, AllocationColour::black);
    CHECK(one.floating_black == steele.floating_black);
    CHECK(one.floating_retained == (barrier.invariant == Invariant::weak ? 2 : 1) * array_bytes);
  });
}

TEST_CASE("a replay sees what a barrier loses") {
  const TraceFile file;
  record(file, 2 * megabyte, mutate_at_random);
  TraceReader trace(file);
  const ReplaySchedule schedule{
      .period = trace.summary().region_bytes / 6 + 1, .marking = 0.5, .quanta = 5};
  ReplayPlan plan = plan_for(find_barrier("yuasa"), AllocationColour::white, schedule);
  CHECK_THROWS_WITH(replay(trace, plan), Catch::Contains("with white allocation"));
  plan.unsound = true;
  TraceReader again(file);
  CHECK_THROWS_WITH(replay(again, plan), Catch::Contains("lost object"));
}

TEST_CASE("a second mutator is not recorded") {
  const TraceFile file;
  CHECK_THROWS_WITH(record(file, megabyte,
                           [](Mutator<Recording>& m, MutationRecorder&) {
                             const Root kept{m, m.allocate(1, 0)};
                             Child<Recording> child(m, {&kept});
                             m.blocking([&] {
                               child.attach();
                               child.end();
                             });
                             m.allocate(1, 0);
                           }),
                    Catch::Contains("one mutator's"));
}

TEST_CASE("a trace that makes no sense is refused with its place") {
  const TraceFile file;
  const auto refused =
      [&](std::initializer_list<std::pair<Mutation, std::array<std::uint64_t, 3>>> records,
          const char* why) {
        {
          TraceWriter writer(file, true, "");
          TraceSummary summary{.records = records.size()};
          for (const auto& [mutation, operands] : records) {
            if (mutation == Mutation::allocate) {
              ++summary.objects;
              summary.bytes += operands[1] * granule_bytes;
            }
            writer.record(mutation, std::span(operands).first(
                                        operand_count[static_cast<std::size_t>(mutation)]));
          }
          writer.finish(summary);
          writer.complete();
        }
        const auto read_and_replay = [&] {
          TraceReader trace(file);
          replay(trace, plan_for(find_barrier("yuasa"), AllocationColour::black, {.period = 1000}));
        };
        INFO(why);
        CHECK_THROWS_WITH(read_and_replay(),
                          Catch::Contains("damaged at byte") && Catch::Contains(why));
      };
  refused({{Mutation::push_root, {1}}}, "an object that is not there yet");
  refused({{Mutation::allocate, {1, 1}}, {Mutation::store, {1, 1, 0}}},
          "a field that is not there");
  refused({{Mutation::load, {0, 0}}}, "a field that is not there");
  refused({{Mutation::allocate, {4, 1}}}, "an impossible size");
  refused({{Mutation::allocate, {0, ~std::uint64_t{0}}}}, "an impossible size");
  refused({{Mutation::allocate, {0, 1 << 30}}}, "and the heap has");
  // The first object dies when a period is over, and is named after that.
  refused({{Mutation::allocate, {1, 64}},
           {Mutation::begin_region, {}},
           {Mutation::allocate, {1, 64}},
           {Mutation::allocate, {1, 64}},
           {Mutation::allocate, {1, 64}},
           {Mutation::allocate, {1, 64}},
           {Mutation::store, {5, 0, 0}}},
          "an object that has been freed");
  refused({{Mutation::set_root, {0, 0}}}, "a root that is not there");
  refused({{Mutation::pop_roots, {0}}}, "roots that are not there");
}

}  // namespace
}  // namespace tricolour

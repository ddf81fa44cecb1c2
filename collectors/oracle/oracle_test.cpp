// The oracle on heaps that are built by hand, sound or wrong in one place: each fault is found and
// named, at termination and after the sweep, in the first cycle and in the second. And under every
// collector every check runs as often as there are cycles.
#include "collectors/oracle/oracle.hpp"

#include "barriers/hybrid.hpp"
#include "barriers/yuasa.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/random_run.hpp"

namespace tricolour {
namespace {

/// A heap whose cycles are made by hand. A handle refers to `parent`, and that to `child`; both are
/// marked in each cycle, and so is `floating`, which is not reachable. `garbage` is never marked.
class HandMade {
 public:
  explicit HandMade(bool stops_at_lost = true) : oracle(heap, "a barrier", stops_at_lost) {
    heap.attach(no_collection_, &oracle);
    mutator.emplace(heap);
    parent.emplace(*mutator, mutator->allocate(2, 48));
    child = mutator->allocate(0, 40);
    parent->get()->slot(0).store(child);
    floating = mutator->allocate(0, 24);
    garbage = mutator->allocate(0, 24);
  }

  void begin_cycle() {
    bench::change_phase(heap, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      ++phase.cycle;
    });
    context_of(*mutator).adopt(heap.phase());
    oracle.cycle_began();
  }
  void mark(const Object* object) {
    const MarkSense sense = heap.phase().sense;
    REQUIRE(heap.metadata.try_shade_alone(object, sense.white(), sense.black));
  }
  void mark_all() {
    for (const Object* const object : {parent->get(), child, floating}) mark(object);
  }
  void check_marked() { oracle.check_marked(marked); }
  void free(Object* object) {
    byte_of(object) = 0;
    oracle.freed(object, object->bytes());
  }
  /// From begin to the check after the sweep; there is new garbage for the next one.
  void whole_cycle() {
    begin_cycle();
    mark_all();
    check_marked();
    free(garbage);
    oracle.check_swept();
    garbage = mutator->allocate(0, 24);
  }

  ColourByte& byte_of(Object* object) { return *heap.metadata.byte_of(object); }
  void recolour(Object* object, ColourByte state) {
    byte_of(object) = with_state(byte_of(object), state);
  }
  /// A place in the payload of `parent` at which an object of one granule could begin.
  Object* place_in_parent() const {
    return reinterpret_cast<Object*>(reinterpret_cast<std::byte*>(parent->get()) +
                                     2 * granule_bytes);
  }
  /// An object that begins there, black.
  Object* make_in_parent() {
    Object* const made = place_in_parent();
    made->initialise(0, 1);
    oracle.allocated(made);
    byte_of(made) = colour_byte(1, heap.phase().sense.black);
    return made;
  }

  static constexpr std::uint64_t marked = 3;
  Heap heap{{.bytes = std::size_t{1} << 20}};
  Oracle oracle;
  std::optional<Mutator<Yuasa>> mutator;
  std::optional<Root> parent;
  Object* child = nullptr;
  Object* floating = nullptr;
  Object* garbage = nullptr;

 private:
  bench::NoCollection no_collection_;
};

struct Damage {
  const char* what;
  void (*inflict)(HandMade&);
  const char* at_termination;  ///< what the oracle says; null: nothing is wrong at that time
  const char* after_sweep;
};

constexpr Damage damages[]{
    {"lost", [](HandMade& heap) { heap.recolour(heap.child, heap.heap.phase().sense.white()); },
     "it is reachable and not marked", "it is reachable and was swept"},
    {"grey", [](HandMade& heap) { heap.recolour(heap.child, grey_state); },
     "it is reachable and not marked", "it is reachable and was swept"},
    {"freed", [](HandMade& heap) { heap.free(heap.child); },
     "no object starts there: it was freed, or never allocated",
     "no object starts there: it was freed, or never allocated"},
    {"torn", [](HandMade& heap) { heap.child->initialise(1, heap.child->granules()); },
     "its header is torn", "its header is torn"},
    {"not aligned",
     [](HandMade& heap) {
       std::byte* const inside = reinterpret_cast<std::byte*>(heap.child) + sizeof(Object);
       heap.parent->get()->slot(1).store(reinterpret_cast<Object*>(inside));
     },
     "a reference is not aligned to a granule", "a reference is not aligned to a granule"},
    {"outside the heap",
     [](HandMade& heap) {
       alignas(granule_bytes) static std::byte outside[granule_bytes]{};
       heap.parent->get()->slot(1).store(reinterpret_cast<Object*>(outside));
     },
     "a reference points outside the heap", "a reference points outside the heap"},
    {"overlapping",
     [](HandMade& heap) { heap.parent->get()->slot(1).store(heap.make_in_parent()); }, nullptr,
     "it overlaps another object"},
    {"overlapping and not reachable", [](HandMade& heap) { heap.make_in_parent(); }, nullptr,
     "another object begins inside the one"},
    {"a colour of neither this cycle nor the last",
     [](HandMade& heap) { heap.recolour(heap.floating, heap.heap.phase().sense.flipped().black); },
     "neither black nor white at termination", "a dead object is left"},
    {"grey and not reachable", [](HandMade& heap) { heap.recolour(heap.floating, grey_state); },
     "neither black nor white at termination", "a dead object is left"},
    {"unmarked after it was scanned",
     [](HandMade& heap) { heap.recolour(heap.floating, heap.heap.phase().sense.white()); },
     "2 objects are marked, and 3 were scanned", "a dead object is left"},
    {"no start byte", [](HandMade& heap) { heap.byte_of(heap.floating) = 0; },
     "neither black nor white at termination", "an object without a start byte"},
    {"a start byte too many",
     [](HandMade& heap) {
       const BlockSpace& blocks = heap.heap.spaces().blocks();
       auto* const last_block = blocks.block_begin(blocks.block_count() - 1);
       *heap.heap.metadata.byte_of(last_block) = colour_byte(1, heap.heap.phase().sense.black);
     },
     nullptr, "a start byte without an object"},
    {"a start byte inside an object",
     [](HandMade& heap) {
       heap.byte_of(heap.place_in_parent()) = colour_byte(1, heap.heap.phase().sense.black);
     },
     nullptr, "a start byte inside the object"},
    {"a wrong size in the metadata byte",
     [](HandMade& heap) {
       heap.byte_of(heap.child) =
           colour_byte(heap.child->granules() + 1, heap.heap.phase().sense.black);
     },
     nullptr, "a wrong size"},
};

}  // namespace

TEST_CASE("the oracle names what is wrong at termination", "[oracle]") {
  for (const int cycles_before : {0, 1}) {
    for (const Damage& damage : damages) {
      if (damage.at_termination == nullptr) continue;
      CAPTURE(cycles_before, damage.what);
      HandMade heap;
      for (int i = 0; i < cycles_before; ++i) heap.whole_cycle();
      heap.begin_cycle();
      heap.mark_all();
      damage.inflict(heap);
      CHECK_THROWS_WITH(heap.check_marked(), Catch::Contains(damage.at_termination));
    }
  }
}

TEST_CASE("the oracle names what is wrong after the sweep", "[oracle]") {
  for (const int cycles_before : {0, 1}) {
    for (const Damage& damage : damages) {
      CAPTURE(cycles_before, damage.what);
      HandMade heap;
      for (int i = 0; i < cycles_before; ++i) heap.whole_cycle();
      heap.begin_cycle();
      heap.mark_all();
      heap.check_marked();
      heap.free(heap.garbage);
      damage.inflict(heap);
      CHECK_THROWS_WITH(heap.oracle.check_swept(), Catch::Contains(damage.after_sweep));
    }
  }
}

TEST_CASE("the oracle sees what the sweep did not free", "[oracle]") {
  HandMade heap;
  heap.begin_cycle();
  heap.mark_all();
  heap.check_marked();
  CHECK_THROWS_WITH(heap.oracle.check_swept(), Catch::Contains("a dead object is left"));
}

TEST_CASE("the oracle counts what was marked and never scanned", "[oracle]") {
  HandMade heap;
  heap.begin_cycle();
  heap.mark_all();
  heap.mark(heap.garbage);
  CHECK_THROWS_WITH(heap.check_marked(),
                    Catch::Contains("4 objects are marked, and 3 were scanned, in cycle 1"));
}

TEST_CASE("the report of a lost object says how it is reached", "[oracle]") {
  HandMade heap;
  heap.begin_cycle();
  heap.mark(heap.parent->get());
  CHECK_THROWS_WITH(heap.check_marked(), Catch::Contains("cycle 1, at termination") &&
                                             Catch::Contains("barrier: a barrier") &&
                                             Catch::Contains("path: handle 0 of mutator 0 -> ") &&
                                             Catch::Contains(".slot[0] -> "));
}

TEST_CASE("an oracle that does not stop at a lost object counts it", "[oracle]") {
  HandMade heap(false);
  heap.begin_cycle();
  heap.mark(heap.floating);
  heap.check_marked();
  CHECK(heap.oracle.statistics().lost_objects == 2);
  CHECK(heap.oracle.statistics().colours_checked == 0);
}

TEST_CASE("the oracle refuses a second object at one place, and a second end of one", "[oracle]") {
  HandMade heap;
  heap.begin_cycle();
  CHECK_THROWS_WITH(heap.oracle.allocated(heap.child), Catch::Contains("over a live one"));
  heap.free(heap.garbage);
  CHECK_THROWS_WITH(heap.oracle.freed(heap.garbage, granule_bytes), Catch::Contains("freed twice"));
  bench::change_phase(heap.heap, [](PhaseState& phase) { phase.marking = true; });
  CHECK_THROWS_WITH(heap.oracle.freed(heap.floating, granule_bytes),
                    Catch::Contains("freed while a cycle marks"));
}

TEST_CASE("the oracle traces from the handles of every mutator that has not ended", "[oracle]") {
  HandMade heap;
  heap.mutator->blocking([&] {
    Mutator<Yuasa> another(heap.heap);
    const Root held(another, another.allocate(0, 8));
    heap.begin_cycle();
    heap.mark_all();
    CHECK_THROWS_WITH(heap.check_marked(), Catch::Contains("path: handle 0 of mutator 1"));
  });
  CHECK_NOTHROW(heap.check_marked());
}

TEST_CASE("the oracle counts each check, and what floats", "[oracle]") {
  HandMade heap;
  heap.whole_cycle();
  heap.begin_cycle();
  heap.mark_all();
  const Object* const born_black = heap.mutator->allocate(0, 100);
  heap.check_marked();
  heap.free(heap.garbage);
  heap.oracle.check_swept();
  const VerifyStatistics found = heap.oracle.statistics();
  CHECK(found.cycles_checked == 2);
  CHECK(found.colours_checked == 2);
  CHECK(found.sweeps_checked == 2);
  CHECK(found.metadata_checked == 2);
  CHECK(found.objects_checked == 4);
  CHECK(found.objects_checked_after_sweeps == 4);
  CHECK(found.allocations_checked == 6);
  CHECK(found.frees_checked == 2);
  CHECK(found.lost_objects == 0);
  REQUIRE(heap.oracle.records().size() == 2);
  const Oracle::CycleRecord& second = heap.oracle.records()[1];
  CHECK((second.cycle == 2 && second.checked == 2 && second.lost == 0));
  CHECK(second.floating_retained == heap.floating->bytes());
  CHECK(second.floating_black == born_black->bytes());
  CHECK(found.floating_retained_bytes == 2 * heap.floating->bytes());
  CHECK(found.floating_black_bytes == born_black->bytes());
}

TEST_CASE("under every collector each check runs once a cycle", "[oracle]") {
  for (const CollectorInfo& collector : collectors()) {
    for (const SweepModeInfo& listed : sweep_modes) {
      const SweepMode sweep = listed.mode;
      if (!sweep_refused_because(collector, sweep).empty()) continue;
      CAPTURE(collector.name, to_string(sweep));
      CollectedHeapOptions options;
      options.heap.bytes = std::size_t{3} << 20;
      options.collector = collector.name;
      options.collection.sweep = sweep;
      options.verify = true;
      const RandomRun run = run_random_mutators<Hybrid>(options, 2, 30'000, 3);
      const VerifyStatistics& found = run.verification;
      CHECK(run.failure == "");
      CHECK(found.cycles_checked >= 3);
      CHECK(found.cycles_checked == run.collection.cycles);
      CHECK(found.colours_checked == found.cycles_checked);
      CHECK(found.sweeps_checked == found.cycles_checked);
      CHECK(found.metadata_checked == found.cycles_checked);
      CHECK(found.objects_checked_after_sweeps > found.objects_checked / 2);
      CHECK(found.allocations_checked > found.frees_checked);
      CHECK(found.frees_checked > found.allocations_checked / 2);
    }
  }
}

}  // namespace tricolour

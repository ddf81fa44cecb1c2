// Every barrier at work in several cycles, under two mutators: what it did in the first cycle may
// not spoil a later one.
//
// Purpose: the conformance suite sees one store at a time. Here the real incremental collector
// marks a long array, chunk by chunk, while two mutators in turn move objects from its last chunk,
// which the marker has not reached, into its first, which it has passed; then they drop them. In
// each cycle only the barrier keeps these objects, and the oracle says whether it did.
//
// Invariant: the mutators take turns and allocate the same, so the schedule is the same in each
// run.
#include <array>
#include <semaphore>
#include <thread>
#include <vector>

#include "barriers/all.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

constexpr std::uint64_t cycles = 3;
constexpr std::size_t mutators = 2;
using Moves = std::array<std::array<int, cycles + 1>, mutators>;  ///< by mutator and cycle

CollectedHeapOptions in_small_quanta(const BarrierTraits& barrier) {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{2} << 20;
  options.heap.hole_piece_bytes = 256;
  options.collector = "incremental";
  options.collection.marker = "serial";
  options.collection.quantum_slots = 64;
  options.collection.final_slots = 32;
  options.collection.allocation = barrier.allocation;
  options.verify = true;
  return options;
}

template <Barrier B>
class TakingTurns {
 public:
  TakingTurns() : heap_(in_small_quanta(B::traits), B::traits) {}

  /// What was lost; empty when nothing was.
  std::string run() {
    {
      Mutator<B> first(heap_);
      first.make_globals(1);
      fill(first);
      std::thread thread([this] {
        Mutator<B> second(heap_);
        mutate(second, 1);
      });
      mutate(first, 0);
      first.blocking([&] { thread.join(); });
    }
    heap_.stop();
    return failure_;
  }
  const Moves& moves() const { return moves_; }

 private:
  static constexpr std::size_t movable = 512;
  static constexpr std::uint32_t slots = most_whole_slots + 2 * chunk_slots;
  static constexpr std::size_t last_chunk = slots - chunk_slots;
  static constexpr int most_turns = 20'000;
  static constexpr int steps_in_a_turn = 8;

  /// The chunks between are what the marker is busy with while objects move.
  void fill(Mutator<B>& m) {
    m.store(m.globals(), 0, m.allocate(slots, 0));
    for (std::size_t i = chunk_slots; i < last_chunk + movable; ++i) {
      Object* const object = m.allocate(0, 8);
      m.store(array(m), i, object);
    }
  }
  Object* array(Mutator<B>& m) { return m.load(m.globals(), 0); }

  void mutate(Mutator<B>& m, std::size_t self) {
    for (int turn = 0; turn < most_turns; ++turn) {
      m.blocking([&] { turns_[self].acquire(); });
      for (int step = 0; step < steps_in_a_turn && !over_; ++step) make_step(m, self);
      const bool over = over_;
      turns_[1 - self].release();
      if (over) return;
    }
  }
  void make_step(Mutator<B>& m, std::size_t self) {
    try {
      move(m, self);
      m.allocate(0, 240);
      over_ = context_of(m).phase().cycle > cycles;
    } catch (const std::exception& error) {
      failure_ = error.what();
      over_ = true;
    }
  }
  /// While the marker runs an object moves to the front, afterwards it moves back.
  void move(Mutator<B>& m, std::size_t self) {
    const PhaseState& phase = context_of(m).phase();
    const bool forward = phase.marking;
    std::size_t& moved = moved_[self];
    if (forward ? moved == movable / mutators : moved == 0) return;
    const std::size_t cell = self + mutators * (forward ? moved : moved - 1);
    const std::size_t front = cell;
    const std::size_t back = last_chunk + cell;
    const Root object{m, m.load(array(m), forward ? back : front)};
    m.store(array(m), forward ? back : front, nullptr);
    m.store(array(m), forward ? front : back, object);
    forward ? ++moved : --moved;
    if (forward && phase.cycle <= cycles) ++moves_[self][phase.cycle];
  }

  CollectedHeap heap_;
  std::array<std::binary_semaphore, mutators> turns_{std::binary_semaphore{1},
                                                     std::binary_semaphore{0}};
  // Written by the mutator whose turn it is.
  std::array<std::size_t, mutators> moved_{};
  Moves moves_{};
  std::string failure_;
  bool over_ = false;
};

/// In cycle `forgotten` nothing but the store is done.
template <Barrier Original, std::uint64_t forgotten>
struct ForgetsInCycle {
  static constexpr BarrierTraits traits = Original::traits;
  template <class M, class Write>
  static auto store(M& m, Object* source, Slot& slot, Object* value, Write write) {
    if (m.phase().cycle == forgotten) return write(std::memory_order_release);
    return Original::store(m, source, slot, value, write);
  }
  template <class M>
  static Object* load(M& m, Object* source, Slot& slot) {
    if (m.phase().cycle == forgotten) return m.load(slot);
    return Original::load(m, source, slot);
  }
};

template <Barrier B>
constexpr bool works_beside_mutators = B::traits.keeps_an_invariant();

}  // namespace

TEMPLATE_LIST_TEST_CASE("a barrier keeps what two mutators move in each of three cycles",
                        "[barriers]", AllBarriers) {
  if constexpr (works_beside_mutators<TestType>) {
    TakingTurns<TestType> turns;
    CHECK(turns.run() == "");
    for (std::size_t mutator = 0; mutator < mutators; ++mutator) {
      for (std::uint64_t cycle = 1; cycle <= cycles; ++cycle) {
        CAPTURE(mutator, cycle);
        CHECK(turns.moves()[mutator][cycle] > 0);
      }
    }
  }
}

TEMPLATE_LIST_TEST_CASE("a barrier that forgets one cycle loses an object in that cycle",
                        "[barriers]", AllBarriers) {
  if constexpr (works_beside_mutators<TestType>) {
    CHECK_THAT((TakingTurns<ForgetsInCycle<TestType, 1>>().run()),
               Catch::Matchers::Contains("cycle 1,"));
    CHECK_THAT((TakingTurns<ForgetsInCycle<TestType, 2>>().run()),
               Catch::Matchers::Contains("cycle 2,"));
  }
}

}  // namespace tricolour

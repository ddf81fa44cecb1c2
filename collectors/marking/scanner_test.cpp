// The scanner: what each meaning of black promises to barriers, seen between any two steps of a
// trace.
#include "collectors/marking/scanner.hpp"

#include <random>
#include <stdexcept>
#include <vector>

#include "barriers/none.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// A stack that calls `look` before every pop: the mutators' view of the heap while the scanner is
/// at work. A scanner that asks an empty stack a third time has no end: it asks again once, after
/// it has emptied its FIFO.
template <class Look>
struct WatchedStack {
  Look look;
  std::vector<GreyItem> items{};
  int asked_in_vain = 0;
  void push(GreyItem item) {
    items.push_back(item);
    asked_in_vain = 0;
  }
  bool pop(GreyItem& item) {
    look();
    if (items.empty()) {
      if (++asked_in_vain > 2) throw std::logic_error("the scanner does not end");
      return false;
    }
    item = items.back();
    items.pop_back();
    return true;
  }
};

/// Small objects that refer to each other at random, and an array of several chunks that refers to
/// some.
class ScannedHeap {
 public:
  ScannedHeap() : bench_(std::size_t{2} << 20), mutator_(bench_.heap) {
    std::mt19937 random(3);
    objects_.push_back(mutator_.allocate(most_whole_slots + 1, 0));
    for (int i = 0; i < 500; ++i)
      objects_.push_back(mutator_.allocate(static_cast<std::uint32_t>(random() % 4), 0));
    const auto any_small = [&] { return objects_[1 + random() % (objects_.size() - 1)]; };
    for (Object* const object : objects_) {
      const std::size_t stride = object->has_chunks() ? 31 : 1;
      for (std::size_t slot = 0; slot < object->slot_count(); slot += stride)
        mutator_.store(object, slot, any_small());
    }
  }

  /// One cycle with the array as root: marks everything reachable, and calls `look` between steps.
  /// Everything is white when it begins.
  template <BlackMeans means, class Look>
  void cycle(unsigned prefetch, Look look) {
    const PhaseState& phase = bench_.heap.phase();
    for (Object* const object : objects_) {
      ColourByte* const byte = bench_.heap.metadata.byte_of(object);
      *byte = with_state(*byte, phase.sense.black);  // garbage too: nothing is swept
    }
    bench::change_phase(bench_.heap, [](PhaseState& changed) {
      changed.sense = changed.sense.flipped();
      changed.black_means = means;
    });
    WatchedStack<Look> stack{look};
    bench_.heap.metadata.try_shade_alone(objects_.front(), phase.sense.white(),
                                         phase.shaded_state());
    stack.push(GreyItem(objects_.front()));
    Scanner<true, means, WatchedStack<Look>> scanner(bench_.heap.metadata, phase, prefetch, stack);
    while (!stack.items.empty()) scanner.trace(20);
  }

  bool is_black(Object* object, std::size_t slot) const {
    return state_of(*bench_.heap.metadata.byte_of_slot(object, object->slot(slot))) ==
           bench_.heap.phase().sense.black;
  }
  bool is_white(Object* object) const {
    return state_of(*bench_.heap.metadata.byte_of(object)) == bench_.heap.phase().sense.white();
  }
  std::size_t white_behind_black() const {
    std::size_t count = 0;
    for (Object* const object : objects_) {
      for (std::size_t slot = 0; slot < object->slot_count(); ++slot) {
        Object* const referent = object->slot(slot).load();
        if (referent != nullptr && is_white(referent) && is_black(object, slot)) ++count;
      }
    }
    return count;
  }
  /// Chunks of the array that look black.
  std::size_t chunks() const { return objects_.front()->chunk_count(); }
  std::size_t black_chunks() const {
    std::size_t count = 0;
    for (std::size_t chunk = 0; chunk < chunks(); ++chunk) {
      count += is_black(objects_.front(), chunk * chunk_slots);
    }
    return count;
  }

 private:
  bench::BenchHeap<bench::NoCollection> bench_;
  Mutator<None> mutator_;
  std::vector<Object*> objects_;
};

}  // namespace

TEST_CASE("completed: whatever a black object or chunk refers to is marked", "[scanner]") {
  const unsigned prefetch = GENERATE(1u, 7u, max_prefetch);
  ScannedHeap heap;
  std::size_t most = 0;
  std::size_t looks = 0;
  heap.cycle<BlackMeans::completed>(prefetch, [&] {
    most = std::max(most, heap.white_behind_black());
    ++looks;
  });
  CHECK(looks > 100);
  CHECK(most == 0);
  CHECK(heap.black_chunks() == heap.chunks());
}

TEST_CASE("no chunk looks black before it was scanned, whatever black meant in the cycles before",
          "[scanner]") {
  ScannedHeap heap;
  const auto nothing = [] {};
  for (const int before : {0, 1, 2, 3}) {
    CAPTURE(before);
    for (int i = 0; i < before; ++i) heap.cycle<BlackMeans::marked>(8, nothing);
    bool first = true;
    heap.cycle<BlackMeans::completed>(8, [&] {
      if (first) CHECK(heap.black_chunks() == 0);
      first = false;
    });
    CHECK(heap.black_chunks() == heap.chunks());
    heap.cycle<BlackMeans::started>(8, nothing);
    CHECK(heap.black_chunks() == heap.chunks());
  }
}

}  // namespace tricolour

// Cards that several threads scan: no card is left out.
#include "collectors/cycle/card_scan.hpp"

#include <algorithm>
#include <latch>
#include <optional>
#include <thread>
#include <vector>

#include "barriers/boehm_cards.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/bench_heap.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// A heap without a collector, whose marked objects lie on many cards.
class CardedHeap {
 public:
  CardedHeap()
      : heap_({.bytes = std::size_t{8} << 20,
               .side_table = SideTable::cards,
               .strict_references = false}) {
    heap_.attach(hooks_, nullptr);
    mutator_.emplace(heap_);
    for (std::size_t i = 0; i < count; ++i) {
      sources_.push_back(mutator_->allocate(1, 400));
      referents_.push_back(mutator_->allocate(0, 8));
    }
    bench::change_phase(heap_, [](PhaseState& phase) {
      phase.sense = phase.sense.flipped();
      phase.marking = true;
      ++phase.cycle;
    });
    context_of(*mutator_).adopt(heap_.phase());
    for (Object* const source : sources_) {
      heap_.metadata.try_shade(source, heap_.phase().sense.white(), heap_.phase().shaded_state());
    }
  }
  Heap& heap() { return heap_; }
  /// Of a white object into each marked one.
  void store_all() {
    for (std::size_t i = 0; i < count; ++i) mutator_->store(sources_[i], 0, referents_[i]);
  }
  /// What was pushed, in the order of addresses.
  std::vector<Object*> take_pushed() {
    std::vector<Object*> pushed;
    while (GreyPacket* const packet = heap_.grey_set.take_published()) {
      while (!packet->empty()) pushed.push_back(packet->pop().object());
      heap_.grey_set.give_back(packet);
    }
    std::ranges::sort(pushed);
    return pushed;
  }
  std::vector<Object*> referents() const {
    std::vector<Object*> all = referents_;
    std::ranges::sort(all);
    return all;
  }
  bool all_clean() const {
    return std::ranges::all_of(sources_, [&](Object* source) {
      return heap_.cards.card_of(&source->slot(0)).load() == Card::clean;
    });
  }

 private:
  static constexpr std::size_t count = 3000;
  bench::NoCollection hooks_;
  Heap heap_;
  std::optional<Mutator<BoehmCards>> mutator_;
  std::vector<Object*> sources_;
  std::vector<Object*> referents_;
};

}  // namespace

TEST_CASE("cards that are shared out are all scanned", "[cards][race]") {
  CardedHeap heap;
  heap.store_all();
  CardScan scan(heap.heap());
  scan.take();
  CHECK(scan.scan_some(1) == 0);  // before the handshakes
  {
    constexpr int sharing_threads = 3;
    std::latch ready(sharing_threads + 1);
    std::vector<std::jthread> sharing;
    for (int i = 0; i < sharing_threads; ++i) {
      sharing.emplace_back([&](std::stop_token stop) {
        ready.arrive_and_wait();
        while (!stop.stop_requested()) scan.scan_some(CardTable::card_bytes);
      });
    }
    ready.arrive_and_wait();
    scan.scan_taken();
  }
  CHECK_FALSE(scan.any_left());
  CHECK(heap.all_clean());
  CHECK(heap.take_pushed() == heap.referents());
}

}  // namespace tricolour

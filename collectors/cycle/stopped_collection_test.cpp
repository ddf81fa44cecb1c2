// When a mutator is told that memory is exhausted.
#include "collectors/cycle/stopped_collection.hpp"

#include <atomic>
#include <mutex>
#include <thread>

#include "barriers/none.hpp"
#include "barriers/yuasa.hpp"
#include "collectors/collected_heap.hpp"
#include "core/mutator/context_of.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

/// Counts the collections that mutators without room made.
class OwnCollections final : public EventListener {
 public:
  void on_event(const Event& event) override {
    const auto* const pause = std::get_if<PauseEvent>(&event);
    count_ += pause != nullptr && pause->cause == Cause::exhausted;
  }
  unsigned count() const { return count_; }

 private:
  std::atomic<unsigned> count_{0};
};

}  // namespace

TEST_CASE("what another mutator collects is no attempt of one without room", "[exhausted]") {
  const auto collector = GENERATE(as<std::string>{}, "stop_the_world", "incremental");
  CAPTURE(collector);
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{4} << 20;
  options.collector = collector;
  OwnCollections own;
  CollectedHeap heap(options, Yuasa::traits, &own);
  Mutator<Yuasa> without_room(heap);
  std::atomic<bool> done{false};
  std::atomic<unsigned> others{0};
  std::thread busy([&] {
    for (Mutator<Yuasa> m(heap); !done; ++others) heap.collect(m);
  });
  while (others == 0) without_room.poll();
  unsigned attempts = 0;
  unsigned calls = 0;
  while (heap.collector().on_exhausted(context_of(without_room), 64, attempts)) ++calls;
  done = true;
  without_room.blocking([&] { busy.join(); });
  INFO(calls << " calls, " << attempts << " attempts");
  CHECK(attempts >= 10);
  CHECK(attempts == own.count());
}

TEST_CASE("a mutator waits for as many cycles as it may before it collects in a pause",
          "[exhausted]") {
  const unsigned attempts = GENERATE(0u, StoppedCollection::most_attempts);
  CAPTURE(attempts);
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{4} << 20;
  options.collector = "concurrent";
  options.collection.concurrent_attempts = attempts;
  CollectedHeap heap(options, Yuasa::traits);
  {
    Mutator<Yuasa> m(heap);
    const std::size_t more_than_half = options.heap.bytes / 10 * 6;
    for (int i = 0; i < 5; ++i) m.allocate(0, more_than_half);
  }
  heap.stop();
  CHECK((heap.collector().statistics().fallbacks > 0) == (attempts == 0));
}

}  // namespace tricolour

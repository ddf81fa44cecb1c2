// Faults of a cycle without a stop: what a stack's clean mark promises, and what a round overlooks.
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "barriers/hybrid.hpp"
#include "collectors/collected_heap.hpp"
#include "tools/testing/fault_test.hpp"
#include "tools/testing/random_mutator.hpp"
#include "tools/testing/stop_heap.hpp"

namespace tricolour {
namespace {

CollectedHeapOptions verified_heap() {
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{16} << 20;
  options.collector = "on_the_fly";
  options.verify = true;
  return options;
}

/// Another mutator's collection; `m` runs `work(is_over)` beside it.
template <class Work>
void beside_collection(CollectedHeap& heap, Mutator<Hybrid>& m, Sighting& sighting, Work work) {
  std::atomic<bool> over{false};
  std::jthread collection([&] {
    Mutator<Hybrid> other(heap);
    try {
      heap.collect(other);
    } catch (const std::exception& error) {
      sighting.failure = error.what();
    }
    over = true;
  });
  work([&] { return over.load(); });
  while (!over) m.poll();
  m.blocking([&] { collection.join(); });
}

void end(CollectedHeap& heap, Sighting& sighting) {
  stop_heap(heap, sighting.failure);
  sighting.cycles = heap.oracle()->statistics().cycles_checked;
}

/// The first piece of a deep stack is scanned. An object that only the newest handle holds moves to
/// the oldest one, which is not looked at again.
Sighting move_below_the_mark() {
  CollectedHeap heap(verified_heap(), Hybrid::traits);
  Sighting sighting;
  {
    Mutator<Hybrid> m(heap);
    std::vector<std::unique_ptr<Root>> stack;
    for (int i = 0; i < 5000; ++i) stack.push_back(std::make_unique<Root>(m));
    *stack.back() = m.allocate(0, 8);
    const ShadowStack& roots = context_of(m).roots;
    beside_collection(heap, m, sighting, [&](auto is_over) {
      while (!is_over() && !roots.is_clean(roots.handles().data())) m.poll();
      *stack.front() = stack.back()->get();
      *stack.back() = nullptr;
    });
    while (!stack.empty()) stack.pop_back();
  }
  end(heap, sighting);
  return sighting;
}

/// Holds the collector's thread up twice: when marking has ended, until a mutator knows and polls
/// no more; and when the round has begun that is to end the cycle, until the mutator has gone on.
class HeldUpCollector final : public EventListener {
 public:
  void on_event(const Event& event) override {
    const auto* const interval = std::get_if<PhaseInterval>(&event);
    if (interval == nullptr || interval->phase != Activity::marking) return;
    if (!marked_.exchange(true)) await(known_);
  }
  void round_begins() {
    if (marked_ && !in_round_.exchange(true)) await(gone_on_);
  }

  bool marked() const { return marked_; }
  void await_round() {
    known_ = true;
    await(in_round_);
  }
  void go_on() { known_ = gone_on_ = true; }

 private:
  static void await(const std::atomic<bool>& flag) {
    while (!flag) std::this_thread::yield();
  }
  std::atomic<bool> marked_{false}, known_{false}, in_round_{false}, gone_on_{false};
};

/// A mutator has one grey object in its buffer, which no marker has seen, when a round begins; and
/// before it answers a second one fills the buffer.
Sighting fill_the_buffer_in_a_round() {
  HeldUpCollector collector;
  CollectedHeapOptions options = verified_heap();
  options.heap.packet_capacity = 2;
  CollectedHeap heap(options, Hybrid::traits, &collector);
  const Visit visit(Window::between_request_and_arrival, [&] { collector.round_begins(); });
  Sighting sighting;
  {
    Mutator<Hybrid> m(heap);
    m.make_globals(2);
    m.store(m.globals(), 0, m.allocate(1, 8));
    Object* const hidden = m.allocate(0, 8);
    m.store(m.load(m.globals(), 0), 0, hidden);
    beside_collection(heap, m, sighting, [&](auto is_over) {
      while (!is_over() && !context_of(m).marking()) m.poll();
      const Root kept(m, m.exchange(m.globals(), 0, nullptr));
      while (!is_over() && !collector.marked()) m.poll();
      if (!is_over()) collector.await_round();
      m.store(m.globals(), 1, m.exchange(kept.get(), 0, nullptr));
      collector.go_on();
    });
  }
  end(heap, sighting);
  return sighting;
}

/// The cycle ends with a shade in a buffer: the mutator that retires with it finds out, and the
/// collector has the failure.
Sighting keep_a_shade() {
  CollectedHeapOptions options = verified_heap();
  options.verify = false;
  CollectedHeap heap(options, Hybrid::traits);
  Sighting sighting;
  {
    Mutator<Hybrid> m(heap);
    m.make_globals(1);
    m.store(m.globals(), 0, m.allocate(0, 8));
    beside_collection(heap, m, sighting, [&](auto is_over) {
      while (!is_over() && !context_of(m).marking()) m.poll();
      m.store(m.globals(), 0, nullptr);
    });
  }
  stop_heap(heap, sighting.failure);
  sighting.cycles = heap.collector().statistics().cycles;
  return sighting;
}

}  // namespace

TEST_CASE("fault clean_handle_assigned_unshaded: an object moves to where a stack is clean",
          "[fault]") {
  check_kill(Fault::clean_handle_assigned_unshaded, move_below_the_mark);
}

TEST_CASE("fault own_flush_unseen: a buffer fills in the round that ends marking", "[fault]") {
  check_kill(Fault::own_flush_unseen, fill_the_buffer_in_a_round, "the grey set is not empty");
}

TEST_CASE("fault shades_survive_cycle: what fails in a handshake reaches every mutator",
          "[fault]") {
  check_kill(Fault::shades_survive_cycle, keep_a_shade, "the check of buffers");
}

}  // namespace tricolour

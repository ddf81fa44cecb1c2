// What a mutator does at a moment at which no marker looks: between a cycle's begin and its
// marking, and between the last handshake, which found nothing, and the stop that ends marking. And
// what mutators do while the collector's thread does nothing at all, or collect in a pause beside
// it.
#include <chrono>
#include <vector>

#include "barriers/dijkstra.hpp"
#include "barriers/yuasa.hpp"
#include "tools/testing/window_run.hpp"

namespace tricolour {
namespace {

Sighting store_behind_the_last_handshake() {
  const auto store = [](Mutator<Dijkstra>& m, Root& kept) { m.store(kept, 0, m.allocate(1, 0)); };
  return act_in_window<Dijkstra>(Window::between_gathering_and_termination, 1, store).sighting();
}

Sighting take_out_of_a_global() {
  const auto take = [](Mutator<Yuasa>& m, Root& kept) {
    kept = m.load(m.globals(), 0);
    m.store(m.globals(), 0, nullptr);
  };
  return act_in_window<Yuasa>(Window::between_begin_and_marking, 1, take).sighting();
}

}  // namespace

TEST_CASE("fault store_after_flush_unchecked: what was shaded last is never scanned", "[fault]") {
  check_kill(Fault::store_after_flush_unchecked, store_behind_the_last_handshake);
}

TEST_CASE("fault global_store_without_barrier: what a global held is lost", "[fault]") {
  check_kill(Fault::global_store_without_barrier, take_out_of_a_global);
}

TEST_CASE(
    "mutators that keep all processors busy begin and end cycles while the collector's thread "
    "waits",
    "[pacer]") {
  if constexpr (!faults_built) return;  // without schedule windows
  CollectedHeapOptions options;
  options.heap.bytes = std::size_t{32} << 20;
  options.collector = "concurrent";
  options.verify = true;
  CollectedHeap heap(options, Yuasa::traits);
  constexpr std::uint64_t wanted = 3;
  const auto cycles = [&] { return heap.collector().statistics().cycles; };
  std::uint64_t completed_meanwhile = 0;
  const Schedule::Visitor visitor([&](Window here) {
    if (here != Window::between_begin_and_marking || completed_meanwhile != 0) return;
    // The end of this wait is the failure.
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (cycles() < wanted && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    completed_meanwhile = cycles();
  });
  Schedule::visit(&visitor);
  std::vector<std::thread> threads;
  for (unsigned i = 0; i <= std::thread::hardware_concurrency(); ++i) {
    threads.emplace_back([&] {
      Mutator<Yuasa> m(heap);
      constexpr std::uint32_t kept = 5000;
      const Root table(m, m.allocate(kept, 0));
      for (std::uint32_t step = 0; cycles() < wanted; ++step)
        m.store(table, step % kept, m.allocate(2, 100));
    });
  }
  for (std::thread& thread : threads) thread.join();
  Schedule::visit(nullptr);
  heap.stop();
  CHECK(completed_meanwhile >= wanted);
  CHECK(heap.collector().statistics().fallbacks == 0);
  CHECK(heap.oracle()->statistics().cycles_checked >= wanted);
}

TEST_CASE("the collector's thread leaves a collection in a pause alone", "[shortage]") {
  CollectedHeapOptions options;
  options.heap.bytes = 12 * block_bytes;
  options.collector = "concurrent";
  options.verify = true;
  CollectedHeap heap(options, Yuasa::traits);
  std::atomic<bool> held{false};
  std::atomic<bool> released{false};
  // Of the phase, in one stop: only a collection in a pause begins, marks and terminates in one.
  unsigned changes = 0;
  const auto pause_is_marking = [&] { return changes == 3 && heap.heap().phase().tracing; };
  const Schedule::Visitor visitor([&](Window here) {
    if (here == Window::between_begin_and_marking) {
      held = true;
      while (!released) std::this_thread::yield();
    }
    if (here == Window::before_resuming) changes = 0;
    if (here != Window::before_phase_change) return;
    ++changes;
    if (!held || released || !pause_is_marking()) return;
    released = true;
    // The collector's thread looks for a cycle meanwhile.
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
    while (std::chrono::steady_clock::now() < end) std::this_thread::yield();
  });
  Schedule::visit(&visitor);
  {
    Mutator<Yuasa> m(heap);
    const Root kept(m, m.allocate(0, 6 * block_bytes));
    while (!released) CHECK_THROWS_AS(m.allocate(0, 7 * block_bytes), HeapExhausted);
    heap.collect(m);
  }
  Schedule::visit(nullptr);
  std::string failure;
  stop_heap(heap, failure);
  CHECK(failure == "");
  CHECK(heap.collector().statistics().fallbacks > 0);
}

}  // namespace tricolour

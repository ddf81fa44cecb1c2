// A collector whose threads the system refuses is an error where its heap is made. A heap that is
// made needs no further thread.
#include "barriers/yuasa.hpp"
#include "core/mutator/heap.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/refused_threads.hpp"
#include "tools/testing/threaded_heap.hpp"

namespace tricolour {
namespace {

struct Configuration {
  const char* collector;
  unsigned mark_threads;
  SweepMode sweep;
  int threads;       ///< that the heap starts
  const char* last;  ///< what the last of them is
};

CollectedHeapOptions options_of(const Configuration& configuration) {
  return threaded_heap(std::size_t{8} << 20, configuration.collector, configuration.mark_threads,
                       configuration.sweep, 4);
}

Configuration any_configuration() {
  return GENERATE(
      Configuration{"stop_the_world", 1, SweepMode::lazy, 0, ""},
      Configuration{"stop_the_world", 3, SweepMode::eager, 4, "root scan thread 2 of 2"},
      Configuration{"stop_the_world", 1, SweepMode::parallel, 3, "sweep thread 3 of 3"},
      Configuration{"incremental", 2, SweepMode::parallel, 4, "sweep thread 3 of 3"},
      Configuration{"concurrent", 1, SweepMode::concurrent, 1, "the collector's thread"},
      Configuration{"concurrent", 3, SweepMode::parallel, 6, "the collector's thread"});
}

/// Deep enough for a root scan on all threads.
void collect_with_deep_stack(Heap& heap, Collector& collector) {
  MutatorContext m(heap);
  Object** const bottom = m.roots.push(nullptr);
  for (int i = 0; i < 20'000; ++i) m.roots.push(m.allocate(1, 8));
  for (int cycle = 0; cycle < 3; ++cycle) collector.collect(m);
  for (int i = 0; i < 100'000; ++i) m.allocate(1, 64);
  m.roots.pop_to(bottom);
}

TEST_CASE(
    "too few threads for a collector are an error where the heap is made, with the thread's name",
    "[thread_limit]") {
  const Configuration configuration = any_configuration();
  CAPTURE(configuration.collector, configuration.mark_threads);
  std::string told;
  for (int granted = 0; granted < configuration.threads; ++granted) {
    CAPTURE(granted);
    const RefusedThreads refused(granted);
    try {
      const CollectedHeap heap(options_of(configuration), Yuasa::traits);
      FAIL("a heap was made with too few threads");
    } catch (const ThreadLimitReached& error) {
      told = error.what();
    }
  }
  if (configuration.threads > 0)
    CHECK_THAT(told,
               Catch::Matchers::StartsWith("cannot start " + std::string(configuration.last)));
  CollectedHeap heap(options_of(configuration), Yuasa::traits);
  collect_with_deep_stack(heap, heap.collector());
}

TEST_CASE("a heap that is made starts no further thread, in no pause", "[thread_limit]") {
  const Configuration configuration = any_configuration();
  CAPTURE(configuration.collector, configuration.mark_threads);
  const RefusedThreads refused(configuration.threads);
  CollectedHeap heap(options_of(configuration), Yuasa::traits);
  collect_with_deep_stack(heap, heap.collector());
  CHECK(refused.asked() == configuration.threads);
}

}  // namespace
}  // namespace tricolour

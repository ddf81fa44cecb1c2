#include "collectors/parallel_for.hpp"

#include "core/sanitizers.hpp"

#if TRICOLOUR_THREAD_SANITIZER
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>
#else
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace tricolour {

#if TRICOLOUR_THREAD_SANITIZER
void parallel_for(unsigned threads, std::size_t count, std::size_t grain, const std::function<void(std::size_t)>& each) {
  std::atomic<std::size_t> next{0};  // relaxed: it only deals out pieces; join orders the work
  const auto work = [&] {
    for (std::size_t begin; (begin = next.fetch_add(grain, std::memory_order_relaxed)) < count;) {
      for (std::size_t i = begin; i < std::min(count, begin + grain); ++i) each(i);
    }
  };
  std::vector<std::thread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  for (std::thread& other : others) other.join();
}
#else
void parallel_for(unsigned threads, std::size_t count, std::size_t grain, const std::function<void(std::size_t)>& each) {
  // oneTBB grants the processor count at most, and complains beyond it; here more threads than processors are a fair experiment.
  static const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, most_parallel_threads);
  // One arena per width, made on first use and kept: its workers stay warm between pauses.
  thread_local tbb::task_arena arena(static_cast<int>(threads));
  if (arena.max_concurrency() != static_cast<int>(threads)) {
    arena.terminate();
    arena.initialize(static_cast<int>(threads));
  }
  arena.execute([&] {
    tbb::parallel_for(tbb::blocked_range<std::size_t>(0, count, grain), [&](const auto& range) {
      for (std::size_t i = range.begin(); i != range.end(); ++i) each(i);
    });
  });
}
#endif

}  // namespace tricolour

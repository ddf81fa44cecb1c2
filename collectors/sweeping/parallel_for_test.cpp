#include "collectors/sweeping/parallel_for.hpp"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "core/errors.hpp"
#include "core/mutex.hpp"
#include "core/seams/injected_costs.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

TEST_CASE("a parallel loop calls each index once, loop after loop, on any number of its threads",
          "[parallel_for]") {
  const unsigned most = GENERATE(1u, 2u, 5u);
  Watchdog watchdog;
  ParallelFor loop(watchdog, "test thread", most);
  for (const unsigned threads : {1u, 2u, 3u, 5u, 9u}) {
    for (const std::size_t count : {0u, 1u, 7u, 1000u}) {
      for (const std::size_t grain : {1u, 64u}) {
        std::vector<std::atomic<int>> calls(count);
        loop.run(threads, count, grain,
                 [&](std::size_t i) { calls[i].fetch_add(1, std::memory_order_relaxed); });
        const bool once =
            std::ranges::all_of(calls, [](const auto& one) { return one.load() == 1; });
        CAPTURE(threads, count, grain);
        CHECK(once);
      }
    }
  }
}

TEST_CASE("the threads of a parallel loop all take part in it", "[parallel_for]") {
  constexpr unsigned threads = 3;
  Watchdog watchdog;
  ParallelFor loop(watchdog, "test thread", threads);
  Mutex lock;
  std::set<std::thread::id> seen;
  // On a busy machine one may not run before a loop is over.
  for (int i = 0; i < 10'000 && seen.size() < threads; ++i) {
    loop.run(threads, 64, 1, [&](std::size_t) {
      wait_busily(20'000);
      const std::scoped_lock guard(lock);
      seen.insert(std::this_thread::get_id());
    });
  }
  CHECK(seen.size() == threads);
}

TEST_CASE("a parallel loop throws what one of its calls throws, and can be run again",
          "[parallel_for]") {
  const unsigned threads = GENERATE(1u, 4u);
  Watchdog watchdog;
  ParallelFor loop(watchdog, "test thread", threads);
  for (std::size_t fails = 0; fails < 50; ++fails) {
    const auto call = [&](std::size_t i) {
      if (i == fails) throw InvariantViolated("on purpose");
    };
    CHECK_THROWS_AS(loop.run(threads, 50, 1, call), InvariantViolated);
  }
  std::atomic<std::size_t> sum{0};
  loop.run(threads, 100, 1, [&](std::size_t i) { sum.fetch_add(i, std::memory_order_relaxed); });
  CHECK(sum.load() == 99 * 100 / 2);
}

TEST_CASE("a number of threads that no loop may have is refused", "[parallel_for]") {
  Watchdog watchdog;
  CHECK_THROWS_AS(ParallelFor(watchdog, "test thread", 0), ConfigurationError);
  CHECK_THROWS_AS(ParallelFor(watchdog, "test thread", most_parallel_threads + 1),
                  ConfigurationError);
}

}  // namespace
}  // namespace tricolour

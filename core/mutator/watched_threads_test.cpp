#include "core/mutator/watched_threads.hpp"

#include <atomic>
#include <thread>

#include "tools/testing/forked.hpp"

using namespace tricolour;

TEST_CASE("join returns when all threads have done their work", "[watched_threads]") {
  Watchdog watchdog;
  WatchedThreads threads(watchdog);
  std::atomic<int> done{0};
  for (unsigned i = 1; i <= 3; ++i) threads.start({"a thread", i, 3}, [&] { ++done; });
  CHECK(threads.size() == 3);
  threads.join();
  CHECK(done == 3);
  CHECK(threads.size() == 0);
  threads.join();
}

TEST_CASE("a thread that was told to end and does not is told", "[watched_threads][watchdog]") {
  const ChildEnding ending = in_forked_child([] {
    WatchdogPolicy::abort_after(40'000'000);
    Watchdog watchdog;
    WatchedThreads threads(watchdog);
    threads.start({.role = "a thread"}, [] {
      for (;;) std::this_thread::yield();
    });
    threads.join();
  });
  CAPTURE(ending.said);
  CHECK(ending.aborted());
  CHECK(ending.says("a wait is late: for threads to end that were asked to"));
}

#include "core/threads/thread_start.hpp"

#include "core/errors.hpp"
#include "tools/testing/catch.hpp"
#include "tools/testing/refused_threads.hpp"

using namespace tricolour;

TEST_CASE("a thread that starts does its work", "[thread_start]") {
  int done = 0;
  start_thread({.role = "a thread"}, [&] { ++done; }).join();
  CHECK(done == 1);
}

TEST_CASE(
    "a thread that the system refuses is an error with its name, the limits and what would help",
    "[thread_start]") {
  std::string told;
  try {
    const RefusedThreads refused(0);
    start_thread({.role = "mark thread", .number = 3, .count = 7}, [] {}).join();
  } catch (const ThreadLimitReached& error) {
    told = error.what();
  }
  for (const char* words : {"cannot start mark thread 3 of 7", "Resource temporarily unavailable",
                            "(kernel.threads-max)", "fewer threads or a higher limit would help"}) {
    CHECK_THAT(told, Catch::Matchers::Contains(words));
  }
}

TEST_CASE("a thread without siblings has no number in the error", "[thread_start]") {
  const RefusedThreads refused(0);
  CHECK_THROWS_WITH(start_thread({.role = "the collector's thread"}, [] {}),
                    Catch::Matchers::StartsWith("cannot start the collector's thread: "));
}

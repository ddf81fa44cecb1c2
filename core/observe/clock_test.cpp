#include "core/observe/clock.hpp"

#include <chrono>

#include "tools/testing/catch.hpp"

using namespace tricolour;

namespace {
/// The same clock, as the standard library reads it.
Nanoseconds steady_ns() {
  const auto time = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(time).count();
}
}  // namespace

TEST_CASE("the clock counts nanoseconds, whole seconds among them", "[clock]") {
  const Nanoseconds before = steady_ns();
  const Nanoseconds now = now_ns();
  CHECK(now >= before);
  CHECK(now <= steady_ns());
}

TEST_CASE("a thread's CPU time passes while it runs, and no faster than the clock", "[clock]") {
  const Nanoseconds begin = now_ns();
  const Nanoseconds cpu_begin = thread_cpu_ns();
  while (thread_cpu_ns() == cpu_begin || now_ns() - begin < 5'000'000) {
  }
  const Nanoseconds cpu = thread_cpu_ns() - cpu_begin;
  CHECK(cpu > 0);
  CHECK(cpu <= now_ns() - begin);
}

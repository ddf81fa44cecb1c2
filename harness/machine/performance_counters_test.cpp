#include "harness/machine/performance_counters.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "core/observe/clock.hpp"
#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

void spend(Nanoseconds cpu_ns) {
  for (const Nanoseconds end = thread_cpu_ns() + cpu_ns; thread_cpu_ns() < end;) {
  }
}

/// First touches of pages that are touched one by one.
void fault(std::size_t pages) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  void* const memory =
      mmap(nullptr, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  madvise(memory, pages * page, MADV_NOHUGEPAGE);
  for (std::size_t i = 0; i < pages; ++i) static_cast<volatile char*>(memory)[i * page] = 1;
  munmap(memory, pages * page);
}

const Count& of(const std::vector<Count>& counts, Counter counter) {
  return counts.at(static_cast<std::size_t>(counter));
}

/// Where a counter is not to be had, the reason is.
bool is_there(const Count& count) {
  CHECK(count.value.has_value() == count.unavailable.empty());
  return count.value.has_value();
}

}  // namespace

TEST_CASE("threads that were started later are counted, whether they have ended or not") {
  const PerformanceCounters counters;
  std::atomic<unsigned> spent{0};
  std::atomic<bool> over{false};
  const auto before = counters.read();
  const Nanoseconds cpu_before = read_clock(CLOCK_PROCESS_CPUTIME_ID);
  std::jthread ends([] { spend(20'000'000); });
  std::jthread goes_on([&] {
    std::jthread grandchild([] { spend(20'000'000); });
    spend(20'000'000);
    fault(300);
    grandchild.join();
    spent.store(1, std::memory_order_release);  // what was spent and touched, to the wait below
    spent.notify_one();
    over.wait(false, std::memory_order_acquire);
  });
  ends.join();
  spent.wait(0, std::memory_order_acquire);  // partner of the store above
  const auto cpu = static_cast<double>(read_clock(CLOCK_PROCESS_CPUTIME_ID) - cpu_before);
  const auto counts = counters.between(before, counters.read());
  over.store(true, std::memory_order_release);
  over.notify_one();
  REQUIRE(counts.size() == counter_count);
  if (is_there(of(counts, Counter::task_clock_ns))) {
    const auto clock = static_cast<double>(*of(counts, Counter::task_clock_ns).value);
    CHECK(clock > 0.9 * cpu);
    CHECK(clock < 1.2 * cpu + 5e6);
  }
  if (is_there(of(counts, Counter::page_faults)))
    CHECK(*of(counts, Counter::page_faults).value >= 300);
  if (is_there(of(counts, Counter::context_switches)))
    CHECK(*of(counts, Counter::context_switches).value >= 1);
  if (is_there(of(counts, Counter::instructions)))
    CHECK(*of(counts, Counter::instructions).value > 1'000'000);
  is_there(of(counts, Counter::cpu_cycles));
  is_there(of(counts, Counter::cache_misses));
}

TEST_CASE("only what is between two readings counts") {
  const PerformanceCounters counters;
  fault(1000);
  const auto before = counters.read();
  fault(10);
  const auto counts = counters.between(before, counters.read());
  if (!is_there(of(counts, Counter::page_faults))) return;
  CHECK(*of(counts, Counter::page_faults).value >= 10);
  CHECK(*of(counts, Counter::page_faults).value < 1000);
}

TEST_CASE("a counter that is not there says why") {
  CHECK(unavailable_because(ENOENT, "2").find("no such counter") != std::string::npos);
  CHECK(unavailable_because(EOPNOTSUPP, "2") == unavailable_because(ENODEV, "2"));
  CHECK(unavailable_because(EACCES, "4").find("perf_event_paranoid is 4") != std::string::npos);
  CHECK(unavailable_because(EPERM, "4") == unavailable_because(EACCES, "4"));
  CHECK(unavailable_because(ENOSYS, "2").find("kernel") != std::string::npos);
  CHECK_FALSE(unavailable_because(EMFILE, "2").empty());
}

}  // namespace tricolour

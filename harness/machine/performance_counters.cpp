#include "harness/machine/performance_counters.hpp"

#include <fmt/format.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace tricolour {
namespace {

struct Kind {
  std::uint32_t type;
  std::uint64_t config;
  bool in_kernel = false;  ///< it happens nowhere else
};
/// In the order of Counter.
constexpr Kind kinds[]{
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
    {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, true},
    {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
};
static_assert(std::size(kinds) == counter_count);

int open_counter(const Kind& kind) {
  perf_event_attr attributes{};
  attributes.size = sizeof(attributes);
  attributes.type = kind.type;
  attributes.config = kind.config;
  attributes.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
  attributes.inherit = 1;
  attributes.exclude_kernel = !kind.in_kernel;
  attributes.exclude_hv = 1;
  return static_cast<int>(
      syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC));
}

std::string paranoid_setting() {
  std::ifstream stream("/proc/sys/kernel/perf_event_paranoid");
  std::string value;
  return stream >> value ? value : "unknown";
}

}  // namespace

PerformanceCounters::PerformanceCounters() {
  for (std::size_t i = 0; i < counter_count; ++i) {
    open_[i].descriptor = open_counter(kinds[i]);
    if (open_[i].descriptor < 0) open_[i].error = errno;
  }
}

PerformanceCounters::~PerformanceCounters() {
  for (const Open& one : open_) {
    if (one.descriptor >= 0) close(one.descriptor);
  }
}

PerformanceCounters::Readings PerformanceCounters::read() const {
  Readings readings{};
  for (std::size_t i = 0; i < counter_count; ++i) {
    Reading& reading = readings[i];
    std::uint64_t words[3]{};
    if (open_[i].descriptor < 0 ||
        ::read(open_[i].descriptor, words, sizeof(words)) != sizeof(words))
      continue;
    reading = {words[0], words[1], words[2]};
  }
  return readings;
}

std::vector<Count> PerformanceCounters::between(const Readings& before,
                                                const Readings& after) const {
  std::vector<Count> counts;
  for (std::size_t i = 0; i < counter_count; ++i) {
    Count count{static_cast<Counter>(i), std::nullopt, ""};
    const Reading gone{after[i].value - before[i].value, after[i].wanted_ns - before[i].wanted_ns,
                       after[i].counted_ns - before[i].counted_ns};
    if (open_[i].descriptor < 0) {
      count.unavailable = unavailable_because(open_[i].error, paranoid_setting());
    } else if (gone.counted_ns == 0) {
      count.unavailable = "the counter never got to count";
    } else {
      const double scale =
          static_cast<double>(gone.wanted_ns) / static_cast<double>(gone.counted_ns);
      count.value = scale == 1
                        ? gone.value
                        : static_cast<std::uint64_t>(static_cast<double>(gone.value) * scale);
    }
    counts.push_back(std::move(count));
  }
  return counts;
}

std::string unavailable_because(int error, std::string_view paranoid) {
  switch (error) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
      return "this processor, or the hypervisor below it, offers no such counter";
    case EACCES:
    case EPERM:
      return fmt::format("not permitted: perf_event_paranoid is {}, or the container forbids it",
                         paranoid);
    case ENOSYS:
      return "the kernel has no performance counters";
    default:
      return std::strerror(error);
  }
}

}  // namespace tricolour

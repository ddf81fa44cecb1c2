#include "harness/machine/machine.hpp"

#include <fmt/chrono.h>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>

namespace tricolour {
namespace {

/// The first line of a file, or `fallback`.
std::string first_line(const char* path, const std::string& fallback) {
  std::ifstream stream(path);
  std::string line;
  return std::getline(stream, line) ? line : fallback;
}

/// What stands after "key" and a colon in a file of such lines.
std::string field(const char* path, std::string_view key) {
  std::ifstream stream(path);
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos || !line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \t", colon + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::size_t leading_number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The word in square brackets of a line such as "always [madvise] never".
std::string chosen(const std::string& line) {
  const std::size_t open = line.find('[');
  const std::size_t close = line.find(']');
  return open == std::string::npos || close == std::string::npos
             ? line
             : line.substr(open + 1, close - open - 1);
}

unsigned usable_cores() {
  cpu_set_t allowed;
  if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0)
    return static_cast<unsigned>(CPU_COUNT(&allowed));
  return static_cast<unsigned>(std::max(1L, sysconf(_SC_NPROCESSORS_ONLN)));
}

}  // namespace

Machine read_machine() {
  utsname names{};
  uname(&names);
  const std::string model = field("/proc/cpuinfo", "model name");
  double load[1]{};
  return {
      .host = names.nodename,
      .boot_id = first_line("/proc/sys/kernel/random/boot_id", ""),
      .kernel = std::string(names.sysname) + " " + names.release,
      .cpu = model.empty() ? std::string("unknown ") + names.machine : model,
      .cores = usable_cores(),
      .governor = first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "none"),
      .memory_bytes = leading_number(field("/proc/meminfo", "MemTotal")) * 1024,
      .available_bytes = leading_number(field("/proc/meminfo", "MemAvailable")) * 1024,
      .limits = read_control_group_limits(),
      .huge_pages = chosen(first_line("/sys/kernel/mm/transparent_hugepage/enabled", "unknown")),
      .load = getloadavg(load, 1) == 1 ? load[0] : 0,
  };
}

Json::Object description(const Machine& machine) {
  const auto memory = machine.limits.smallest_memory();
  const auto cpu = machine.limits.smallest_cpu();
  return {
      {"host", machine.host},
      {"boot_id", machine.boot_id},
      {"kernel", machine.kernel},
      {"cpu", machine.cpu},
      {"cores", machine.cores},
      {"cpu_limit", cpu ? Json(cpu->cpus) : Json()},
      {"cpu_limit_file", cpu ? Json(cpu->file) : Json()},
      {"governor", machine.governor},
      {"memory_bytes", machine.memory_bytes},
      {"memory_limit_bytes", memory ? Json(memory->bytes) : Json()},
      {"memory_limit_file", memory ? Json(memory->file) : Json()},
      {"huge_pages", machine.huge_pages},
  };
}

unsigned long stolen_ticks() {
  std::istringstream line(first_line("/proc/stat", ""));
  std::string name;
  unsigned long ticks = 0;
  line >> name;
  for (int column = 0; column < 8; ++column) line >> ticks;
  return line ? ticks : 0;
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace tricolour

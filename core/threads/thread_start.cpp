#include "core/threads/thread_start.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "core/errors.hpp"

namespace tricolour {
namespace {

using Limit = std::optional<std::uint64_t>;

/// The number that a file of the system begins with; nothing when there is none.
Limit number_in(const std::string& file) {
  std::ifstream stream(file);
  std::string line;
  std::getline(stream, line);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  return error == std::errc{} ? Limit(number) : std::nullopt;
}

Limit resource_limit(decltype(RLIMIT_NPROC) resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

/// The least pids.max of the control group at `path` below `root` and of those above it.
Limit least_pids_max(const std::string& root, std::filesystem::path path) {
  Limit least;
  for (;; path = path.parent_path()) {
    const Limit one = number_in(root + path.string() + "/pids.max");
    if (one) least = std::min(*one, least.value_or(*one));
    if (path == path.parent_path()) return least;
  }
}

/// Of the control group of this process, in the unified hierarchy or in that of version 1.
Limit control_group_limit() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const std::size_t controllers = line.find(':');
    const std::size_t path = line.find(':', controllers + 1);
    if (controllers == std::string::npos || path == std::string::npos) continue;
    const std::string names = line.substr(controllers + 1, path - controllers - 1);
    if (!names.empty() && names != "pids") continue;
    const std::string root = names.empty() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids";
    if (const Limit limit = least_pids_max(root, line.substr(path + 1))) return limit;
  }
  return std::nullopt;
}

/// Every limit that a thread may have met.
std::string limits() {
  std::string text;
  const auto add = [&text](const Limit& limit, const char* what) {
    if (!limit) return;
    text += (text.empty() ? "" : ", ") + std::to_string(*limit) + " " + what;
  };
  add(resource_limit(RLIMIT_NPROC), "processes and threads of this user (ulimit -u)");
  add(control_group_limit(), "of its control group (pids.max)");
  add(number_in("/proc/sys/kernel/threads-max"), "threads of all processes (kernel.threads-max)");
  add(resource_limit(RLIMIT_AS), "bytes of address space (ulimit -v)");
  return text.empty() ? "not to be read here" : text;
}

}  // namespace

void throw_thread_refused(const ThreadName& name, const std::system_error& error) {
  std::string which = std::string(name.role);
  if (name.count > 1)
    which += " " + std::to_string(name.number) + " of " + std::to_string(name.count);
  throw ThreadLimitReached("cannot start " + which + ": the system refuses it (" +
                           error.code().message() + "), and its limits are " + limits() +
                           "; fewer threads or a higher limit would help");
}

}  // namespace tricolour

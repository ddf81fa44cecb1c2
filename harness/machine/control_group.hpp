// Control groups: what a container, or the user of this process, lets it have of memory and CPU.
//
// Purpose: every limit that holds for this process, of its own group and of each ancestor that can
// be seen, in version 1 and version 2 of Linux's control groups and in both side by side.
//
// Invariant: read only. What is not there, not readable or not a number is no limit that could be
// known. Source: the kernel's Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst;
// mounts as in proc_pid_mountinfo(5).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tricolour {

struct MemoryLimit {
  std::size_t bytes = 0;
  std::size_t used = 0;  ///< by the group and all below it
  std::size_t reclaimable =
      0;  ///< of that, the page cache of files: the kernel drops it when memory is wanted
  std::string file;  ///< that says so

  std::size_t free_bytes() const {
    return bytes + reclaimable > used ? bytes + reclaimable - used : 0;
  }
};

struct CpuLimit {
  double cpus = 0;
  std::string file;
};

struct ControlGroupLimits {
  std::vector<MemoryLimit> memory;  ///< of each group that has one, this process's own first
  std::vector<CpuLimit> cpu;

  /// The smallest, which is the one that holds.
  std::optional<MemoryLimit> smallest_memory() const;
  std::optional<CpuLimit> smallest_cpu() const;
  /// The one with the least room left, which another group under the same ancestor may have taken.
  std::optional<MemoryLimit> tightest_memory() const;
};

/// Of the calling process. `root`: where /proc and the mounts are looked for.
ControlGroupLimits read_control_group_limits(const std::filesystem::path& root = "/");

}  // namespace tricolour

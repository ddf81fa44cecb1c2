#include "harness/machine/control_group.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <sstream>
#include <string_view>

namespace tricolour {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream stream(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value)
                                                                  : std::nullopt;
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(std::move(part));
  return parts;
}

/// The one number that the file holds; nothing for "max", "-1" and whatever else is none.
std::optional<std::uint64_t> number_in(const fs::path& file) {
  const auto lines = lines_of(file);
  return lines.empty() ? std::nullopt : number(lines.front());
}

/// The number after `key` in a file of "key number" lines, 0 without one.
std::uint64_t number_of(const fs::path& file, std::string_view key) {
  for (const std::string& line : lines_of(file)) {
    const std::size_t space = line.find(' ');
    if (space == std::string::npos || line.compare(0, space, key) != 0) continue;
    return number(std::string_view(line).substr(space + 1)).value_or(0);
  }
  return 0;
}

// --- where the groups are -----------------------------------------------------------------------

struct Mount {
  std::string root;  ///< the group that is mounted
  fs::path point;
  std::string type;
  std::vector<std::string> options;  ///< of the hierarchy: in version 1, its controllers
};

/// mountinfo writes blanks and backslashes as three octal digits.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [](char c) { return c >= '0' && c <= '7'; };
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) &&
        octal(text[i + 3])) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::vector<Mount> read_mounts(const fs::path& root) {
  constexpr std::size_t root_field = 3, point_field = 4, optional_fields = 6;
  std::vector<Mount> mounts;
  for (const std::string& line : lines_of(root / "proc/self/mountinfo")) {
    const auto fields = split(line, ' ');
    if (fields.size() <= optional_fields) continue;
    const auto dash = std::find(fields.begin() + optional_fields, fields.end(), "-");
    if (fields.end() - dash < 4) continue;
    const fs::path point = unescaped(fields[point_field]);
    mounts.push_back({unescaped(fields[root_field]), root / point.relative_path(), dash[1],
                      split(dash[3], ',')});
  }
  return mounts;
}

/// A process's place in one hierarchy, as /proc/self/cgroup has it: "4:memory,cpu:/path".
struct Membership {
  std::vector<std::string> controllers;  ///< none in version 2
  std::string path;
};

std::vector<Membership> read_memberships(const fs::path& root) {
  std::vector<Membership> memberships;
  for (const std::string& line : lines_of(root / "proc/self/cgroup")) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    memberships.push_back(
        {split(line.substr(first + 1, second - first - 1), ','), line.substr(second + 1)});
  }
  return memberships;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// The group's path below the mounted one; nothing when the mount does not show it.
std::optional<fs::path> below(const Mount& mount, const std::string& group) {
  const fs::path relative = fs::path(group).lexically_relative(mount.root);
  if (relative.empty() || *relative.begin() == "..") return std::nullopt;
  return relative == "." ? fs::path() : relative;
}

/// The folders of the group and of every ancestor that is mounted. A group that no mount shows (a
/// namespace hides it) is taken to be the mounted one.
std::vector<fs::path> folders_of(const std::string& group,
                                 const std::vector<const Mount*>& mounts) {
  if (mounts.empty()) return {};
  auto shows = std::ranges::find_if(
      mounts, [&](const Mount* mount) { return below(*mount, group).has_value(); });
  const Mount& mount = shows == mounts.end() ? *mounts.front() : **shows;
  std::vector<fs::path> folders;
  for (fs::path inner = below(mount, group).value_or(fs::path()); !inner.empty();
       inner = inner.parent_path()) {
    folders.push_back(mount.point / inner);
  }
  folders.push_back(mount.point);
  return folders;
}

// --- what they say ------------------------------------------------------------------------------

/// The names of the same facts in the two versions.
struct MemoryFiles {
  const char* limit;
  const char* used;
  std::string_view cache[2];
};
constexpr MemoryFiles memory_version_1{
    "memory.limit_in_bytes", "memory.usage_in_bytes", {"total_inactive_file", "total_active_file"}};
constexpr MemoryFiles memory_version_2{
    "memory.max", "memory.current", {"inactive_file", "active_file"}};

void add_memory_limit(const fs::path& folder, const MemoryFiles& files,
                      ControlGroupLimits& limits) {
  constexpr std::uint64_t no_limit_in_version_1 = std::uint64_t{1} << 60;
  const auto bytes = number_in(folder / files.limit);
  if (!bytes || *bytes >= no_limit_in_version_1) return;
  MemoryLimit limit{.bytes = *bytes,
                    .used = number_in(folder / files.used).value_or(0),
                    .file = (folder / files.limit).string()};
  for (const std::string_view key : files.cache)
    limit.reclaimable += number_of(folder / "memory.stat", key);
  limit.reclaimable = std::min(limit.reclaimable, limit.used);
  limits.memory.push_back(std::move(limit));
}

void add_cpu_limit(std::optional<std::uint64_t> quota, std::optional<std::uint64_t> period,
                   const fs::path& file, ControlGroupLimits& limits) {
  if (quota.value_or(0) == 0 || period.value_or(0) == 0) return;
  limits.cpu.push_back({static_cast<double>(*quota) / static_cast<double>(*period), file.string()});
}

void add_version_2(const fs::path& folder, ControlGroupLimits& limits) {
  add_memory_limit(folder, memory_version_2, limits);
  const auto lines = lines_of(folder / "cpu.max");
  const auto words = lines.empty() ? std::vector<std::string>() : split(lines.front(), ' ');
  if (words.size() == 2)
    add_cpu_limit(number(words[0]), number(words[1]), folder / "cpu.max", limits);
}

template <class Limit, class Measure>
std::optional<Limit> least(const std::vector<Limit>& limits, Measure measure) {
  const auto found = std::ranges::min_element(limits, {}, measure);
  return found == limits.end() ? std::nullopt : std::optional(*found);
}

}  // namespace

ControlGroupLimits read_control_group_limits(const fs::path& root) {
  const std::vector<Mount> mounts = read_mounts(root);
  const auto mounted = [&](std::string_view type, std::string_view controller) {
    std::vector<const Mount*> found;
    for (const Mount& mount : mounts) {
      if (mount.type == type && (controller.empty() || has(mount.options, controller)))
        found.push_back(&mount);
    }
    return found;
  };
  ControlGroupLimits limits;
  for (const Membership& one : read_memberships(root)) {
    if (one.controllers.empty()) {
      for (const fs::path& folder : folders_of(one.path, mounted("cgroup2", "")))
        add_version_2(folder, limits);
    }
    if (has(one.controllers, "memory")) {
      for (const fs::path& folder : folders_of(one.path, mounted("cgroup", "memory")))
        add_memory_limit(folder, memory_version_1, limits);
    }
    if (has(one.controllers, "cpu")) {
      for (const fs::path& folder : folders_of(one.path, mounted("cgroup", "cpu"))) {
        const fs::path file = folder / "cpu.cfs_quota_us";
        add_cpu_limit(number_in(file), number_in(folder / "cpu.cfs_period_us"), file, limits);
      }
    }
  }
  return limits;
}

std::optional<MemoryLimit> ControlGroupLimits::smallest_memory() const {
  return least(memory, &MemoryLimit::bytes);
}
std::optional<CpuLimit> ControlGroupLimits::smallest_cpu() const {
  return least(cpu, &CpuLimit::cpus);
}
std::optional<MemoryLimit> ControlGroupLimits::tightest_memory() const {
  return least(memory, &MemoryLimit::free_bytes);
}

}  // namespace tricolour

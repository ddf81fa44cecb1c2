#include "harness/machine/control_group.hpp"

#include <unistd.h>

#include <fstream>

#include "tools/testing/catch.hpp"

namespace tricolour {
namespace {

namespace fs = std::filesystem;

/// A machine of files: /proc/self/cgroup, /proc/self/mountinfo and the groups that they name.
class FakeMachine {
 public:
  FakeMachine(const std::string& groups, const std::string& mounts) {
    write("proc/self/cgroup", groups);
    write("proc/self/mountinfo", mounts);
  }
  ~FakeMachine() { fs::remove_all(root_); }

  FakeMachine& write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
    return *this;
  }
  ControlGroupLimits limits() const { return read_control_group_limits(root_); }
  std::string path(const std::string& file) const { return (root_ / file).string(); }

 private:
  const fs::path root_ =
      fs::temp_directory_path() / ("tricolour-groups-" + std::to_string(::getpid()));
};

const std::string version_2 =
    "30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
const std::string hybrid =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "36 31 0:33 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 master:2 - cgroup cgroup rw,cpu,cpuacct\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
constexpr const char* no_limit_in_version_1 = "9223372036854771712\n";

}  // namespace

TEST_CASE("version 2: the smallest limit of the group and its ancestors holds") {
  FakeMachine machine("0::/user.slice/job\n", version_2);
  machine.write("sys/fs/cgroup/user.slice/memory.max", "1000000\n")
      .write("sys/fs/cgroup/user.slice/memory.current", "950000\n");
  machine.write("sys/fs/cgroup/user.slice/job/memory.max", "600000\n")
      .write("sys/fs/cgroup/user.slice/job/memory.current", "500000\n");
  machine.write("sys/fs/cgroup/user.slice/job/memory.stat",
                "anon 300000\ninactive_file 100000\nactive_file 50000\nfile 150000\n");
  machine.write("sys/fs/cgroup/user.slice/cpu.max", "150000 100000\n")
      .write("sys/fs/cgroup/user.slice/job/cpu.max", "max 100000\n");
  const ControlGroupLimits limits = machine.limits();
  REQUIRE(limits.memory.size() == 2);
  const MemoryLimit smallest = *limits.smallest_memory();
  CHECK(smallest.bytes == 600000);
  CHECK(smallest.used == 500000);
  CHECK(smallest.reclaimable == 150000);
  CHECK(smallest.free_bytes() == 250000);
  CHECK(smallest.file == machine.path("sys/fs/cgroup/user.slice/job/memory.max"));
  // Another process under the same ancestor has used it up.
  CHECK(limits.tightest_memory()->bytes == 1000000);
  CHECK(limits.tightest_memory()->free_bytes() == 50000);
  REQUIRE(limits.smallest_cpu());
  CHECK(limits.smallest_cpu()->cpus == 1.5);
  CHECK(limits.smallest_cpu()->file == machine.path("sys/fs/cgroup/user.slice/cpu.max"));
}

TEST_CASE("version 1: limits of memory and CPU stand in hierarchies of their own") {
  FakeMachine machine("4:memory:/a/b\n3:cpuacct,cpu:/c\n0::/\n", hybrid);
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", no_limit_in_version_1);
  machine.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096000\n")
      .write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "96000\n");
  machine.write("sys/fs/cgroup/memory/a/memory.stat",
                "inactive_file 1\ntotal_inactive_file 6000\ntotal_active_file 10000\n");
  machine.write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", no_limit_in_version_1);
  machine.write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
      .write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  machine.write("sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us", "50000\n")
      .write("sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us", "100000\n");
  const ControlGroupLimits limits = machine.limits();
  REQUIRE(limits.memory.size() == 1);
  CHECK(limits.memory.front().bytes == 4096000);
  CHECK(limits.memory.front().free_bytes() == 4016000);
  CHECK(limits.memory.front().file == machine.path("sys/fs/cgroup/memory/a/memory.limit_in_bytes"));
  REQUIRE(limits.cpu.size() == 1);
  CHECK(limits.cpu.front().cpus == 0.5);
}

TEST_CASE("both versions side by side: a limit in either holds") {
  FakeMachine machine("4:memory:/a\n0::/b\n", hybrid);
  machine.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2000\n");
  machine.write("sys/fs/cgroup/unified/b/memory.max", "1000\n");
  CHECK(machine.limits().memory.size() == 2);
  CHECK(machine.limits().smallest_memory()->bytes == 1000);
}

TEST_CASE("a container sees its own group where the mount begins") {
  // Without a namespace of groups the path is the host's and the mount begins at the container's
  // group.
  FakeMachine machine("4:memory:/docker/1f/inner\n",
                      "35 31 0:32 /docker/1f /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  machine.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "5000\n")
      .write("sys/fs/cgroup/memory/inner/memory.limit_in_bytes", "7000\n");
  REQUIRE(machine.limits().memory.size() == 2);
  CHECK(machine.limits().smallest_memory()->bytes == 5000);
  // A path that no mount shows.
  machine.write("proc/self/cgroup", "4:memory:/../elsewhere\n");
  REQUIRE(machine.limits().memory.size() == 1);
  CHECK(machine.limits().memory.front().bytes == 5000);
}

TEST_CASE("mount points and groups may have blanks") {
  FakeMachine machine("0::/my job\n", "30 24 0:26 / /mnt/con\\040trol rw - cgroup2 cgroup2 rw\n");
  machine.write("mnt/con trol/my job/memory.max", "64\n");
  REQUIRE(machine.limits().smallest_memory());
  CHECK(machine.limits().smallest_memory()->bytes == 64);
}

TEST_CASE("what says no limit, or nothing that makes sense, is none") {
  FakeMachine machine("0::/job\n", version_2);
  CHECK(machine.limits().memory.empty());
  for (const char* const text :
       {"max\n", "", "twelve\n", "12 apples\n", "-5\n", "99999999999999999999999999\n"}) {
    machine.write("sys/fs/cgroup/job/memory.max", text).write("sys/fs/cgroup/job/cpu.max", text);
    CHECK_FALSE(machine.limits().smallest_memory());
    CHECK_FALSE(machine.limits().smallest_cpu());
  }
  machine.write("sys/fs/cgroup/job/memory.max", "100\n");
  CHECK(machine.limits().smallest_memory()->free_bytes() == 100);
  machine.write("sys/fs/cgroup/job/memory.current", "damaged\n")
      .write("sys/fs/cgroup/job/memory.stat", "inactive_file\nactive_file x\n");
  CHECK(machine.limits().smallest_memory()->free_bytes() == 100);
  machine.write("sys/fs/cgroup/job/memory.current", "130\n");
  CHECK(machine.limits().smallest_memory()->free_bytes() == 0);
}

TEST_CASE("a damaged list of groups or mounts has no limits") {
  FakeMachine machine("memory\n::\n4:memory\n",
                      "no mount\n31 23 - cgroup\n30 24 0:26 / /x rw - cgroup2\n\n");
  CHECK(machine.limits().memory.empty());
  machine.write("proc/self/mountinfo", version_2);
  CHECK(machine.limits().memory.empty());
  CHECK(read_control_group_limits(machine.path("nowhere")).memory.empty());
}

}  // namespace tricolour

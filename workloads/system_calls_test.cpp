// Waits in system calls: that they end, what they say when a call fails, and that they leave no
// descriptor open.
#include "workloads/system_calls.hpp"

#include <sys/resource.h>

#include <thread>

#include "tools/testing/catch.hpp"
#include "tools/testing/open_descriptors.hpp"

namespace tricolour {
namespace {

/// While it lives no descriptor can be opened.
class NoMoreDescriptors {
 public:
  NoMoreDescriptors() {
    REQUIRE(getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const rlimit none{0, before_.rlim_max};
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoMoreDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreDescriptors(const NoMoreDescriptors&) = delete;
  NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;

 private:
  rlimit before_{};
};

/// What `work` throws as a failed call.
template <class Work>
std::string said_by(Work work) {
  try {
    work();
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "nothing";
}

TEST_CASE("a wait for a pipe ends when another thread ends it, before or after it began") {
  const std::size_t before = open_descriptors();
  {
    Pipe pipe;
    CHECK(open_descriptors() == before + 2);
    std::thread waiting([&] { pipe.wait(); });
    pipe.end_wait();
    waiting.join();
    pipe.end_wait();
    pipe.wait();
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("the status of the process is read, and its file closed") {
  const std::size_t before = open_descriptors();
  read_process_status();
  CHECK(open_descriptors() == before);
}

TEST_CASE("a call that fails says what failed and why, and leaves no descriptor open") {
  const std::size_t before = open_descriptors();
  std::string pipe, status;
  {
    const NoMoreDescriptors limit;
    pipe = said_by([] { Pipe{}; });
    status = said_by(read_process_status);
  }
  CHECK(pipe == "cannot make a pipe: Too many open files");
  CHECK(status == "cannot open /proc/self/status: Too many open files");
  CHECK(said_by([] {
          std::array<char, 1> byte;
          Descriptor(::open("/", O_RDONLY | O_CLOEXEC), "a folder").read(byte);
        }) == "cannot read a folder: Is a directory");
  CHECK(open_descriptors() == before);
}

}  // namespace
}  // namespace tricolour

// Waits in system calls: that they end, what they say when a call fails, and that they leave no
// descriptor open.
#include "workloads/system_calls.hpp"

#include <sys/resource.h>

#include <exception>
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

/// What `work` throws.
template <class Work>
std::exception_ptr thrown_by(Work work) {
  try {
    work();
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

/// Of a failed call.
std::string said_by(const std::exception_ptr& thrown) {
  if (thrown == nullptr) return "nothing";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::system_error& error) {
    return error.what();
  }
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
  std::exception_ptr pipe, status;
  {
    // UndefinedBehaviorSanitizer looks at what() by a pipe of its own: not in here.
    const NoMoreDescriptors limit;
    pipe = thrown_by([] { Pipe{}; });
    status = thrown_by(read_process_status);
  }
  CHECK(said_by(pipe) == "cannot make a pipe: Too many open files");
  CHECK(said_by(status) == "cannot open /proc/self/status: Too many open files");
  CHECK(said_by(thrown_by([] {
          std::array<char, 1> byte;
          Descriptor(::open("/", O_RDONLY | O_CLOEXEC), "a folder").read(byte);
        })) == "cannot read a folder: Is a directory");
  CHECK(open_descriptors() == before);
}

}  // namespace
}  // namespace tricolour

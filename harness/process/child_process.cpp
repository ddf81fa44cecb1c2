#include "harness/process/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

#include "core/observe/clock.hpp"
#include "harness/process/interruption.hpp"

namespace tricolour {
namespace {

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(),
                          std::string("cannot start a process: ") + what);
}

struct Pipe {
  Pipe() {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) fail("pipe");
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends[end] >= 0) ::close(ends[end]);
    ends[end] = -1;
  }
  std::array<int, 2> ends{-1, -1};
};

/// In the child, between fork and exec: system calls only.
[[noreturn]] void become(char* const* words, const Pipe& output, const Pipe& error, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output.ends[1], STDOUT_FILENO);
  ::dup2(error.ends[1], STDERR_FILENO);
  ::execv(words[0], words);
  ::_exit(127);
}

/// Takes what is there; closes the end at end of file.
void drain(Pipe& pipe, std::string& text) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(pipe.ends[0], buffer.data(), buffer.size());
  if (count > 0) text.append(buffer.data(), static_cast<std::size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) pipe.close_end(0);
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words, double timeout_s,
                      void (*on_tick)(void*), void* context) {
  Pipe output;
  Pipe error;
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const Nanoseconds began = now_ns();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) fail("fork");
  if (child == 0) become(arguments.data(), output, error, parent);
  ::setpgid(child, child);
  output.close_end(1);
  error.close_end(1);

  ChildResult result;
  int status = 0;
  bool ended = false;
  bool lost = false;  ///< its status went elsewhere
  while (!ended || output.ends[0] >= 0 || error.ends[0] >= 0) {
    std::array<pollfd, 2> ready{pollfd{output.ends[0], POLLIN, 0},
                                pollfd{error.ends[0], POLLIN, 0}};
    const bool looked = ::poll(ready.data(), ready.size(), ended ? 0 : 100) >= 0;
    if (ready[0].revents != 0) drain(output, result.standard_output);
    if (ready[1].revents != 0) drain(error, result.standard_error);
    if (result.standard_error.size() > 2 * kept_error_bytes)
      result.standard_error.erase(0, result.standard_error.size() - kept_error_bytes);
    if (ended && looked && ready[0].revents == 0 && ready[1].revents == 0) break;
    if (!ended) {
      const pid_t waited = ::waitpid(child, &status, WNOHANG);
      ended = waited == child || (waited < 0 && errno != EINTR);
      lost = waited < 0 && ended;
    }
    if (ended) continue;
    if (on_tick != nullptr) on_tick(context);
    result.timed_out = result.timed_out ||
                       (timeout_s > 0 && static_cast<double>(now_ns() - began) > timeout_s * 1e9);
    result.interrupted = result.interrupted || interrupted();
    if (result.timed_out || result.interrupted) ::kill(-child, SIGKILL);
  }
  ::kill(-child, SIGKILL);
  if (lost) throw std::runtime_error("a child process ended, and the system does not say how");
  if (WIFEXITED(status)) result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
  return result;
}

std::string ChildResult::ending() const {
  return signal != 0 ? "ended by signal " + std::to_string(signal)
                     : "ended with exit code " + std::to_string(exit_code);
}

std::string ChildResult::failure() const {
  return standard_error.empty() ? ending() : ending() + ":\n" + standard_error;
}

std::string own_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

}  // namespace tricolour

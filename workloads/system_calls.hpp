// System calls in which a thread waits: the read of a pipe, and the read of a file.
//
// Purpose: a mutator that waits in the kernel for a descriptor, as one that serves requests does.
//
// Invariant: a call that fails throws std::system_error, which says what failed and why. A read
// that a signal interrupts is made again.
//
// Ownership: a descriptor is closed by the object that holds it. One thread may wait for a Pipe
// while another ends the wait; the Pipe ends after both.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace tricolour {

/// Throws why the last call of this thread failed, which was to `act` on `what`.
[[noreturn]] inline void throw_call_failed(std::string_view act, std::string_view what) {
  const int error = errno;
  throw std::system_error(error, std::generic_category(),
                          std::string("cannot ").append(act).append(" ").append(what));
}

class Descriptor {
 public:
  /// Takes `number`, an open descriptor of `what`, over.
  Descriptor(int number, std::string_view what) : number_(number), what_(what) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  /// How many bytes were read; 0 at the end. Waits until there are some. Throws.
  std::size_t read(std::span<char> bytes) const {
    for (;;) {
      const ssize_t count = ::read(number_, bytes.data(), bytes.size());
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno != EINTR) throw_call_failed("read", what_);
    }
  }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
  std::string_view what_;
};

/// A pipe into which nothing is written: its end is what a thread waits for.
class Pipe {
 public:
  /// Throws.
  Pipe() : Pipe(make()) {}

  /// Returns when `end_wait` has been called. Throws.
  void wait() const {
    std::array<char, 1> none;
    while (reading_.read(none) != 0) {
    }
  }
  void end_wait() { writing_.close(); }

 private:
  using Ends = std::array<int, 2>;
  static constexpr std::string_view name = "a pipe";

  explicit Pipe(const Ends& ends) : reading_(ends[0], name), writing_(ends[1], name) {}
  static Ends make() {
    Ends ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_call_failed("make", name);
    return ends;
  }

  const Descriptor reading_;
  Descriptor writing_;
};

/// Reads what the system says of this process, and drops it. Throws.
inline void read_process_status() {
  constexpr const char* file = "/proc/self/status";
  const int opened = ::open(file, O_RDONLY | O_CLOEXEC);
  if (opened < 0) throw_call_failed("open", file);
  const Descriptor status(opened, file);
  std::array<char, 1024> text;
  while (status.read(text) != 0) {
  }
}

}  // namespace tricolour

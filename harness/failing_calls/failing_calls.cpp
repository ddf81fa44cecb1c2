// Makes one call to the system fail, in a program that this library is preloaded into (LD_PRELOAD).
//
// Purpose: tests see what the program does when the disk is full or a thread cannot start, at every
// place that calls the system. Environment of the program:
//   FAILING_LEVEL  0: the calls of the program itself; 1: those of the programs that it starts
//   FAILING_LOG    a file; each call is appended as "name number place", the place being the
//                  same for calls that come by the same way through the program
//   FAILING_CALL, FAILING_AT, FAILING_ERROR  the number-th call of that name fails with that errno
//
// Invariant: without these variables nothing changes. Calls inside the C library are not seen.
// Ownership: any thread; numbers are given out one by one.
#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr std::size_t most_calls = 32;
constexpr int most_frames = 12;

struct Counter {
  const char* name = nullptr;
  std::atomic<unsigned> count{0};  // relaxed: only the number matters
};

struct Settings {
  bool active = false;
  int log = -1;
  const char* call = nullptr;
  unsigned at = 0;
  int error = 0;

  Settings() {
    const char* const wanted = std::getenv("FAILING_LEVEL");
    const char* const above = std::getenv("FAILING_LEVEL_ABOVE");
    const int level = above == nullptr ? 0 : std::atoi(above) + 1;
    ::setenv("FAILING_LEVEL_ABOVE", std::to_string(level).c_str(), 1);
    if (wanted == nullptr || std::atoi(wanted) != level) return;
    std::array<void*, 1> first_use_loads_a_library;
    ::backtrace(first_use_loads_a_library.data(), 1);
    if (const char* const file = std::getenv("FAILING_LOG")) {
      log = static_cast<int>(
          ::syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    }
    call = std::getenv("FAILING_CALL");
    if (const char* const number = std::getenv("FAILING_AT"))
      at = static_cast<unsigned>(std::atoi(number));
    if (const char* const number = std::getenv("FAILING_ERROR")) error = std::atoi(number);
    active = true;
  }
};

const Settings& settings() {
  static const Settings read;
  return read;
}
[[maybe_unused]] const Settings& read_when_loaded = settings();

Counter& counter_of(const char* name) {
  static std::array<Counter, most_calls> counters;
  static std::atomic<bool> busy{false};
  while (busy.exchange(true, std::memory_order_acquire)) {
  }
  std::size_t place = 0;
  while (counters[place].name != nullptr && std::strcmp(counters[place].name, name) != 0) ++place;
  counters[place].name = name;
  busy.store(false, std::memory_order_release);
  return counters[place];
}

/// The way through the program, as places in its files.
std::uint64_t place() {
  std::array<void*, most_frames> frames;
  const int count = ::backtrace(frames.data(), most_frames);
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (int i = 0; i < count; ++i) {
    Dl_info info{};
    if (::dladdr(frames[static_cast<std::size_t>(i)], &info) == 0) continue;
    const auto offset = reinterpret_cast<std::uintptr_t>(frames[static_cast<std::size_t>(i)]) -
                        reinterpret_cast<std::uintptr_t>(info.dli_fbase);
    hash = (hash ^ offset) * 0x100000001b3u;
  }
  return hash;
}

/// Counts a call; returns the errno that it is to fail with, or 0.
int fails(const char* name) {
  if (!settings().active) return 0;
  const int before = errno;
  const unsigned number = counter_of(name).count.fetch_add(1, std::memory_order_relaxed) + 1;
  if (settings().log >= 0) {
    std::array<char, 96> line;
    const int length = std::snprintf(line.data(), line.size(), "%s %u %016lx\n", name, number,
                                     static_cast<unsigned long>(place()));
    ::syscall(SYS_write, settings().log, line.data(), static_cast<std::size_t>(length));
  }
  errno = before;
  const bool chosen = settings().call != nullptr && std::strcmp(settings().call, name) == 0 &&
                      settings().at == number;
  return chosen ? settings().error : 0;
}

template <class Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Result>
Result fail_with(int error, Result result) {
  errno = error;
  return result;
}

mode_t mode_of(int flags, va_list words) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(words, mode_t) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list words;
  va_start(words, flags);
  const mode_t mode = mode_of(flags, words);
  va_end(words);
  if (const int error = fails("open")) return fail_with(error, -1);
  return real<int(const char*, int, ...)>("open")(path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list words;
  va_start(words, flags);
  const mode_t mode = mode_of(flags, words);
  va_end(words);
  if (const int error = fails("open")) return fail_with(error, -1);
  return real<int(const char*, int, ...)>("open64")(path, flags, mode);
}
ssize_t read(int file, void* bytes, std::size_t size) {
  if (const int error = fails("read")) return fail_with<ssize_t>(error, -1);
  return real<ssize_t(int, void*, std::size_t)>("read")(file, bytes, size);
}
ssize_t write(int file, const void* bytes, std::size_t size) {
  if (const int error = fails("write")) return fail_with<ssize_t>(error, -1);
  return real<ssize_t(int, const void*, std::size_t)>("write")(file, bytes, size);
}
int close(int file) {
  const int error = fails("close");
  const int result = real<int(int)>("close")(file);
  return error != 0 ? fail_with(error, -1) : result;
}
int fsync(int file) {
  if (const int error = fails("fsync")) return fail_with(error, -1);
  return real<int(int)>("fsync")(file);
}
int rename(const char* from, const char* to) noexcept {
  if (const int error = fails("rename")) return fail_with(error, -1);
  return real<int(const char*, const char*)>("rename")(from, to);
}
int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned flags) noexcept {
  if (const int error = fails("rename")) return fail_with(error, -1);
  return real<int(int, const char*, int, const char*, unsigned)>("renameat2")(from_folder, from,
                                                                              to_folder, to, flags);
}
int mkdir(const char* path, mode_t mode) noexcept {
  if (const int error = fails("mkdir")) return fail_with(error, -1);
  return real<int(const char*, mode_t)>("mkdir")(path, mode);
}
int link(const char* from, const char* to) noexcept {
  if (const int error = fails("link")) return fail_with(error, -1);
  return real<int(const char*, const char*)>("link")(from, to);
}
void* mmap(void* at, std::size_t size, int protection, int flags, int file, off_t offset) noexcept {
  if (const int error = fails("mmap")) return fail_with(error, MAP_FAILED);
  return real<void*(void*, std::size_t, int, int, int, off_t)>("mmap")(at, size, protection, flags,
                                                                       file, offset);
}
pid_t fork() noexcept {
  if (const int error = fails("fork")) return fail_with(error, -1);
  return real<pid_t()>("fork")();
}
int pipe2(int* ends, int flags) noexcept {
  if (const int error = fails("pipe2")) return fail_with(error, -1);
  return real<int(int*, int)>("pipe2")(ends, flags);
}
pid_t waitpid(pid_t child, int* status, int options) {
  if (const int error = fails("waitpid")) return fail_with(error, -1);
  return real<pid_t(pid_t, int*, int)>("waitpid")(child, status, options);
}
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*begin)(void*),
                   void* argument) noexcept {
  if (const int error = fails("pthread_create")) return error;
  return real<int(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(
      thread, attributes, begin, argument);
}

}  // extern "C"

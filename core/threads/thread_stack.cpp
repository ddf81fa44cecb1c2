#include "core/threads/thread_stack.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <semaphore.h>
#include <signal.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <span>

#include "core/mutex.hpp"
#include "core/observe/clock.hpp"

namespace tricolour {
namespace {

constexpr std::size_t most_frames = 64;
/// A running thread answers as soon as it gets a processor.
constexpr Nanoseconds most_wait_ns = 500'000'000;

/// What the asking thread and the handler hand to each other.
///
///   asking thread                          handler, on the thread that is asked
///   asked.store(thread, release)
///   tgkill(thread)
///                                          asked: thread -> 0, acquire
///                                          writes count, frames, interrupted_at
///                                          sem_post(answered)
///   sem_timedwait(answered)
///   reads count, frames, interrupted_at
struct Handover {
  /// The thread that is asked; 0: no request, or one that its handler has taken.
  ///
  /// The store is a release, and the compare-exchange of the handler that takes the request an
  /// acquire: so the asking thread has read the frames of the previous request before the handler
  /// overwrites them. The asking thread withdraws a request by a relaxed compare-exchange, as it
  /// neither reads nor publishes anything else by it. If that fails, the handler has taken the
  /// request, and posts.
  std::atomic<pid_t> asked{0};
  /// Posted once for each request that is taken. The wait that a post ends sees what the handler
  /// wrote: POSIX grants that both synchronise memory, and that a handler may post.
  sem_t answered{};

  // Written by the handler from taking the request to its post.
  std::size_t count = 0;
  std::array<void*, most_frames> frames{};
  const void* interrupted_at = nullptr;

  /// The program's own handling, of before the handler was installed, and constant after.
  struct sigaction previous {};
};

constinit Handover handover;
static_assert(std::atomic<pid_t>::is_always_lock_free);

// --- the handler ------------------------------------------------------------------------------

/// Where the signal met the thread; null on processors that this does not know.
const void* interrupted_at([[maybe_unused]] const void* context) {
#if defined(__x86_64__)
  return reinterpret_cast<const void*>(
      static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return reinterpret_cast<const void*>(static_cast<const ucontext_t*>(context)->uc_mcontext.pc);
#else
  return nullptr;
#endif
}

void hand_on(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = handover.previous;
  if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) return;
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else {
    previous.sa_handler(signal);
  }
}

void on_signal(int signal, siginfo_t* info, void* context) {
  pid_t here = ::gettid();
  if (!handover.asked.compare_exchange_strong(here, 0, std::memory_order_acquire,
                                              std::memory_order_relaxed)) {
    hand_on(signal, info, context);
    return;
  }
  const int error = errno;
  handover.interrupted_at = interrupted_at(context);
  handover.count = static_cast<std::size_t>(::backtrace(handover.frames.data(), int{most_frames}));
  ::sem_post(&handover.answered);
  errno = error;
}

void install() {
  // The first call loads a library, which no handler may do.
  std::array<void*, 1> first_call{};
  ::backtrace(first_call.data(), static_cast<int>(first_call.size()));
  ::sem_init(&handover.answered, 0, 0);
  // Not by the call below: the handler could run before that has stored it.
  ::sigaction(SIGURG, nullptr, &handover.previous);
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_SIGINFO | SA_RESTART;
  ::sigemptyset(&action.sa_mask);
  ::sigaction(SIGURG, &action, nullptr);
}

// --- the asking thread ------------------------------------------------------------------------

bool await_answer() {
  constexpr Nanoseconds second = 1'000'000'000;
  const Nanoseconds end_ns = read_clock(CLOCK_REALTIME) + most_wait_ns;
  const timespec end{.tv_sec = end_ns / second, .tv_nsec = end_ns % second};
  while (::sem_timedwait(&handover.answered, &end) != 0) {
    if (errno != EINTR) return false;
  }
  return true;
}

/// Asks, and waits for the answer. One thread at a time.
bool ask(pid_t thread) {
  // A handler took a request and was not done with it in time: it may still write.
  static bool answer_owed = false;
  if (answer_owed && !await_answer()) return false;
  answer_owed = false;
  handover.asked.store(thread, std::memory_order_release);
  if (::tgkill(::getpid(), thread, SIGURG) == 0 && await_answer()) return true;
  pid_t expected = thread;
  if (handover.asked.compare_exchange_strong(expected, 0, std::memory_order_relaxed)) return false;
  answer_owed = !await_answer();
  return !answer_owed;
}

/// As the source spells it.
std::string demangled(const char* name) {
  struct Free {
    void operator()(char* text) const { std::free(text); }
  };
  const std::unique_ptr<char, Free> text(abi::__cxa_demangle(name, nullptr, nullptr, nullptr));
  return text == nullptr ? name : text.get();
}

std::string line_of(std::uintptr_t place) {
  Dl_info found{};
  void* file = nullptr;
  if (::dladdr1(reinterpret_cast<const void*>(place), &found, &file, RTLD_DL_LINKMAP) == 0)
    found = {};
  // Not from where the file begins in memory: addr2line counts from where it was linked to be.
  const std::size_t offset =
      place - (file == nullptr ? 0 : static_cast<const link_map*>(file)->l_addr);
  char number[20];
  std::snprintf(number, sizeof number, "0x%zx", offset);
  return "    at " + (found.dli_sname == nullptr ? "??" : demangled(found.dli_sname)) + " (" +
         (found.dli_fname == nullptr ? "??" : found.dli_fname) + "+" + number + ")\n";
}

std::string text_of(std::span<void* const> frames) {
  // The frames before are the handler's. Under ThreadSanitizer a handler may run later, elsewhere:
  // then the first one alone is known to be its.
  const auto found = std::ranges::find(frames, handover.interrupted_at);
  const bool interrupted = found != frames.end();
  const auto first = interrupted ? found - frames.begin() : 1;
  std::string text;
  for (auto i = static_cast<std::size_t>(first); i < frames.size(); ++i) {
    // Other frames hold the address to return to, which may be in the next function or line.
    const bool is_exact = interrupted && i == static_cast<std::size_t>(first);
    text += line_of(reinterpret_cast<std::uintptr_t>(frames[i]) - (is_exact ? 0 : 1));
  }
  return text;
}

}  // namespace

std::string stack_of(pid_t thread) {
  static Mutex one_at_a_time;
  const std::scoped_lock lock(one_at_a_time);
  [[maybe_unused]] static const bool installed = (install(), true);
  return ask(thread) ? text_of(std::span(handover.frames).first(handover.count)) : "";
}

}  // namespace tricolour

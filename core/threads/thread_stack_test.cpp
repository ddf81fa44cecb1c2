// Stacks of threads, each in a child process, which has installed no handler of signals yet.
#include "core/threads/thread_stack.hpp"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "core/sanitizers.hpp"
#include "tools/testing/forked.hpp"
#include "tools/testing/known_place.hpp"

using namespace tricolour;

namespace {

/// Ends with the thread that stays in it.
class Stayer {
 public:
  Stayer() : thread_([this] { place_.stay(); }) {}
  ~Stayer() { place_.let_go(); }
  pid_t thread() const { return place_.thread(); }

 private:
  KnownPlace place_;
  std::jthread thread_;
};

void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

std::atomic<int> programs_signals{0};
void on_programs_signal(int) { ++programs_signals; }

}  // namespace

TEST_CASE("the stack of a thread names the function that it executes", "[thread_stack]") {
  const ChildEnding ending = in_forked_child([] {
    const Stayer stayer;
    for (int i = 0; i < 3; ++i) std::fputs((stack_of(stayer.thread()) + "end\n").c_str(), stderr);
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
  const std::string line = std::string("    at ") + KnownPlace::function + " (";
  // ThreadSanitizer may hold a signal back for as long as a thread makes no call to the system.
  if (!TRICOLOUR_THREAD_SANITIZER) CHECK(!ending.said.starts_with("    at ??"));  // the handler
  CHECK((ending.says(line) || (TRICOLOUR_THREAD_SANITIZER && ending.said == "end\nend\nend\n")));
}

TEST_CASE("a thread that has ended has no stack", "[thread_stack]") {
  const ChildEnding ending = in_forked_child([] {
    pid_t ended = 0;
    std::thread([&ended] { ended = ::gettid(); }).join();
    must(stack_of(ended).empty(), "a thread that has ended has a stack");
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
}

TEST_CASE("a thread that blocks the signal has no stack, and another one has", "[thread_stack]") {
  const ChildEnding ending = in_forked_child([] {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGURG);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const Stayer stayer;  // inherits the mask
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    must(stack_of(stayer.thread()).empty(), "a thread has answered that blocks the signal");
    must(!stack_of(::gettid()).empty(), "this thread has no stack");
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
}

TEST_CASE("a signal that no request explains is the program's", "[thread_stack]") {
  const ChildEnding ending = in_forked_child([] {
    ::signal(SIGURG, on_programs_signal);
    must(!stack_of(::gettid()).empty(), "this thread has no stack");
    must(programs_signals == 0, "the program was given a signal that is none of its");
    ::raise(SIGURG);
    must(programs_signals == 1, "the program was not given its signal");
  });
  CAPTURE(ending.said);
  CHECK(ending.done());
}

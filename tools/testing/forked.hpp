// A piece of a test in a forked child: for what ends a process, and for what a child does.
//
// Invariant: a child that hangs ends by SIGALRM, which no test expects.
//
// Ownership: the child has a copy of everything and only the calling thread.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

#include "tools/testing/catch.hpp"

namespace tricolour {

/// How a child ended, and what it wrote to standard error.
struct ChildEnding {
  int status = 0;
  std::string said;
  bool done() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
  /// An exception left its work.
  bool threw() const { return WIFEXITED(status) && WEXITSTATUS(status) == 2; }
  bool aborted() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT; }
  bool says(const std::string& words) const { return said.find(words) != std::string::npos; }
};

template <class Work>
[[noreturn]] void run_as_child(Work& work, int standard_error) {
  constexpr unsigned most_seconds = 60;
  std::signal(SIGABRT, SIG_DFL);  // not Catch's report
  std::signal(SIGALRM, SIG_DFL);
  alarm(most_seconds);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  dup2(standard_error, STDERR_FILENO);
  int code = 0;
  try {
    work();
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
    code = 2;
  }
  _exit(code);
}

/// Runs `work` in a child.
template <class Work>
ChildEnding in_forked_child(Work work) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  std::fflush(nullptr);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) run_as_child(work, ends[1]);
  close(ends[1]);
  ChildEnding ending;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof(buffer))) > 0;) {
    ending.said.append(buffer, static_cast<std::size_t>(count));
  }
  close(ends[0]);
  REQUIRE(waitpid(child, &ending.status, 0) == child);
  return ending;
}

}  // namespace tricolour

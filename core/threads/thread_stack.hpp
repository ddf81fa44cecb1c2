// The stack of another thread of this process, for a report about that thread.
//
// Purpose: a thread that does not do what others wait for is interrupted by a signal, and the
// handler notes where it executes. The signal is SIGURG, which a program ignores by default.
//
// Invariant: the interrupted thread continues as if nothing had happened: the handler takes no
// lock, allocates no memory and keeps errno, and the system restarts the call that it interrupts.
// Only calls that are never restarted, as poll(), end early with EINTR. The handler is installed
// once, by the first request. A SIGURG that no request explains goes to the handler that the
// program had before. Where the program installs another one later, no thread answers.
//
// Ownership: any thread may ask; one asks at a time, and the others wait for it. The handler and
// what it writes belong to the process, as handlers of signals do.
//
// Memory ordering: stated in thread_stack.cpp for each atomic.
#pragma once

#include <sys/types.h>

#include <string>

namespace tricolour {

/// One indented line per frame, innermost first: "at FUNCTION (FILE+OFFSET)", where FUNCTION is ??
/// if the dynamic symbol table of its file lacks it, and `addr2line -e FILE OFFSET` knows the line.
/// Empty if the thread has ended, or does not answer within a bounded time: it blocks SIGURG, or
/// gets no processor.
std::string stack_of(pid_t thread);

}  // namespace tricolour

// Names that a program gives to its threads, as the system keeps them (pthread_setname_np).
//
// Purpose: a report names a thread as its program does.
//
// Ownership: any thread. Memory ordering: none: the system is asked.
#pragma once

#include <sys/types.h>

#include <string>

namespace tricolour {

/// Of a thread of this process. Empty if the thread has the name of the process, which it has
/// until it is given another, or has ended.
std::string given_name_of(pid_t thread);

}  // namespace tricolour

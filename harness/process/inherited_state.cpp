#include "harness/process/inherited_state.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <initializer_list>

namespace tricolour {

void put_inherited_state_right() {
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // A new descriptor is the lowest free one. The root folder is there in every environment.
    if (::fcntl(standard, F_GETFD) < 0) ::open("/", O_RDONLY | O_DIRECTORY);
  }
  ::signal(SIGCHLD, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace tricolour

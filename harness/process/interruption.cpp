#include "harness/process/interruption.hpp"

#include <atomic>
#include <csignal>

namespace tricolour {
namespace {
std::atomic<bool> seen{false};
static_assert(std::atomic<bool>::is_always_lock_free);
void on_signal(int) { seen.store(true, std::memory_order_relaxed); }
}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
}

bool interrupted() { return seen.load(std::memory_order_relaxed); }

}  // namespace tricolour

#include "core/mutator/watchdog.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "core/mutator/mutator_context.hpp"
#include "core/threads/given_name.hpp"
#include "core/threads/thread_stack.hpp"

namespace tricolour {
namespace {

constexpr Nanoseconds most_slice_ns = 1'000'000'000;
constexpr Nanoseconds slices_in_bound = 4;

bool is_for_mutator(Awaited what) { return what == Awaited::stop || what == Awaited::handshake; }

/// When a wait is said to be late: only one that is for a mutator ever is.
Nanoseconds say_after_ns(Awaited what) {
  return is_for_mutator(what) ? WatchdogPolicy::say_after_ns() : WatchdogPolicy::never;
}

/// Some of them in any bound, and few by the clock.
Nanoseconds slice_ns(Awaited what) {
  const Nanoseconds bound_ns = std::min(say_after_ns(what), WatchdogPolicy::abort_after_ns());
  return std::clamp<Nanoseconds>(bound_ns / slices_in_bound, 1, most_slice_ns);
}

std::string seconds(Nanoseconds ns) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f s", static_cast<double>(ns) / 1e9);
  return text;
}

const char* to_string(MutatorStatus status) {
  constexpr const char* names[]{"running", "stopped", "blocked", "claimed"};
  return names[static_cast<std::size_t>(status)];
}

std::string status_of(const MutatorContext& mutator) {
  const SafepointState& state = mutator.safepoint;
  std::string text = to_string(state.status.load(std::memory_order_relaxed));
  if (state.poll.load(std::memory_order_relaxed)) text += ", asked to come to a safepoint";
  const bool asked = state.handshake.load(std::memory_order_relaxed) != nullptr;
  return asked ? text + " for a handshake" : text;
}

}  // namespace

// --- the lists --------------------------------------------------------------------------------

void Watchdog::mutator_came(const MutatorContext& mutator, bool runs_here) {
  const std::scoped_lock lock(lock_);
  mutators_.push_back({&mutator, runs_here ? ::gettid() : 0});
}

void Watchdog::mutator_attached(const MutatorContext& mutator) {
  const std::scoped_lock lock(lock_);
  std::ranges::find(mutators_, &mutator, &Member::mutator)->thread = ::gettid();
}

void Watchdog::mutator_went(const MutatorContext& mutator) {
  const std::scoped_lock lock(lock_);
  std::erase_if(mutators_, [&](const Member& member) { return member.mutator == &mutator; });
}

void Watchdog::list(const Wait& wait) {
  const std::scoped_lock lock(lock_);
  waits_.push_back(&wait);
}

void Watchdog::unlist(const Wait& wait) {
  const std::scoped_lock lock(lock_);
  std::erase(waits_, &wait);
}

void Watchdog::list(const WatchedLock& one) {
  const std::scoped_lock lock(lock_);
  locks_.push_back(&one);
}

void Watchdog::unlist(const WatchedLock& one) {
  const std::scoped_lock lock(lock_);
  std::erase(locks_, &one);
}

// --- the report -------------------------------------------------------------------------------

void Watchdog::tell(const Wait& wait) const {
  const std::string place = place_of(wait);
  const std::scoped_lock lock(lock_);
  const std::string text = "tricolour: a wait is late: for " + object_of(wait) + ", " +
                           seconds(now_ns() - wait.begin_ns_) + "\n" + place + describe();
  std::fputs(text.c_str(), stderr);
}

std::string Watchdog::place_of(const Wait& wait) const {
  if (!is_for_mutator(wait.what_)) return "";
  const auto is_awaited = [&](const Member& member) {
    return member.mutator->index() == wait.whom_;
  };
  pid_t thread = 0;
  std::string text = "  ";
  {
    const std::scoped_lock lock(lock_);
    // It is on the list: what waits for it has the right to stop the world, so that none leaves.
    thread = std::ranges::find_if(mutators_, is_awaited)->thread;
    text += name_of_thread(thread);
  }
  // Without the lock: this waits for the thread.
  const std::string stack = stack_of(thread);
  return text + (stack.empty() ? ": its place is not known\n" : " executes\n" + stack);
}

std::string Watchdog::report() const {
  const std::scoped_lock lock(lock_);
  return waits_.empty() ? std::string() : describe();
}

std::string Watchdog::describe() const {
  const Nanoseconds now = now_ns();
  std::string text = "  phase: ";
  text += tricolour::to_string(phase_.load(std::memory_order_relaxed));
  text += ", cycle " + std::to_string(cycle_.load(std::memory_order_relaxed)) + "\n  waits:\n";
  for (const Wait* const wait : waits_) {
    text += "    " + name_of_thread(wait->thread_) + " waits for " + object_of(*wait) + ", for " +
            seconds(now - wait->begin_ns_) + "\n";
  }
  text += "  mutators:\n";
  for (const Member& member : mutators_) {
    text += "    " + name_of_thread(member.thread) + ": mutator " +
            std::to_string(member.mutator->index()) + ", " + status_of(*member.mutator) + "\n";
  }
  text += "  locks held:\n";
  for (const WatchedLock* const one : locks_) {
    const pid_t holder = one->holder_.load(std::memory_order_relaxed);
    if (holder == 0) continue;
    text += "    the " + std::string(one->name_) + ", by " + name_of_thread(holder) + ", for " +
            seconds(now - one->held_since_ns_.load(std::memory_order_relaxed)) + "\n";
  }
  return text + "  last events:\n" + events_.text();
}

std::string Watchdog::name_of_thread(pid_t thread) const {
  if (thread == 0) return "no thread yet";
  std::string text = "thread " + std::to_string(thread);
  const std::string given_name = given_name_of(thread);
  if (!given_name.empty()) text += " \"" + given_name + "\"";
  for (const Member& member : mutators_) {
    if (member.thread == thread)
      text += " (of mutator " + std::to_string(member.mutator->index()) + ")";
  }
  return text;
}

std::string Watchdog::object_of(const Wait& wait) const {
  const std::string mutator = "mutator " + std::to_string(wait.whom_);
  switch (wait.what_) {
    case Awaited::stop:
      return mutator + " to reach a safepoint, so that the world stops";
    case Awaited::handshake:
      return mutator + " to take part in a handshake";
    case Awaited::resumption:
      return "a stop or a collector's claim to end";
    case Awaited::turn:
      return "another mutator's turn to allocate to end";
    case Awaited::collection:
      return "a collection to complete";
    case Awaited::workers:
      return "the other workers to finish";
    case Awaited::thread_end:
      return "threads to end that were asked to end";
    case Awaited::lock:
      break;
  }
  const pid_t holder = wait.for_lock_->holder_.load(std::memory_order_relaxed);
  const std::string held = holder == 0 ? "" : ", which " + name_of_thread(holder) + " holds";
  return "the " + std::string(wait.for_lock_->name_) + held;
}

// --- waits and locks --------------------------------------------------------------------------

Wait::Wait(Watchdog& watchdog, Awaited what, std::uint32_t whom)
    : watchdog_(watchdog), what_(what), whom_(whom), slice_ns_(slice_ns(what)) {}

Wait::Wait(Watchdog& watchdog, const WatchedLock& lock)
    : watchdog_(watchdog),
      what_(Awaited::lock),
      whom_(no_mutator),
      for_lock_(&lock),
      slice_ns_(slice_ns(Awaited::lock)) {}

Wait::~Wait() {
  if (slept_ns_ != 0) watchdog_.unlist(*this);
}

void Wait::sleep_on() {
  if (slept_ns_ == 0) {
    thread_ = ::gettid();
    watchdog_.list(*this);
  }
  slept_ns_ += slice_ns_;
  const bool aborts = slept_ns_ >= WatchdogPolicy::abort_after_ns();
  if (!aborts && (said_ || slept_ns_ < say_after_ns(what_))) return;
  said_ = true;
  watchdog_.tell(*this);
  if (aborts) std::abort();
}

void Wait::sleep_on(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  sleep_on();
  lock.lock();
}

WatchedLock::WatchedLock(Watchdog& watchdog, const char* name) : watchdog_(watchdog), name_(name) {
  watchdog_.list(*this);
}

WatchedLock::~WatchedLock() { watchdog_.unlist(*this); }

void WatchedLock::lock() {
  if (!mutex_.try_lock()) Wait(watchdog_, *this).lock(mutex_);
  note_holder();
}

bool WatchedLock::try_lock() {
  if (!mutex_.try_lock()) return false;
  note_holder();
  return true;
}

void WatchedLock::unlock() {
  holder_.store(0, std::memory_order_relaxed);
  mutex_.unlock();
}

void WatchedLock::note_holder() {
  held_since_ns_.store(now_ns(), std::memory_order_relaxed);
  holder_.store(::gettid(), std::memory_order_relaxed);
}

}  // namespace tricolour

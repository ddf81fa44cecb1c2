#include "core/mutator/safepoint.hpp"

#include <algorithm>
#include <string>
#include <thread>

#include "core/mutator/heap.hpp"
#include "core/observe/probes.hpp"
#include "core/seams/injected_waits.hpp"
#include "core/seams/schedule_coverage.hpp"
#include "core/spin.hpp"

namespace tricolour {
namespace {
MutatorStatus status_of(const MutatorContext& mutator) {
  return SafepointProtocol<SafepointState>::status_of(mutator.safepoint);
}
}  // namespace

/// Looks for a short while, then sleeps under the watchdog.
class World::WatchedWaiter {
 public:
  WatchedWaiter(World& world, Awaited what, std::uint32_t whom = Wait::no_mutator)
      : world_(world), what_(what), whom_(whom) {}
  template <class Ready>
  bool spin(Ready ready) {
    if (spin_until(ready)) return true;
    world_.require_owner_process();  // what is awaited may be a thread of the parent's
    return false;
  }
  template <class Ready>
  void sleep(std::condition_variable& condition, std::unique_lock<std::mutex>& held, Ready ready) {
    Wait(world_.watchdog_, what_, whom_).until(condition, held, ready);
  }

 private:
  World& world_;
  const Awaited what_;
  const std::uint32_t whom_;
};

/// The mutator that runs on this thread, if one does, blocked while the thread waits for the
/// registry lock: the thread that holds the lock may be waiting for that mutator to stop.
class World::Runner {
 public:
  explicit Runner(World& world) : world_(world), mutator_(Attachment::running_here(world)) {
    if (mutator_ == nullptr) return;
    interrupted_ = world_.enter_blocked(*mutator_, Activity::registry_lock);
  }
  ~Runner() {
    if (mutator_ != nullptr) world_.leave_blocked(*mutator_, interrupted_);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

 private:
  World& world_;
  MutatorContext* const mutator_;
  Activity interrupted_ = Activity::running;
};

void World::add(MutatorContext& mutator, MutatorStatus status,
                const std::function<void(MutatorContext&)>& arrival) {
  require_owner_process();
  if (status == MutatorStatus::running) require_no_runner("is made");
  const Runner runner(*this);
  std::scoped_lock lock(registry_lock_);
  mutator.safepoint.status.store(status, std::memory_order_relaxed);
  if (status == MutatorStatus::running) mutator.attachment_.attach(*this, mutator);
  mutator.adopt(heap_.phase());
  mutator.retire_holes();  // to the present epoch, which may be newer than its construction
  if (arrival) arrival(mutator);
  // Before it is registered: an observer that refuses it throws.
  if (heap_.observer() != nullptr) heap_.observer()->mutator_started(mutator);
  mutators_.push_back(&mutator);
  watchdog_.mutator_came(mutator, status == MutatorStatus::running);
  note_number();
}

void World::attach(MutatorContext& mutator) {
  require_owner_process();
  if (mutator.attachment_.is_attached()) {
    throw Misuse(
        "a Child is attached twice; attach() is called once, on the child's own thread, before "
        "anything else");
  }
  require_no_runner("is attached");
  mutator.attachment_.attach(*this, mutator);
  watchdog_.mutator_attached(mutator);
  leave_blocked(mutator, Activity::running);
}

void World::require_no_runner(const char* deed) const {
  const MutatorContext* const runner = Attachment::running_here(*this);
  if (runner == nullptr) return;
  throw Misuse(
      std::string("a mutator ") + deed + " on a thread that runs mutator " +
      std::to_string(runner->index()) +
      " of the same heap, and one of them could never stop for the other: a thread runs one "
      "mutator of a heap at a time, unless the first is in blocking()");
}

void World::remove(MutatorContext& mutator, const std::function<void()>& farewell) {
  mutator.attachment_.detach();
  // A child that never attached is blocked as it is, and a collector may have claimed it.
  const bool runs = status_of(mutator) == MutatorStatus::running;
  const Activity interrupted =
      runs ? enter_blocked(mutator, Activity::registry_lock) : Activity::blocked;
  const Runner runner(*this);
  std::scoped_lock lock(registry_lock_);
  mutator.switch_activity(interrupted);
  farewell();
  pass_window(Window::between_farewell_and_removal);
  std::erase(mutators_, &mutator);
  watchdog_.mutator_went(mutator);
  note_number();
  if (heap_.observer() != nullptr) heap_.observer()->mutator_ended(mutator);
}

void World::thread_ends(MutatorContext& mutator) noexcept {
  if (!in_owner_process() || status_of(mutator) != MutatorStatus::running) return;
  enter_blocked(mutator, Activity::blocked);
}

void World::require_owner_process() const {
  if (in_owner_process()) return;
  throw Misuse(
      "a forked child uses a heap of its parent, whose threads it does not have: a child may exit "
      "or "
      "call exec");
}

void World::require_no_mutators(const char* deed) {
  const Runner runner(*this);
  std::scoped_lock lock(registry_lock_);
  const auto present = std::ranges::count_if(mutators_, [](const MutatorContext* mutator) {
    return !mutator->attachment_.thread_has_ended();
  });
  if (present == 0) return;
  throw Misuse(
      std::string(deed) + " while " + std::to_string(present) +
      " of its mutators are there: every Mutator and Child ends before its heap, on its own "
      "thread; declare them after the heap");
}

void World::end() {
  if (!in_owner_process()) return;
  require_no_mutators("a heap is destroyed");
  for (MutatorContext* const mutator : mutators_) mutator->heap_is_gone_ = true;
}

void World::note_number() {
  static const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
  crowded_.store(mutators_.size() > processors, std::memory_order_relaxed);
}

void World::answer(MutatorContext& mutator) {
  require_owner_process();
  SafepointState& state = mutator.safepoint;
  require_running(mutator);
  pass_window(Window::between_poll_and_answer);
  if (const HandshakeWork* work = protocol_.asked(state)) {
    {
      const std::unique_lock turn(turn_, std::try_to_lock);
      if (!turn.owns_lock()) return;
      const ActivityScope scope(mutator, Activity::handshake);
      carry_out(*work, mutator);
      pass_wait(WaitPlace::handshake);
    }
    protocol_.report_handshake(state);
    // Others wait for a processor, and the handshake for them.
    if (crowded()) std::this_thread::yield();
    return;
  }
  const ActivityScope scope(mutator, Activity::paused);
  if (!protocol_.report_stopped(state)) return;
  protocol_.await_resumption(state, WatchedWaiter(*this, Awaited::resumption));
  mutator.end_wait(resumed_at_ns_.load(std::memory_order_relaxed));
}

void World::carry_out(const HandshakeWork& work, MutatorContext& mutator) {
  const unsigned at_once = in_handshake_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (at_once > most_in_handshake_.load(std::memory_order_relaxed))
    most_in_handshake_.store(at_once, std::memory_order_relaxed);
  handshakes_.fetch_add(1, std::memory_order_relaxed);
  work(mutator);
  in_handshake_.fetch_sub(1, std::memory_order_relaxed);
}

void World::note_answer(Nanoseconds after) {
  answered_ns_.fetch_add(after, std::memory_order_relaxed);
  if (after > longest_answer_ns_.load(std::memory_order_relaxed))
    longest_answer_ns_.store(after, std::memory_order_relaxed);
}

SafepointCounts World::counts() const {
  return {.stops = stops_.load(std::memory_order_relaxed),
          .verification = verification_.load(std::memory_order_relaxed),
          .handshakes = handshakes_.load(std::memory_order_relaxed),
          .answered_ns = answered_ns_.load(std::memory_order_relaxed),
          .most_at_once = most_in_handshake_.load(std::memory_order_relaxed)};
}

void World::require_running(const MutatorContext& mutator) const {
  if (status_of(mutator) == MutatorStatus::running) return;
  throw Misuse("mutator " + std::to_string(mutator.index()) +
               " is used in its own blocking region: what runs in blocking() touches no object, no "
               "root and nothing else of the heap");
}

Activity World::enter_blocked(MutatorContext& mutator, Activity activity) {
  require_owner_process();
  if constexpr (faults_built) mutator.require_safepoint();
  require_running(mutator);
  mutator.note_safepoint();
  const Activity interrupted = mutator.switch_activity(activity);
  protocol_.enter_blocked(mutator.safepoint);
  return interrupted;
}

void World::leave_blocked(MutatorContext& mutator, Activity next,
                          std::optional<Nanoseconds> wait_over_at) {
  std::optional<Nanoseconds> held_up_since;
  for (MutatorStatus seen;
       (seen = protocol_.try_leave_blocked(mutator.safepoint)) != MutatorStatus::blocked;) {
    if (seen != MutatorStatus::claimed) {
      throw Misuse(
          "a mutator leaves a blocking region that it is not in: a region is left once, and "
          "nothing in "
          "it uses the mutator");
    }
    if (!held_up_since) held_up_since = now_ns();
    protocol_.await_release(mutator.safepoint, WatchedWaiter(*this, Awaited::resumption));
  }
  // Not before: while it is claimed the mutator's copy of the phase, which an event names, is the
  // collector's.
  if (wait_over_at) mutator.end_wait(*wait_over_at);
  if (held_up_since) {
    mutator.switch_activity(Activity::paused, held_up_since);
    mutator.end_wait(resumed_at_ns_.load(std::memory_order_relaxed));
  }
  mutator.switch_activity(next);
}

Nanoseconds World::resume() {
  pass_window(Window::before_resuming);
  const Nanoseconds resumed_ns = now_ns();
  resumed_at_ns_.store(resumed_ns, std::memory_order_relaxed);
  protocol_.resume([this](auto act) {
    for (MutatorContext* mutator : mutators_) act(mutator->safepoint);
  });
  return resumed_ns;
}

World::Exclusive::Exclusive(World& world, MutatorContext* self) : world_(world), self_(self) {
  world_.require_owner_process();
  if (self_ != nullptr) interrupted_ = world_.enter_blocked(*self_, Activity::registry_lock);
  lock_ = std::unique_lock(world_.registry_lock_, std::try_to_lock);
  const bool waits =
      !lock_.owns_lock() || (self_ != nullptr && pass_wait(WaitPlace::registry_lock));
  if (!lock_.owns_lock()) lock_.lock();
  if (self_ == nullptr) return;
  // Not before: without the lock a collector may have claimed this mutator.
  if (waits) {
    self_->switch_activity(Activity::paused);
  } else {
    self_->rename_activity(Activity::paused);
  }
}

World::Exclusive::~Exclusive() {
  lock_.unlock();
  if (self_ != nullptr) world_.leave_blocked(*self_, interrupted_);
}

void World::Exclusive::stop(Pause pause, const std::function<void(Pause&)>& work) {
  const RoleScope role(Role::collector);
  const auto& mutators = world_.mutators_;
  (pause.kind == PauseKind::verify ? world_.verification_ : world_.stops_)
      .fetch_add(1, std::memory_order_relaxed);
  PauseEvent event{.mutator = mutators.size() == 1 ? mutators.front()->index() : every_mutator,
                   .begin_ns = now_ns()};
  const std::uint64_t& cycle = world_.heap_.phase().cycle;
  probe::pause_begin(cycle, pause.kind, pause.cause, event.begin_ns);
  const bool recorded = world_.heap_.recorded();
  const Nanoseconds cpu_before = recorded ? thread_cpu_ns() : 0;
  for (MutatorContext* mutator : mutators) world_.protocol_.request_stop(mutator->safepoint);
  for (MutatorContext* mutator : mutators) {
    world_.protocol_.await_stopped(mutator->safepoint,
                                   WatchedWaiter(world_, Awaited::stop, mutator->index()));
  }
  event.stopped_ns = now_ns();
  event.used_before = world_.heap_.used_bytes();
  probe::pause_stopped(cycle, pause.kind, event.stopped_ns, event.used_before);
  try {
    work(pause);
  } catch (...) {
    world_.resume();
    throw;
  }
  if constexpr (instrumented_built) wait_busily(world_.heap_.options().injected.pause_ns);
  event.used_after = world_.heap_.used_bytes();
  event.kind = pause.kind;
  event.cause = pause.cause;
  event.cycle = cycle;
  event.end_ns = world_.resume();
  probe::pause_end(event.cycle, event.kind, event.end_ns, event.used_after);
  event.cpu_ns = recorded ? thread_cpu_ns() - cpu_before : 0;
  world_.heap_.emit(event);
}

void World::Exclusive::handshake(std::span<MutatorContext* const> mutators,
                                 const HandshakeWork& work) {
  const RoleScope role(Role::collector);
  const std::uint64_t cycle = world_.heap_.phase().cycle;
  probe::handshake_begin(cycle, mutators.size());
  SafepointProtocol<SafepointState>& protocol = world_.protocol_;
  const Nanoseconds requested_ns = now_ns();
  for (MutatorContext* mutator : mutators) protocol.request_handshake(mutator->safepoint, &work);
  for (MutatorContext* mutator : mutators) {
    SafepointState& state = mutator->safepoint;
    WatchedWaiter waiter(world_, Awaited::handshake, mutator->index());
    const bool claimed = protocol.await_handshake(state, waiter);
    world_.note_answer(now_ns() - requested_ns);
    if (!claimed) continue;
    const bool releases_early = faulty(Fault::claim_released_early);
    if (releases_early) protocol.release_claim(state);
    pass_window(Window::between_claim_and_handshake);
    if (!protocol.handshake_done(state)) {
      {
        const std::scoped_lock turn(world_.turn_);
        world_.carry_out(work, *mutator);
      }
      protocol.report_handshake(state);
    }
    world_.resumed_at_ns_.store(now_ns(), std::memory_order_relaxed);
    if (!releases_early) protocol.release_claim(state);
  }
  probe::handshake_end(cycle, mutators.size());
}

}  // namespace tricolour

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
  return mutator.safepoint.status.load(std::memory_order_acquire);
}

[[noreturn]] void refuse_use_while_blocked(const MutatorContext& mutator) {
  throw Misuse("mutator " + std::to_string(mutator.index()) +
               " is used in its own blocking region: what runs in blocking() touches no object, no "
               "root and nothing else of the heap");
}
}  // namespace

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
  mutator.adopt(heap_.phase);
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
        "a Child is attached twice: attach() is called once, on the child's own thread, first of "
        "all");
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
  if (status_of(mutator) != MutatorStatus::running) refuse_use_while_blocked(mutator);
  pass_window(Window::between_poll_and_answer);
  // Acquires the work of the handshake that set the poll word, which the look that led here did
  // not: a mutator that saw the word and not the work would take it for a stop, and wait for ever.
  // Partner: handshake.
  if (!state.poll.load(std::memory_order_acquire)) return;
  if (const HandshakeWork* work = state.handshake.load(std::memory_order_acquire)) {
    const ActivityScope scope(mutator, Activity::handshake);
    (*work)(mutator);
    pass_wait(WaitPlace::handshake);
    finish_handshake(mutator);
    // Others wait for a processor, and the handshake for them.
    if (crowded()) std::this_thread::yield();
    return;
  }
  const ActivityScope scope(mutator, Activity::paused);
  {
    std::scoped_lock lock(parking_lock_);
    if (!state.poll.load(std::memory_order_relaxed)) return;  // the stop was over before we came
    state.status.store(MutatorStatus::stopped, std::memory_order_release);
  }
  arrived_.notify_all();
  const auto running = [&] { return status_of(mutator) == MutatorStatus::running; };
  if (!spin_until(running)) {
    std::unique_lock<std::mutex> lock(parking_lock_);
    Wait(watchdog_, Awaited::resumption).until(resumed_, lock, running);
  }
  mutator.end_wait(resumed_at_ns_.load(std::memory_order_relaxed));
}

Activity World::enter_blocked(MutatorContext& mutator, Activity activity) {
  require_owner_process();
  if constexpr (faults_built) mutator.require_safepoint();
  if (status_of(mutator) != MutatorStatus::running) refuse_use_while_blocked(mutator);
  mutator.note_safepoint();
  const Activity interrupted = mutator.switch_activity(activity);
  pass_window(Window::before_entering_blocked);
  {
    std::scoped_lock lock(parking_lock_);
    mutator.safepoint.status.store(MutatorStatus::blocked, std::memory_order_release);
  }
  arrived_.notify_all();
  return interrupted;
}

void World::leave_blocked(MutatorContext& mutator, Activity next,
                          std::optional<Nanoseconds> wait_over_at) {
  std::optional<Nanoseconds> held_up_since;
  for (;;) {
    pass_window(Window::before_leaving_blocked);
    auto expected = MutatorStatus::blocked;
    // acquire: whatever a collector did for this mutator while it held the claim.
    if (mutator.safepoint.status.compare_exchange_strong(expected, MutatorStatus::running,
                                                         std::memory_order_acq_rel,
                                                         std::memory_order_acquire)) {
      break;
    }
    if (expected != MutatorStatus::claimed) {
      throw Misuse(
          "a mutator leaves a blocking region that it is not in: a region is left once, and "
          "nothing in "
          "it uses the mutator");
    }
    if (!held_up_since) held_up_since = now_ns();
    wait_while_claimed(mutator);
  }
  // Not before: while it is claimed the mutator's copy of the phase, which an event names, is the
  // collector's.
  if (wait_over_at) mutator.end_wait(*wait_over_at);
  if (held_up_since) {
    mutator.switch_activity(Activity::paused, *held_up_since);
    mutator.end_wait(resumed_at_ns_.load(std::memory_order_relaxed));
  }
  mutator.switch_activity(next);
}

void World::wait_while_claimed(MutatorContext& mutator) {
  const auto released = [&] { return status_of(mutator) != MutatorStatus::claimed; };
  if (spin_until(released)) return;
  require_owner_process();  // the collector that claimed it may be the parent's
  std::unique_lock<std::mutex> lock(parking_lock_);
  Wait(watchdog_, Awaited::resumption).until(resumed_, lock, released);
}

bool World::try_claim(MutatorContext& mutator) {
  if (faulty(Fault::blocked_never_claimed)) return false;
  auto expected = MutatorStatus::blocked;
  return mutator.safepoint.status.compare_exchange_strong(
      expected, MutatorStatus::claimed, std::memory_order_acq_rel, std::memory_order_acquire);
}

void World::release_claim(MutatorContext& mutator) {
  pass_window(Window::between_report_and_release);
  {
    std::scoped_lock lock(parking_lock_);
    // release: what was done for the mutator; partner: the exchange in leave_blocked.
    mutator.safepoint.status.store(MutatorStatus::blocked, std::memory_order_release);
  }
  resumed_.notify_all();
}

void World::await_stopped(MutatorContext& mutator) {
  const auto at_safepoint = [&] {
    return status_of(mutator) == MutatorStatus::stopped || try_claim(mutator);
  };
  if (spin_until(at_safepoint)) return;
  std::unique_lock<std::mutex> lock(parking_lock_);
  Wait(watchdog_, Awaited::stop, mutator.index()).until(arrived_, lock, at_safepoint);
}

void World::finish_handshake(MutatorContext& mutator) {
  pass_window(Window::between_work_and_report);
  {
    std::scoped_lock lock(parking_lock_);
    mutator.safepoint.poll.store(false, std::memory_order_relaxed);
    mutator.safepoint.handshake.store(nullptr, std::memory_order_release);
  }
  arrived_.notify_all();
}

Nanoseconds World::resume() {
  pass_window(Window::before_resuming);
  const Nanoseconds resumed_ns = now_ns();
  resumed_at_ns_.store(resumed_ns, std::memory_order_relaxed);
  {
    std::scoped_lock lock(parking_lock_);
    for (MutatorContext* mutator : mutators_) {
      SafepointState& state = mutator->safepoint;
      state.poll.store(false, std::memory_order_relaxed);
      const bool was_claimed =
          state.status.load(std::memory_order_relaxed) == MutatorStatus::claimed;
      state.status.store(was_claimed ? MutatorStatus::blocked : MutatorStatus::running,
                         std::memory_order_release);
    }
  }
  resumed_.notify_all();
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
  Event event{.kind = EventKind::pause,
              .thread = mutators.size() == 1 ? mutators.front()->index() : every_mutator,
              .begin_ns = now_ns()};
  const std::uint64_t& cycle = world_.heap_.phase.cycle;
  probe::pause_begin(cycle, pause.kind, pause.cause, event.begin_ns);
  const bool recorded = world_.heap_.recorded();
  const Nanoseconds cpu_before = recorded ? thread_cpu_ns() : 0;
  for (MutatorContext* mutator : mutators)
    mutator->safepoint.poll.store(true, std::memory_order_release);
  pass_window(Window::between_request_and_arrival);
  for (MutatorContext* mutator : mutators) world_.await_stopped(*mutator);
  event.stopped_ns = now_ns();
  event.bytes = world_.heap_.used_bytes();
  probe::pause_stopped(cycle, pause.kind, event.stopped_ns, event.bytes);
  try {
    work(pause);
  } catch (...) {
    world_.resume();
    throw;
  }
  if constexpr (instrumented_built) wait_busily(world_.heap_.options().injected.pause_ns);
  event.objects = world_.heap_.used_bytes();
  event.pause = pause.kind;
  event.cause = pause.cause;
  event.cycle = cycle;
  event.end_ns = world_.resume();
  probe::pause_end(event.cycle, event.pause, event.end_ns, event.objects);
  event.cpu_ns = recorded ? thread_cpu_ns() - cpu_before : 0;
  world_.heap_.emit(event);
}

void World::Exclusive::handshake(const HandshakeWork& work) {
  const RoleScope role(Role::collector);
  const std::uint64_t cycle = world_.heap_.phase.cycle;
  probe::handshake_begin(cycle, world_.mutators_.size());
  for (MutatorContext* mutator : world_.mutators_) {
    mutator->safepoint.handshake.store(&work, std::memory_order_release);
    pass_window(Window::between_work_and_poll);
    mutator->safepoint.poll.store(true, std::memory_order_release);
  }
  pass_window(Window::between_request_and_arrival);
  for (MutatorContext* mutator : world_.mutators_) {
    const auto done = [&] {
      return mutator->safepoint.handshake.load(std::memory_order_acquire) == nullptr;
    };
    const auto done_or_claimed = [&] { return done() || world_.try_claim(*mutator); };
    if (!spin_until(done_or_claimed)) {
      std::unique_lock<std::mutex> lock(world_.parking_lock_);
      Wait wait(world_.watchdog_, Awaited::handshake, mutator->index());
      wait.until(world_.arrived_, lock, done_or_claimed);
    }
    if (status_of(*mutator) != MutatorStatus::claimed) continue;
    const bool releases_early = faulty(Fault::claim_released_early);
    if (releases_early) world_.release_claim(*mutator);
    pass_window(Window::between_claim_and_handshake);
    if (!done()) {
      work(*mutator);
      world_.finish_handshake(*mutator);
    }
    if (!releases_early) world_.release_claim(*mutator);
  }
  probe::handshake_end(cycle, world_.mutators_.size());
}

}  // namespace tricolour

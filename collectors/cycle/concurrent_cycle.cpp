#include "collectors/cycle/concurrent_cycle.hpp"

#include <algorithm>
#include <utility>

#include "core/seams/schedule_coverage.hpp"

namespace tricolour {

ConcurrentCycle::ConcurrentCycle(const CollectorParts& parts, std::function<void()> completed)
    : heap_(parts.heap),
      options_(parts.options),
      mutators_lead_(parts.barrier.side_table != SideTable::cards && !parts.cycle.never_stops()),
      completed_(std::move(completed)),
      cycle_(parts),
      stopped_(cycle_, parts.heap),
      pacer_(parts.heap.bytes(), parts.options.headroom_factor),
      lead_(parts.heap.watchdog, "lead of the cycle") {
  announce(trigger_bytes());
}

bool ConcurrentCycle::begin(MutatorContext* self, Cause cause, std::uint64_t completed) {
  World::Exclusive world(heap_.world, self);
  if (cycle_.phase() != Phase::idle || cycle_.completed() != completed) return false;
  const std::size_t trigger = trigger_bytes();
  if (cause == Cause::pacing && heap_.used_bytes() < trigger) return false;
  if (trigger != announced_trigger_) announce(trigger);
  const auto begin = [&] {
    scattered_bytes_ = heap_.spaces().scattered_bytes();
    cycle_.begin(world, false);
    pacer_.cycle_began(heap_.used_bytes(), heap_.world.crowded());
    heap_.set_hole_piece_bytes(world,
                               std::min(pacer_.piece_bytes(), heap_.options().hole_piece_bytes));
  };
  if (cycle_.begins_by_handshakes()) {
    if (cause == Cause::pacing) heap_.announce_trigger(trigger, true);
    guarded(begin);
  } else {
    stop(world, {PauseKind::cycle_begin, cause}, begin);
  }
  began_at_ns_ = now_ns();
  return true;
}

void ConcurrentCycle::complete() {
  std::scoped_lock lead(lead_);
  while (is_under_way()) {
    mark();
    pass_window(Window::between_gathering_and_termination);
    terminate(nullptr);
  }
}

bool ConcurrentCycle::is_under_way() {
  const World::Exclusive no_collection(heap_.world, nullptr);
  return cycle_.phase() == Phase::marking;
}

bool ConcurrentCycle::lead_instead(MutatorContext& mutator) {
  if (!mutators_lead_) return false;
  const std::unique_lock lead(lead_, std::try_to_lock);
  if (!lead.owns_lock() || cycle_.phase() != Phase::marking) return false;
  return cycle_.marker().drained() && (gather(&mutator) || terminate(&mutator));
}

/// Beside the mutators, until neither markers nor handshakes find any more.
void ConcurrentCycle::mark() {
  const RoleScope role(Role::marker);
  const Cycle::Interval interval = cycle_.begin_interval(Activity::marking);
  do {
    cycle_.marker().mark_concurrently();
  } while (gather(nullptr));
  cycle_.end_marking(interval, Role::marker);
}

bool ConcurrentCycle::gather(MutatorContext* self) {
  constexpr unsigned most_gathers = 3;
  // The rounds that end such a cycle gather.
  if (gathers_ == most_gathers || cycle_.ends_by_handshakes()) return false;
  ++gathers_;
  World::Exclusive world(heap_.world, self);
  return cycle_.gather_from_mutators(world);
}

bool ConcurrentCycle::terminate(MutatorContext* self) {
  World::Exclusive world(heap_.world, self);
  const bool last_chance = resumptions_ >= options_.most_resumptions;
  bool done = false;
  const auto end = [&] {
    allocated_bytes_ = heap_.account.handed_out();
    done = cycle_.terminate(world, last_chance ? no_limit : options_.final_slots);
    if (!done) return;
    heap_.set_hole_piece_bytes(world, heap_.options().hole_piece_bytes);
    completed_();  // here: behind it this thread may have to wait for a processor
  };
  gathers_ = 0;
  if (cycle_.ends_by_handshakes()) {
    guarded(end);
    if (!done) return false;
  } else {
    stop(world, {PauseKind::termination, Cause::pacing}, end);
    if (!done) {
      ++resumptions_;
      return false;
    }
  }
  learn();
  stopped_.judge_cycle();
  std::scoped_lock lock(counts_lock_);
  ++cycles_;
  all_resumptions_ += std::exchange(resumptions_, 0);
  return true;
}

void ConcurrentCycle::stop(World::Exclusive& world, Pause pause,
                           const std::function<void()>& work) {
  guarded([&] { world.stop(pause, [&](Pause&) { work(); }); });
}

void ConcurrentCycle::guarded(const std::function<void()>& work) try {
  const RoleScope role(Role::collector);
  work();
} catch (...) {
  completed_();  // Nothing completes any more: a thread that waits sees the failure.
  throw;
}

void ConcurrentCycle::learn() {
  const Nanoseconds now = now_ns();
  pacer_.cycle_ended({.live_bytes = heap_.live_bytes(),
                      .marked_bytes = cycle_.marker().marked_bytes(),
                      .scattered_bytes = scattered_bytes_,
                      .marking_ns = now - began_at_ns_,
                      .allocated_bytes = allocated_bytes_,
                      .elapsed_ns = now - ended_at_ns_});
  ended_at_ns_ = now;
  announce(trigger_bytes());
}

void ConcurrentCycle::announce(std::size_t trigger) {
  announced_trigger_ = trigger;
  heap_.announce_trigger(trigger);
}

void ConcurrentCycle::count(CollectorStatistics& statistics) const {
  std::scoped_lock lock(counts_lock_);
  statistics.concurrent_cycles = cycles_;
  statistics.resumptions = all_resumptions_;
}

}  // namespace tricolour

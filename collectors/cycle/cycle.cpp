#include "collectors/cycle/cycle.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/cycle/cycle_seams.hpp"
#include "collectors/cycle/root_scan.hpp"
#include "collectors/marking/registry.hpp"
#include "collectors/oracle/oracle.hpp"
#include "core/observe/probes.hpp"
#include "core/seams/schedule_coverage.hpp"

namespace tricolour {
namespace {
/// What a stop shares out over threads: the sweep, where it is parallel, and the scan of deep
/// stacks.
unsigned parallel_threads(const CollectorOptions& options) {
  const unsigned sweep = options.sweep == SweepMode::parallel ? options.sweep_threads : 1;
  return std::max({sweep, options.marking.stopped_threads, 1u});
}
std::string_view role_of_parallel_threads(const CollectorOptions& options) {
  return options.sweep == SweepMode::parallel ? "sweep thread" : "root scan thread";
}
}  // namespace

Cycle::Cycle(const CollectorParts& parts)
    : heap_(parts.heap),
      barrier_(parts.barrier),
      traits_(parts.cycle),
      options_(parts.options),
      oracle_(parts.oracle),
      marker_(find_marker(parts.options.marker)->make(parts.heap, parts.options.marking)),
      parallel_(parts.heap.watchdog, role_of_parallel_threads(parts.options),
                parallel_threads(parts.options)),
      sweeper_(parts.heap, parallel_, parts.options.sweep_threads),
      card_scan_(parts.heap) {}

Cycle::~Cycle() = default;

void Cycle::enter(Phase next) {
  const Phase from = phase_.load(std::memory_order_relaxed);
  if (!may_follow(from, next)) {
    throw InvariantViolated("phase " + std::string(to_string(next)) + " may not follow " +
                            std::string(to_string(from)));
  }
  pass_window(Window::before_phase_change);
  phase_.store(next, std::memory_order_release);
  heap_.watchdog.note_phase(next, number());
}

void Cycle::fail() {
  std::scoped_lock lock(failure_lock_);
  if (!failure_) failure_ = std::current_exception();
  failed_.store(true, std::memory_order_release);
}

void Cycle::rethrow_failure() const {
  if (!failed()) return;
  std::scoped_lock lock(failure_lock_);
  std::rethrow_exception(failure_);
}

Protocol Cycle::protocol_of(bool stopped) const {
  const Protocol protocol =
      match(stopped ? CycleTraits{} : traits_, barrier_, options_.allocation).protocol();
  if (protocol.stopped_throughout != stopped) {
    throw InvariantViolated(
        "a cycle begins concurrently with mutators, although its collector's traits say that it "
        "marks in pauses");
  }
  return protocol;
}

void Cycle::begin(World::Exclusive& world, bool stopped) {
  protocol_ = protocol_of(stopped);
  const Interval interval = begin_interval(Activity::begin);
  finish_sweep();
  if (by_handshakes(protocol_.begin)) {
    verify_swept(world);
  } else {
    check_swept();
  }
  enter(Phase::begin);
  probe::cycle_begin(number(), interval.begin_ns, heap_.used_bytes());
  if (by_handshakes(protocol_.begin)) {
    begin_by_handshakes(world);
  } else {
    allocated_before_ = heap_.allocated_bytes(world.mutators());
    execute(protocol_.begin, world, no_limit);
  }
  born_black_ = heap_.phase().allocation == AllocationColour::black;
  enter(Phase::marking);
  end_interval(interval, Role::collector);
}

bool Cycle::terminate(World::Exclusive& world, std::size_t slots) {
  const Interval interval = begin_interval(Activity::termination);
  enter(Phase::termination);
  const std::optional<Retirement> retirement =
      by_handshakes(protocol_.termination) ? end_by_handshakes(world) : end_stopped(world, slots);
  end_interval(interval, Role::collector);
  if (!retirement) {
    enter(Phase::marking);
    return false;
  }
  enter(Phase::sweeping);
  open_sweep(world, *retirement);
  probe::cycle_end(number(), marker_->marked_bytes());
  pass_window(Window::before_completion);
  completed_.fetch_add(1, std::memory_order_release);
  enter(Phase::idle);
  return true;
}

std::optional<Retirement> Cycle::end_stopped(World::Exclusive& world, std::size_t slots) {
  if (!execute(protocol_.termination, world, slots)) {
    // What sent the cycle back must not grow meanwhile.
    heap_.phase(world).apply(Step::rescan_at_once);
    for (MutatorContext* mutator : world.mutators()) mutator->rescan_at_once();
    return std::nullopt;
  }
  std::optional<Retirement> retirement(std::in_place, heap_, world);
  for (MutatorContext* mutator : world.mutators()) retirement->retire(*mutator);
  return retirement;
}

void Cycle::run_stopped(World::Exclusive& world) {
  begin(world, true);
  terminate(world);
  if (faulty(Fault::terminates_twice)) terminate(world);
}

bool Cycle::execute(const Steps& steps, World::Exclusive& world, std::size_t slots) try {
  PhaseState& phase = heap_.phase(world);
  bool flipped = false;
  for (const Step step : steps) {
    phase.apply(step);
    switch (step) {
      case Step::flip_mark_sense:
        flip(world);
        flipped = true;
        break;
      case Step::allocate_black:
        if (flipped && faulty(Fault::allocation_stays_white)) phase.apply(Step::allocate_white);
        break;
      case Step::end:
      case Step::barrier_on:
      case Step::barrier_off:
      case Step::allocate_white:
      case Step::roots_are_scanned:
        break;
      case Step::shade_roots:
        shade_roots(world, flipped);
        break;
      case Step::scan_cards:
        if (!card_scan_.scan_stopped(slots)) return false;
        break;
      case Step::flush_buffers:
        if (faulty(Fault::store_after_flush_unchecked)) break;
        for (MutatorContext* mutator : world.mutators()) {
          if (faulty(Fault::shades_survive_cycle) && mutator == world.mutators().back()) continue;
          mutator->flush_shade_buffer();
        }
        break;
      case Step::drain:
        if (!drain(slots)) return false;
        if (oracle_ != nullptr) oracle_->check_marked(marker_->marked_objects());
        break;
      case Step::acknowledge:
      case Step::repeat_until_clean:
      case Step::rescan_at_once:
      case Step::take_cards:
      case Step::scan_taken_cards:
        throw InvariantViolated("a stop cannot carry out a step of handshakes");
    }
  }
  if (!flipped) phase.tracing = false;
  for (MutatorContext* mutator : world.mutators()) mutator->adopt(announced(phase, flipped));
  return true;
} catch (...) {
  fail();
  throw;
}

void Cycle::flip(World::Exclusive& world) {
  PhaseState& phase = heap_.phase(world);
  phase.black_means = protocol_.stopped_throughout ? BlackMeans::marked : barrier_.black_means;
  phase.tracing = true;
  ++phase.cycle;
  marker_->begin_cycle(phase);
  if (oracle_ != nullptr) oracle_->cycle_began();
}

void Cycle::shade_roots(World::Exclusive& world, bool first) {
  if constexpr (faults_built) {
    auto mutators = world.mutators();
    if (!first)
      std::erase_if(mutators,
                    [](const MutatorContext* mutator) { return !is_rescanned(*mutator); });
    return scan_all_roots(heap_, mutators, parallel_, options_.marking.stopped_threads);
  }
  scan_all_roots(heap_, world.mutators(), parallel_, options_.marking.stopped_threads);
}

bool Cycle::drain(std::size_t slots) {
  const RoleScope role(Role::marker);
  const Interval interval = begin_interval(Activity::marking);
  bool drained = true;
  if (slots == no_limit) {
    marker_->mark_stopped();
  } else {
    drained = marker_->mark_quantum(slots);
  }
  end_marking(interval, Role::marker);
  return drained;
}

std::size_t Cycle::live_bytes(std::uint64_t allocated_bytes) const {
  const std::size_t marked = marker_->marked_bytes();
  // What is born black is never marked, and what is born white is marked or dead.
  return born_black_ ? marked + (allocated_bytes - allocated_before_) : marked;
}

void Cycle::open_sweep(World::Exclusive& world, const Retirement& retirement) {
  if (!heap_.grey_set.empty())
    throw InvariantViolated("the grey set is not empty after termination");
  heap_.open_sweep(world, live_bytes(retirement.allocated_bytes()), retirement.pending_bytes());
  sweep_unchecked_ = true;
  {
    std::scoped_lock lock(log_lock_);
    log_stale_ = barrier_.side_table == SideTable::log_bits;
  }
  if (options_.sweep == SweepMode::eager || options_.sweep == SweepMode::parallel) {
    sweep(options_.sweep == SweepMode::parallel ? &Sweeper::sweep_all_in_parallel
                                                : &Sweeper::sweep_all);
    if (!ends_by_handshakes()) check_swept();
  }
}

void Cycle::finish_sweep() {
  if (!heap_.spaces().swept()) sweep(&Sweeper::sweep_all);
  clear_log();
}

void Cycle::sweep_a_share() { heap_.spaces().sweep_next(); }

bool Cycle::is_swept() {
  if (!heap_.spaces().swept()) return false;
  const std::unique_lock lock(log_lock_, std::try_to_lock);
  return lock.owns_lock() && !log_stale_;
}

void Cycle::clear_log() {
  std::scoped_lock lock(log_lock_);
  if (std::exchange(log_stale_, false))
    LogBits::clear(heap_.side_table(), heap_.side_table_bytes());
}

void Cycle::sweep(void (Sweeper::*how)()) {
  const Interval interval = begin_interval(Activity::sweeping);
  (sweeper_.*how)();
  sweep_cpu_ns_.fetch_add(end_interval(interval, Role::sweeper), std::memory_order_relaxed);
}

void Cycle::check_swept() try {
  if (oracle_ != nullptr && sweep_unchecked_) {
    oracle_->check_swept();
    heap_.check_spaces();
  }
  sweep_unchecked_ = false;
} catch (...) {
  fail();
  throw;
}

void Cycle::verify_swept(World::Exclusive& world) {
  if (oracle_ == nullptr || !sweep_unchecked_) return;
  world.stop({PauseKind::verify, Cause::verification}, [&](Pause&) { check_swept(); });
}

void Cycle::check_last_sweep() try {
  if (oracle_ == nullptr || failed() || phase() != Phase::idle) return;
  finish_sweep();
  check_swept();
} catch (...) {
  fail();
  throw;
}

CollectorStatistics Cycle::statistics() const {
  CollectorStatistics statistics;
  statistics.cycles = completed();
  statistics.mark_cpu_ns = mark_cpu_ns_.load(std::memory_order_relaxed);
  statistics.sweep_cpu_ns = sweep_cpu_ns_.load(std::memory_order_relaxed);
  statistics.live_bytes = heap_.live_bytes();
  statistics.marking = marker_->counters();
  return statistics;
}

std::uint64_t Cycle::number() const { return completed() + (phase() == Phase::idle ? 0 : 1); }

Cycle::Interval Cycle::begin_interval(Activity activity) const {
  const Nanoseconds now = now_ns();
  const std::uint64_t cycle = activity == Activity::begin ? completed() + 1 : number();
  probe::phase_begin(cycle, activity, now);
  return {activity, now, cpu_now()};
}

Nanoseconds Cycle::end_interval(const Interval& interval, Role role, std::uint64_t marked_bytes,
                                std::uint64_t marked_objects) {
  const std::uint64_t cycle = number();
  const Nanoseconds cpu = cpu_now() - interval.cpu_ns;
  const Nanoseconds now = now_ns();
  probe::phase_end(cycle, interval.activity, now, marked_bytes);
  heap_.emit(PhaseInterval{.phase = interval.activity,
                           .role = role,
                           .cycle = cycle,
                           .begin_ns = interval.begin_ns,
                           .end_ns = now,
                           .cpu_ns = cpu,
                           .marked_bytes = marked_bytes,
                           .marked_objects = marked_objects});
  return cpu;
}

void Cycle::end_marking(const Interval& interval, Role role) {
  mark_cpu_ns_.fetch_add(
      end_interval(interval, role, marker_->marked_bytes(), marker_->marked_objects()),
      std::memory_order_relaxed);
}

}  // namespace tricolour

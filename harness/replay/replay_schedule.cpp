#include "harness/replay/replay_schedule.hpp"

#include <algorithm>

namespace tricolour {

void ScheduledCollector::follow(const ReplaySchedule& schedule, SerialTable& serials) {
  schedule_ = schedule;
  serials_ = &serials;
}

void ScheduledCollector::advance(MutatorContext& mutator, std::uint64_t bytes,
                                 std::uint64_t record) {
  for (;;) {
    if (cycle_.phase() == Phase::idle) {
      if (bytes < begun_at_) return;
      begin(mutator, record);
    }
    // The last quantum and the end of the cycle fall together.
    while (quanta_done_ < schedule_.quanta &&
           bytes >= begun_at_ + marking_bytes_ * (quanta_done_ + 1) / schedule_.quanta)
      quantum(mutator);
    if (quanta_done_ < schedule_.quanta) return;
    finish(mutator, record);
  }
}

void ScheduledCollector::begin(MutatorContext& mutator, std::uint64_t record) {
  ReplayedCycle& one = cycles_.emplace_back();
  one.begin_record = record;
  one.begin = digest_graph(heap_, mutator, *serials_);
  one.period = schedule_.period != 0 ? schedule_.period : std::max(one.begin.bytes, least_period);
  marking_bytes_ = static_cast<std::uint64_t>(schedule_.marking * static_cast<double>(one.period));
  quanta_done_ = 0;
  quantum_slots_ =
      static_cast<std::size_t>((one.begin.slots + one.begin.objects) / schedule_.quanta + 1);
  World::Exclusive world(heap_.world, &mutator);
  world.stop({PauseKind::cycle_begin, Cause::pacing}, [&](Pause&) { cycle_.begin(world, false); });
}

void ScheduledCollector::quantum(MutatorContext& mutator) {
  ++quanta_done_;
  World::Exclusive world(heap_.world, &mutator);
  world.stop({PauseKind::quantum, Cause::allocation_quantum}, [&](Pause&) {
    const Cycle::Interval interval = cycle_.begin_interval(Activity::marking);
    cycle_.marker().mark_quantum(quantum_slots_);
    cycle_.end_marking(interval, Role::marker);
  });
}

void ScheduledCollector::finish(MutatorContext& mutator, std::uint64_t record) {
  if (cycle_.phase() == Phase::idle) return;
  ReplayedCycle& one = cycles_.back();
  one.end_record = record;
  one.end = digest_graph(heap_, mutator, *serials_);
  World::Exclusive world(heap_.world, &mutator);
  world.stop({PauseKind::termination, Cause::pacing}, [&](Pause&) { cycle_.terminate(world); });
  begun_at_ += one.period;
}

void ScheduledCollector::collect(MutatorContext& mutator) {
  World::Exclusive world(heap_.world, &mutator);
  world.stop({PauseKind::full, Cause::explicit_request},
             [&](Pause&) { cycle_.run_stopped(world); });
}

const CollectorInfo scheduled{
    .name = "scheduled",
    .summary = "at fixed points of a trace",
    .cycle = {.marking = Marking::interleaved},
    .has_background_thread = false,
    .make = [](const CollectorParts& parts) -> std::unique_ptr<Collector> {
      return std::make_unique<ScheduledCollector>(parts);
    },
};

}  // namespace tricolour

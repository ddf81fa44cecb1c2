#include "harness/record/pass.hpp"

#include <algorithm>

namespace tricolour {
namespace {
Nanoseconds process_cpu() { return read_clock(CLOCK_PROCESS_CPUTIME_ID); }
HandshakeAnswers answers_so_far(World& world) {
  const SafepointCounts counts = world.counts();
  return {counts.handshakes, counts.answered_ns, world.take_longest_answer()};
}
BarrierCounts since(const BarrierCounts& before, BarrierCounts now) { return now -= before; }
}  // namespace

Pass::Pass(unsigned mutators, std::optional<std::uint64_t> operations,
           std::optional<std::uint64_t> request_rows, const PerformanceCounters* counters)
    : limit_(operations.value_or(no_operation_limit)),
      records_requests_(request_rows),
      counters_(counters),
      gate_(mutators),
      begin_(mutators),
      end_(mutators) {
  for (unsigned i = 0; i < mutators; ++i) mutators_.emplace_back(request_rows.value_or(0));
}

TakenTimeMeter& Pass::take_part(unsigned mutator, MutatorContext& context) {
  Participant& self = mutators_[mutator];
  self.context = &context;
  if (records_requests_) {
    self.taken_time.open();
    self.requests.read_taken_time_from(&self.taken_time);
  }
  return self.taken_time;
}

std::uint64_t Pass::request_stride() const {
  std::uint64_t stride = 1;
  for (const Participant& one : mutators_) stride = std::max(stride, one.requests.stride());
  return stride;
}

void Pass::abandon() {
  stop.store(true, std::memory_order_relaxed);
  gate_.abandon();
  begin_.abandon();
  end_.abandon();
}

std::uint64_t Pass::take_counts(bool at_end) {
  Heap& heap = mutators_.front().context->heap();
  // A blocked mutator's hole may be retired for it; while we hold the registry no thread stops the
  // world or shakes hands.
  const World::Exclusive nobody_claims(heap.world, nullptr);
  const auto count = [at_end](auto& total, auto now) { total = at_end ? now -= total : now; };
  for (Participant& one : mutators_) {
    count(one.account.allocated_bytes, one.context->allocated_bytes());
    count(one.account.allocated_objects, one.context->allocated_objects());
    count(one.account.while_marking, one.context->while_tracing());
    if constexpr (instrumented_built)
      count(one.account.barriers, static_cast<InstrumentedContext&>(*one.context).barrier_counts());
  }
  return heap.phase().cycle;
}

void Pass::arrive_at_begin(unsigned mutator) {
  Participant& self = mutators_[mutator];
  begin_.arrive([&] {
    first_cycle_ = take_counts(false);
    if (counters_ != nullptr) readings_ = counters_->read();
    process_cpu_ns_ = process_cpu();
    ended_barriers_ = self.context->heap().ended_barriers.sum();
    handshakes_ = answers_so_far(self.context->heap().world);
    begin_ns_.store(now_ns(), std::memory_order_release);
  });
  self.account.cpu_ns = thread_cpu_ns();
  self.taken_time.take_totals();
  self.context->restart_accounting();
  // Until it woke up it was blocked.
  self.account.time_by_activity[static_cast<std::size_t>(Activity::blocked)] =
      now_ns() - begin_ns();
}

void Pass::arrive_at_end(unsigned mutator, std::uint64_t operations) {
  Participant& self = mutators_[mutator];
  self.arrived_ns = now_ns();
  self.account.cpu_ns = thread_cpu_ns() - self.account.cpu_ns;
  self.account.taken = self.taken_time.take_totals();
  self.account.operations = operations;
  end_.arrive([&] {
    last_cycle_ = take_counts(true);
    process_cpu_ns_ = process_cpu() - process_cpu_ns_;
    if (counters_ != nullptr) counts_ = counters_->between(readings_, counters_->read());
    ended_barriers_ = since(ended_barriers_, self.context->heap().ended_barriers.sum());
    const HandshakeAnswers before = handshakes_;
    handshakes_ = answers_so_far(self.context->heap().world);
    handshakes_.count -= before.count;
    handshakes_.total_ns -= before.total_ns;
    // Not of the thread that comes last to the rendezvous: one that looked at the clock before
    // another may be held up on the way.
    Nanoseconds last_ns = begin_ns() + 1;
    for (const Participant& one : mutators_) last_ns = std::max(last_ns, one.arrived_ns);
    end_ns_.store(last_ns, std::memory_order_release);
  });
  const auto times = self.context->time_by_activity(end_ns());
  Nanoseconds total = 0;
  for (std::size_t i = 0; i < times.size(); ++i)
    total += self.account.time_by_activity[i] += times[i];
  // Between two readings of the clock on the way in a few nanoseconds fell out.
  self.account.time_by_activity[static_cast<std::size_t>(Activity::blocked)] +=
      end_ns() - begin_ns() - total;
}

}  // namespace tricolour

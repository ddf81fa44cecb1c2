#include "collectors/pacing/pacer.hpp"

#include <algorithm>

namespace tricolour {
namespace {
/// What a heap never hands out: tails of holes, of pages, of blocks held by mutators.
constexpr double unusable_share = 0.03;
/// The line begins at this share of the room: mark threads need a moment to start.
constexpr double line_begin = 0.05;
/// Who finds nothing to mark here waits for the cycle's end: the final pause and the sweep come
/// before memory has run out.
constexpr double late_share = 0.80;
/// A cycle may mark this much more than the last one left before it counts as one that may have to
/// mark everything.
constexpr double growth = 1.05;
constexpr double least_piece_bytes = 1024;
constexpr double most_piece_bytes = 64 * 1024;
/// Half of what was known, if anything was, and half of what is seen now.
double average(std::optional<double> old, double now) { return old ? (*old + now) / 2 : now; }
/// Before the first measurement: marking is taken for slow and allocation for fast. In bytes per
/// ns.
constexpr double assumed_mark_rate = 0.25;
constexpr double assumed_allocation_rate = 0.5;
}  // namespace

struct Pacer::Pace {
  /// A cycle never begins before this share of the room behind the live data has been used: what
  /// the mark threads cannot do in the rest is cheaper as assists than as more cycles.
  double least_used_share;
  /// The line ends at this share of the room.
  double line_end;
  std::size_t assist_bytes;
};
constexpr Pacer::Pace Pacer::beside_markers{
    .least_used_share = 0.50, .line_end = late_share, .assist_bytes = 32 * 1024};
constexpr Pacer::Pace Pacer::among_many{
    .least_used_share = 0.90, .line_end = 0.20, .assist_bytes = 128 * 1024};

Pacer::Pacer(std::size_t heap_bytes, double headroom_factor)
    : heap_bytes_(static_cast<double>(heap_bytes)),
      headroom_factor_(headroom_factor),
      expected_(usable() / 2),
      piece_(static_cast<std::size_t>(most_piece_bytes)),
      work_(expected_),
      begin_used_(expected_) {
  set_triggers(0, usable());
}

double Pacer::usable() const { return (1 - unusable_share) * heap_bytes_ - scattered_bytes_; }

void Pacer::cycle_ended(const CycleFacts& facts) {
  if (facts.marking_ns > 0 && facts.marked_bytes > 0) {
    mark_rate_ = average(mark_rate_, static_cast<double>(facts.marked_bytes) /
                                         static_cast<double>(facts.marking_ns));
  }
  if (facts.elapsed_ns > 0 && facts.allocated_bytes > 0) {
    allocation_rate_ = average(allocation_rate_, static_cast<double>(facts.allocated_bytes) /
                                                     static_cast<double>(facts.elapsed_ns));
  }
  const double race =
      allocation_rate_.value_or(assumed_allocation_rate) / mark_rate_.value_or(assumed_mark_rate);
  const double live = static_cast<double>(facts.live_bytes);
  scattered_bytes_ = std::min(static_cast<double>(facts.scattered_bytes), (heap_bytes_ - live) / 2);
  set_triggers(live, headroom_factor_ * race * live);
  expected_ = live;
}

void Pacer::set_triggers(double live, double headroom) {
  const double room = std::max(0.0, usable() - live);
  for (const bool crowded : {false, true}) {
    const double used_first = std::max(room - headroom, pace_of(crowded).least_used_share * room);
    triggers_[crowded].store(static_cast<std::size_t>(live + used_first),
                             std::memory_order_relaxed);
  }
}

void Pacer::cycle_began(std::size_t used_bytes, bool crowded) {
  const double used = static_cast<double>(used_bytes);
  const double work = std::clamp(growth * expected_, 1.0, std::max(used, 1.0));
  const double room = std::max(usable() - used, 0.01 * heap_bytes_);
  work_.store(work, std::memory_order_relaxed);
  begin_used_.store(used, std::memory_order_relaxed);
  room_.store(room, std::memory_order_relaxed);
  const Pace& pace = pace_of(crowded);
  pace_.store(&pace, std::memory_order_relaxed);
  const double marked_per_allocated = work / ((pace.line_end - line_begin) * room);
  const double piece = static_cast<double>(pace.assist_bytes) / marked_per_allocated;
  piece_.store(static_cast<std::size_t>(std::clamp(piece, least_piece_bytes, most_piece_bytes)),
               std::memory_order_relaxed);
}

double Pacer::share_handed_out(std::size_t used) const {
  return (static_cast<double>(used) - begin_used_.load(std::memory_order_relaxed)) /
         room_.load(std::memory_order_relaxed);
}

std::size_t Pacer::assist_bytes() const { return pace().assist_bytes; }

bool Pacer::is_late(std::size_t used) const { return share_handed_out(used) > late_share; }

std::size_t Pacer::owed_bytes(std::size_t marked, std::size_t used) const {
  const double share = share_handed_out(used);
  if (share <= line_begin) return 0;
  const double begin = begin_used_.load(std::memory_order_relaxed);
  const double done = static_cast<double>(marked);
  const double expected = work_.load(std::memory_order_relaxed);
  const double due = (done < expected ? expected : begin) *
                     std::min((share - line_begin) / (pace().line_end - line_begin), 1.0);
  return due <= done ? 0 : assist_bytes();
}

}  // namespace tricolour

#include "collectors/pacer.hpp"

#include <algorithm>

namespace tricolour {
namespace {
/// What a heap never hands out: tails of holes, of pages, of blocks held by mutators.
constexpr double unusable_share = 0.03;
/// A cycle never begins before this share of the room behind the live data has been used.
constexpr double least_used_share = 0.10;
/// Half of what was known, if anything was, and half of what is seen now.
double average(std::optional<double> old, double now) { return old ? (*old + now) / 2 : now; }
/// Before the first measurement: marking is taken for slow and allocation for fast. In bytes per ns.
constexpr double assumed_mark_rate = 0.25;
constexpr double assumed_allocation_rate = 0.5;
}  // namespace

Pacer::Pacer(std::size_t heap_bytes, double headroom_factor)
    : heap_bytes_(heap_bytes),
      headroom_factor_(headroom_factor),
      race_(assumed_allocation_rate / assumed_mark_rate),
      trigger_(usable() / 2),
      expected_(usable() / 2) {}

std::size_t Pacer::usable() const { return heap_bytes_ - static_cast<std::size_t>(unusable_share * static_cast<double>(heap_bytes_)); }

void Pacer::cycle_ended(const CycleFacts& facts) {
  if (facts.marking_ns > 0 && facts.marked_bytes > 0) {
    mark_rate_ = average(mark_rate_, static_cast<double>(facts.marked_bytes) / static_cast<double>(facts.marking_ns));
  }
  if (facts.elapsed_ns > 0 && facts.allocated_bytes > 0) {
    allocation_rate_ = average(allocation_rate_, static_cast<double>(facts.allocated_bytes) / static_cast<double>(facts.elapsed_ns));
  }
  const double race = allocation_rate_.value_or(assumed_allocation_rate) / mark_rate_.value_or(assumed_mark_rate);
  race_.store(race, std::memory_order_relaxed);
  const double live = static_cast<double>(facts.live_bytes);
  const double room = std::max(0.0, static_cast<double>(usable()) - live);
  const double headroom = headroom_factor_ * race * live;
  const double used_first = std::max(room - headroom, least_used_share * room);
  trigger_.store(static_cast<std::size_t>(live + used_first), std::memory_order_relaxed);
  expected_.store(facts.live_bytes, std::memory_order_relaxed);
}

double Pacer::assist_ratio(std::size_t marked, std::size_t used) const {
  const double work = static_cast<double>(expected_bytes()) - static_cast<double>(marked);
  if (work <= 0) return 0;
  const double room = static_cast<double>(usable()) - static_cast<double>(used);
  constexpr double all_hands = 16;
  if (room <= 0) return all_hands;
  // The markers are done after work / mark_rate, the room after room / allocation_rate.
  if (work * race_.load(std::memory_order_relaxed) < 0.9 * room) return 0;
  return std::min(all_hands, work / room);
}

}  // namespace tricolour

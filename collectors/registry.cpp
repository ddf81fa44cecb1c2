#include "collectors/registry.hpp"

#include "core/named.hpp"

namespace tricolour {

const std::vector<CollectorInfo>& collectors() {
#define TRICOLOUR_LIST_COLLECTOR(name) name,
  static const std::vector<CollectorInfo> all{TRICOLOUR_COLLECTORS(TRICOLOUR_LIST_COLLECTOR)};
#undef TRICOLOUR_LIST_COLLECTOR
  return all;
}

const CollectorInfo* find_collector(std::string_view name) {
  return find_named(collectors(), name);
}

namespace {
/// "; use a, b" for the collectors that can, or "; no collector here does".
std::string those_that_can(bool CollectorInfo::*ability) {
  std::string names;
  for (const CollectorInfo& one : collectors()) {
    if (one.*ability) names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names.empty() ? "; no collector here does" : "; " + names + " can";
}
}  // namespace

SweepMode resolved_sweep(const CollectorInfo& collector, SweepMode sweep) {
  if (sweep != SweepMode::automatic) return sweep;
  return collector.has_background_thread ? SweepMode::concurrent : SweepMode::lazy;
}

std::string sweep_refused_because(const CollectorInfo& collector, SweepMode sweep) {
  if (!info_of(sweep).needs_background_thread || collector.has_background_thread) return {};
  return "sweep '" + std::string(to_string(sweep)) +
         "' needs a collector with a background thread, which " + std::string(collector.name) +
         " lacks" + those_that_can(&CollectorInfo::has_background_thread);
}

std::string ragged_roots_refused_because(const CollectorInfo& collector) {
  if (collector.scans_roots_ragged) return {};
  return "collector '" + std::string(collector.name) +
         "' scans all roots in one stop and cannot scan them mutator by mutator" +
         those_that_can(&CollectorInfo::scans_roots_ragged);
}

std::string unsound_because(const CollectorInfo& collector, const BarrierTraits& barrier,
                            AllocationColour allocation) {
  if (!collector.marks_beside_mutators) return {};
  const std::string pair = "barrier '" + std::string(barrier.name) + "' under collector '" +
                           std::string(collector.name) + "'";
  if (!barrier.keeps_an_invariant()) {
    return pair +
           " loses objects: marking is interleaved with mutators, and the barrier keeps no "
           "invariant";
  }
  if (allocation == AllocationColour::white && !barrier.sound_with_white_allocation) {
    return pair +
           " with white allocation loses objects: neither the barrier nor a rescan of roots shades "
           "what is new, so a new object that is "
           "stored into a scanned one is never marked";
  }
  return {};
}

}  // namespace tricolour

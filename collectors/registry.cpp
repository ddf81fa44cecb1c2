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
template <class Ability>
std::string those_that_can(Ability ability) {
  std::string names;
  for (const CollectorInfo& one : collectors()) {
    if (ability(one)) names += (names.empty() ? "" : ", ") + std::string(one.name);
  }
  return names.empty() ? "; no collector here does" : "; " + names + " can";
}
}  // namespace

CycleTraits cycle_of(const CollectorInfo& collector, bool ragged_roots) {
  CycleTraits cycle = collector.cycle;
  cycle.ragged_roots = cycle.ragged_roots || (ragged_roots && collector.ragged_roots);
  return cycle;
}

SweepMode resolved_sweep(const CollectorInfo& collector, SweepMode sweep) {
  if (sweep != SweepMode::automatic) return sweep;
  return collector.has_background_thread ? SweepMode::concurrent : SweepMode::lazy;
}

std::string sweep_refused_because(const CollectorInfo& collector, SweepMode sweep) {
  if (!info_of(sweep).needs_background_thread || collector.has_background_thread) return {};
  return "sweep '" + std::string(to_string(sweep)) +
         "' needs a collector with a background thread, which " + std::string(collector.name) +
         " lacks" +
         those_that_can([](const CollectorInfo& one) { return one.has_background_thread; });
}

std::string ragged_roots_refused_because(const CollectorInfo& collector) {
  if (cycle_of(collector, true).ragged_roots) return {};
  return "collector '" + std::string(collector.name) +
         "' scans all roots in one stop and cannot scan them mutator by mutator" +
         those_that_can([](const CollectorInfo& one) { return cycle_of(one, true).ragged_roots; });
}

std::string unverifiable_because(const CollectorInfo& collector, const BarrierTraits& barrier,
                                 AllocationColour allocation) {
  if (!match(collector.cycle, barrier, allocation).has(Mismatch::white_to_the_end)) return {};
  return "collector '" + std::string(collector.name) +
         "' ends marking by handshakes, and what is born white behind a mutator's last is freed "
         "before a check could see it; black allocation fits";
}

namespace {
std::string_view said_of(Mismatch reason) {
  switch (reason) {
    case Mismatch::no_invariant:
      return "marking is interleaved with mutators, and the barrier keeps no invariant";
    case Mismatch::white_allocation:
      return "with white allocation neither the barrier nor a rescan of roots shades what is new, "
             "so a new object that is stored into a scanned one is never marked";
    case Mismatch::ragged_roots:
      return "roots are scanned mutator by mutator, and a mutator whose own are not yet scanned "
             "does not shade what it stores";
    case Mismatch::white_to_the_end:
      return "marking ends by handshakes, and what is born white behind a mutator's last is freed";
    case Mismatch::cards_need_a_stop:
      return "marking ends by handshakes, and the last scan of cards needs a stop";
  }
  return {};
}
}  // namespace

std::string unsound_because(const CollectorInfo& collector, const BarrierTraits& barrier,
                            AllocationColour allocation, bool ragged_roots) {
  const Match found = match(cycle_of(collector, ragged_roots), barrier, allocation);
  std::string text;
  for (const Mismatch reason : found.reasons()) {
    text += (text.empty() ? "barrier '" + std::string(barrier.name) + "' under collector '" +
                                std::string(collector.name) + "' loses objects: "
                          : "; and ") +
            std::string(said_of(reason));
  }
  return text;
}

}  // namespace tricolour

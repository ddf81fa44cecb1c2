// The collectors that exist, and what fits them. Adding one is its .cpp, which defines a
// `CollectorInfo` of this name, and one line here.
#pragma once

#include "collectors/cycle/collector.hpp"

// clang-format off
#define TRICOLOUR_COLLECTORS(collector) \
  collector(stop_the_world)             \
  collector(incremental)                \
  collector(concurrent)                 \
  collector(on_the_fly)
// clang-format on

namespace tricolour {

struct CollectorInfo {
  std::string_view name;
  std::string_view summary;
  CycleTraits cycle{};         ///< what barriers are matched with
  bool has_background_thread;  ///< can sweep concurrently
  bool ragged_roots = false;   ///< scans roots mutator by mutator where it is asked to
  std::unique_ptr<Collector> (*make)(const CollectorParts& parts);
  bool reference = false;  ///< minimum heaps and baselines are measured under it
};

#define TRICOLOUR_DECLARE_COLLECTOR(name) extern const CollectorInfo name;
TRICOLOUR_COLLECTORS(TRICOLOUR_DECLARE_COLLECTOR)
#undef TRICOLOUR_DECLARE_COLLECTOR

const std::vector<CollectorInfo>& collectors();

/// Null when there is none of that name.
const CollectorInfo* find_collector(std::string_view name);

/// What its cycles do when it is asked to scan roots mutator by mutator, or not.
CycleTraits cycle_of(const CollectorInfo& collector, bool ragged_roots);

/// What `automatic` means under `collector`; any other mode is itself.
SweepMode resolved_sweep(const CollectorInfo& collector, SweepMode sweep);
/// Empty when `collector` can sweep so, or scan roots mutator by mutator; else one sentence that
/// says why not and names what can.
std::string sweep_refused_because(const CollectorInfo& collector, SweepMode sweep);
std::string ragged_roots_refused_because(const CollectorInfo& collector);
/// Empty when the oracle sees whatever the pair loses before it is freed; else one sentence: such a
/// run could read freed memory, so it is refused even where unsound pairs are not.
std::string unverifiable_because(const CollectorInfo& collector, const BarrierTraits& barrier,
                                 AllocationColour allocation);
/// Empty when `collector` is sound with `barrier` and `allocation`; else one sentence that says why
/// not: all reasons of `match`.
std::string unsound_because(const CollectorInfo& collector, const BarrierTraits& barrier,
                            AllocationColour allocation, bool ragged_roots = false);

}  // namespace tricolour

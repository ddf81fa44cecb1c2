// The parameters of heap, marker, collector and pacer that have no flag of their own: `--set
// room.name=value`.
//
// Purpose: one table that parses, lists, and fills the options. Invariant: a default stated here is
// the one in the options' headers, because it is read from them.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/cycle/collector.hpp"

namespace tricolour {

struct TunedOptions {
  HeapOptions heap;
  CollectorOptions collector;
  std::uint64_t schedule_seed =
      0;  ///< of the delays at schedule windows, where faults are built; 0: none
};

struct Setting {
  std::string_view name;  ///< room.name
  std::string_view unit;  ///< "switch" for on or off
  double least;
  double most;
  std::string_view summary;
  std::function<double(const TunedOptions&)> get;
  std::function<void(TunedOptions&, double)> set;
  std::string_view build = "";  ///< the preset in which it is there; empty: all

  double default_value() const { return get({}); }
};

/// Those that are there in this build.
const std::vector<Setting>& settings();

/// Applies one `name`, `value` pair as typed. Throws ConfigurationError, also for a setting of
/// another build.
void apply_setting(std::string_view name, std::string_view value, TunedOptions& options);

}  // namespace tricolour
